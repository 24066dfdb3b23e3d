"""What is said of the visit as a whole by several phones: none wipes out another's words, nor its time and place."""

from collections.abc import Mapping
from typing import Any

from apps.inspections.models import Visit
from apps.inspections.services.answering.opening import Conflict

WORDS = ("site_note", "conclusion", "inspected_opinion")
PLACE = ("longitude", "latitude", "accuracy_m")


def must_be_seen(visit: Visit, was: Mapping[str, str], values: Mapping[str, Any]) -> None:
    """Conflict where words stand that the writer has not seen.

    A note has no revision of its own: `was` names the words on which each is built, none for what is new.
    """
    for name in WORDS:
        if name in values and getattr(visit, name) not in (values[name], was.get(name, "")):
            raise Conflict(visit)


def joined(visit: Visit, values: Mapping[str, Any]) -> dict[str, Any]:
    """With what the phones of the team say of time and place made one.

    The visit began with the first of them, ended with the last, and took place where the first says it did.
    """
    told = dict(values)
    for name, chosen in (("started_claimed", min), ("ended_claimed", max)):
        if (known := getattr(visit, name)) and name in told:
            told[name] = chosen(known, told[name])
    if visit.longitude is not None:
        told = {name: value for name, value in told.items() if name not in PLACE}
    return told
