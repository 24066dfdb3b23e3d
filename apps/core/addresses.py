"""Addresses of pages: asked for by name on every page, made once."""

from functools import cache
from typing import Any

from django.urls import reverse


@cache
def address_of(name: str, *args: Any) -> str:
    """`reverse`, remembered; for names of pages, not of records, of which there is no end."""
    return reverse(name, args=args)
