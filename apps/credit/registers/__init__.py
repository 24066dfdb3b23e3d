"""The registers of credit supervision, each where its subject is."""
