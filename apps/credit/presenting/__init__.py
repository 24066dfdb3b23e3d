"""What the pages of credit supervision show, by subject."""
