"""The one exception this package raises for a file it will not or cannot read."""


class WorkbookRefused(Exception):
    """A file was refused as a whole. `reason` is Chinese and meant for the person who sent it; `code` is for logs."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
