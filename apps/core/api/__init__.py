"""The API base: every register becomes a viewset, every move an operation, every failure the same envelope."""
