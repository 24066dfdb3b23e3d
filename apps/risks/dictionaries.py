"""Dictionaries of this app."""

from apps.core.dictionary import label_choices

ACCIDENT_TYPE = "accident_type"
DICTIONARIES = {ACCIDENT_TYPE: "事故类型"}


def accident_types() -> list[tuple[str, str]]:
    return list(label_choices(ACCIDENT_TYPE))
