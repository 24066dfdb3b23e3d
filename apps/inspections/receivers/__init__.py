"""What follows from moves, in the same transaction; importing connects them."""

from apps.inspections.receivers import campaigns, draws, visits  # noqa: F401
