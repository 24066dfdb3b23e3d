"""What the caller wants to read: its fields, the names people give them, and the values they may take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from apps.core.excel.text import bare_key, label_key

FieldKind = Literal["text", "date", "datetime", "integer", "decimal", "choice", "reference"]


@dataclass(frozen=True)
class Field:
    """One field of an import.

    `synonyms` may name a column under a group as "整改责任单位/施工". `choices` maps every accepted spelling to its
    code; the first spelling of a code is the one shown. A `reference` is text that the caller looks up itself.
    `unit` is the unit the value is stored in, for decimals (元, 万元).
    """

    name: str
    label: str
    synonyms: tuple[str, ...] = ()
    kind: FieldKind = "text"
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    max_length: int = 0
    unit: str = ""
    help: str = ""
    example: str = ""

    @cached_property
    def keys(self) -> frozenset[str]:
        """The label and its synonyms in comparable form."""
        return frozenset(path_key(name) for name in (self.label, *self.synonyms))

    @cached_property
    def bare_keys(self) -> frozenset[str]:
        return frozenset(bare_key(name) for name in (self.label, *self.synonyms) if "/" not in name)

    @cached_property
    def shown_choices(self) -> dict[str, str]:
        """Code → the spelling to show."""
        shown: dict[str, str] = {}
        for label, code in self.choices.items():
            shown.setdefault(code, label)
        return shown


def path_key(name: str) -> str:
    """Comparable form of a heading with its groups: each level by itself, so that a slash inside stays a separator."""
    return "/".join(label_key(part) for part in name.replace("／", "/").split("/"))
