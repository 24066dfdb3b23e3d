"""The kinds of messages that an app can send, said in its migrations so that an office can give them channels."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any


def add_kinds(kind_model: Any, labels: Mapping[str, str], by_telephone: Collection[str] = ()) -> None:
    """Write what is missing; those in `by_telephone` go out as text messages once there is a gateway."""
    for kind, label in labels.items():
        channels = ["sms"] if kind in by_telephone else []
        kind_model.objects.get_or_create(kind=kind, defaults={"label": label, "channels": channels})


def of_moves(prefix: str, about: str, moves: Iterable[Any]) -> dict[str, str]:
    """The kinds of a table of transitions whose messages are called `<prefix>_<move>`."""
    return {f"{prefix}_{move.name}": f"{about}：{move.label}" for move in moves if move.notify}
