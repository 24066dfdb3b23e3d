"""Tabs of a detail page; apps above add theirs when they are ready, so that the page needs to know none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True)
class Tab:
    """One page about a record under its own address.

    `url_name` is reversed with the record's key; `count(record, user)` is what stands beside the label;
    `permission` hides the tab from those who lack it.
    """

    name: str
    label: str
    url_name: str
    count: Callable[[Any, Any], int | None] | None = None
    permission: str = ""


class Tabs:
    """The tabs of one kind of record, in order."""

    def __init__(self, key: str, *tabs: Tab) -> None:
        self.key = key
        self.tabs = list(tabs)

    def add(self, tab: Tab, *, before: str = "") -> None:
        """Insert a tab before the named one, or at the end; the same name again replaces it."""
        self.tabs = [t for t in self.tabs if t.name != tab.name]
        names = [t.name for t in self.tabs]
        self.tabs.insert(names.index(before) if before in names else len(names), tab)

    def shown(self, record: Any, user: Any, current: str) -> list[dict[str, Any]]:
        """What templates/core/detail.html draws."""
        return [
            {
                "label": tab.label,
                "url": reverse(tab.url_name, args=[getattr(record, self.key)]),
                "count": tab.count(record, user) if tab.count else None,
                "current": tab.name == current,
            }
            for tab in self.tabs
            if not tab.permission or user.has_perm(tab.permission)
        ]
