"""Identity numbers in what is kept or shown of a workbook."""

import re

# Six digits of a place, a date of birth, a serial number and a check digit (GB 11643).
IDENTITY_NUMBER = re.compile(
    r"(?<![\d.])(\d{4})\d{2}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(\d{3}[\dXx])(?!\d)"
)


def mask_identity_numbers(text: str) -> str:
    """1301**********123X"""
    return IDENTITY_NUMBER.sub(r"\1**********\2", text)
