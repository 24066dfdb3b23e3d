"""Forms of duties on site."""
