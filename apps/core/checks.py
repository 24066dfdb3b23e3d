"""System checks: what must be true before the platform may start."""

from typing import Any

import openpyxl
from django.core.checks import CheckMessage, Error, register


@register()
def defusedxml_is_in_use(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """openpyxl reads workbooks of strangers, so its XML must be parsed with entities and DTDs refused."""
    if openpyxl.DEFUSEDXML:
        return []
    return [Error("openpyxl runs without defusedxml", hint="pip install defusedxml", id="core.E001")]
