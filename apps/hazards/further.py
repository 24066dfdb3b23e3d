"""What apps above add to the page of a hazard, so that the page needs to know none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.hazards.models import Hazard


@dataclass(frozen=True)
class Further:
    """Records that hang on a hazard, and what can be begun from it.

    `records(hazard, user)` are {title, url, state, note}, `actions(hazard, user)` are {label, url}.
    """

    title: str
    records: Callable[[Hazard, Any], list[dict[str, Any]]]
    actions: Callable[[Hazard, Any], list[dict[str, Any]]]


_FURTHER: list[Further] = []


def add(further: Further) -> None:
    _FURTHER.append(further)


def shown(hazard: Hazard, user: Any) -> list[dict[str, Any]]:
    """What templates/hazards/_further.html draws; a block without anything in it is left out."""
    blocks = [
        {"title": f.title, "records": f.records(hazard, user), "actions": f.actions(hazard, user)} for f in _FURTHER
    ]
    return [block for block in blocks if block["records"] or block["actions"]]
