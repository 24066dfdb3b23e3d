"""What is done with lists: defining, freezing, comparing."""
