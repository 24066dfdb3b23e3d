"""HTML put together in Python, where a template would be most of a page's cost: the rows of lists and their cells."""

import re
from html import escape
from typing import Any

from django.utils.safestring import SafeString

needs_care = re.compile("[&<>\"']").search


def escaped(value: Any) -> str:
    """The value as HTML; what is marked as safe stays as it is, None is nothing."""
    if type(value) is str:  # nearly always, and nearly always without a character to escape
        return escape(value) if needs_care(value) else value
    if value is None:
        return ""
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))


def drawn(template: str, *values: Any) -> SafeString:
    """Django's `format_html` for a fixed template and plain values: the same escaping at a third of its time."""
    return SafeString(template.format(*map(escaped, values)))
