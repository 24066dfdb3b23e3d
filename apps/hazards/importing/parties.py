"""Which project and which firm a name in the file means."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from apps.core.excel.text import label_key
from apps.core.imports.importer import NEW, Unknown
from apps.core.imports.names import CLOSE, Names
from apps.enterprises.models import Enterprise
from apps.projects.models import Project

PROJECT, FIRM = "project", "firm"
MOST_FOR_BLANK = 50


class Parties:
    """Finds records by name, and collects the names that are none yet.

    Offered are only records that the user may see.  `decided` are the user's earlier answers: name → key or NEW.
    """

    kind: str
    label: str

    def __init__(self, user: Any, decided: Mapping[str, str]) -> None:
        self.user = user
        self.decided = decided
        self._found: dict[str, str] = {}
        self.unknown_names: dict[str, Unknown] = {}

    def key(self, name: str, rows: int = 1) -> str:
        """The record's key, NEW where one is to be made, or empty while nobody has decided.

        `rows` says how many rows bear the name, for the list of unknown ones.
        """
        if name not in self._found:
            self._found[name] = self.find(name) if name else ""
        if found := self._found[name]:
            return found
        self._unknown(name).rows += rows
        return self.decided.get(name, "")

    def find(self, name: str) -> str:
        return self.names.exactly(name) or ""

    @cached_property
    def names(self) -> Names:
        raise NotImplementedError

    @property
    def may_create(self) -> bool:
        raise NotImplementedError

    def _unknown(self, name: str) -> Unknown:
        if name not in self.unknown_names:
            alike = self.names.like(name) if name else []
            keys = [key for key, _ in alike] if name else list(self.names.labels)[:MOST_FOR_BLANK]
            chosen = self.decided.get(name, "")
            if chosen in self.names.labels and chosen not in keys:
                keys.insert(0, chosen)
            options = [(key, self.names.labels[key]) for key in keys]
            close = [key for key, likeness in alike if likeness >= CLOSE]
            suggested = close[0] if close else NEW if self.may_create and name else ""
            self.unknown_names[name] = Unknown(
                self.kind, self.label, name, options=options, suggested=suggested, may_create=self.may_create
            )
        return self.unknown_names[name]


class Site(NamedTuple):
    name: str
    number: str
    contractor: int | None
    region_path: str


class Projects(Parties):
    """Projects by number or name; a blank cell is a name of its own, to be matched or made like any other."""

    kind, label = PROJECT, "工程项目"

    def key_of(self, name: str, number: str, rows: int = 1) -> str:
        return (number and self.by_number.get(label_key(number), "")) or self.key(name, rows)

    @cached_property
    def visible(self) -> dict[str, Site]:
        """By key, the latest first."""
        rows = Project.objects.visible_to(self.user).order_by("-pk")
        told = rows.values_list("pk", "name", "number", "enterprise_id", "region_path")
        return {str(pk): Site(name, number, firm, path) for pk, name, number, firm, path in told}

    @cached_property
    def names(self) -> Names:
        return Names((key, site.name) for key, site in self.visible.items())

    @cached_property
    def by_number(self) -> dict[str, str]:
        return {label_key(site.number): key for key, site in self.visible.items()}

    def contractor(self, key: str) -> str:
        """The firm that answers for the site where a row names none, or empty."""
        site = self.visible.get(key)
        return str(site.contractor or "") if site else ""

    @property
    def may_create(self) -> bool:
        return self.user.has_perm("projects.add_project")


class Firms(Parties):
    """Firms by their whole name, present or former, wherever they are seated: names of firms are public.

    Only firms that the user may see are offered as similar.
    """

    kind, label = FIRM, "整改企业"

    def find(self, name: str) -> str:
        if found := self.names.exactly(name):
            return found
        named = list(Enterprise.objects.named(name).values_list("pk", flat=True)[:2])
        return str(named[0]) if len(named) == 1 else ""

    @cached_property
    def names(self) -> Names:
        rows = Enterprise.objects.visible_to(self.user).standing()
        named = rows.values_list("pk", "organisation__name", "organisation__short_name")
        pairs = [(str(pk), text) for pk, name, short in named for text in (name, short) if text]
        return Names(pairs)

    @property
    def may_create(self) -> bool:
        return self.user.has_perm("enterprises.add_enterprise")
