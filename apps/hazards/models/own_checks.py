"""Who sees what firms found themselves (企业自查)."""

import re

DIVISION_CODE = re.compile(r"/\d{6}/$")


def sees_own_checks(region_path: str) -> bool:
    """Whether an office sees what firms found themselves (企业自查) also when it is ordinary: those of a county do."""
    return bool(DIVISION_CODE.search(region_path))
