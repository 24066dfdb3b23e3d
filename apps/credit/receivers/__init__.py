"""What follows from moves: of other apps' records, and of our own."""

from apps.credit.receivers import certificates, feeding, following, papers, telling  # noqa: F401
