"""Forms of credit supervision, by subject."""
