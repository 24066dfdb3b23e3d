"""What is done with entries, listings, permits, repairs and standings."""
