"""Pages of persons, and the public ones of their cards."""
