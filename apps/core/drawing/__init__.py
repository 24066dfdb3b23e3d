"""Chance that can be checked: a published generator and fair numbers made of it; the apps say what is drawn."""
