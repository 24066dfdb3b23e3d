"""Pages of duties on site."""
