"""What waits for a person beside hazards: the tabs of registers that hold somebody's next step, counted."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, IntegerField, QuerySet, Value
from django.urls import reverse

from apps.core.registers import Register, View, registry
from apps.dashboards.menu import MENU


@dataclass(frozen=True)
class Duty:
    register: Register
    view: View

    @property
    def name(self) -> str:
        return f"{self.register.name}.{self.view.name}"

    def counted(self, user: Any) -> QuerySet:
        """One row: name and count.  `Func` rather than `Count`, so that nothing is grouped and none is a row too."""
        rows = self.register.rows(user).filter(self.view.condition(user)).select_related(None).order_by()
        count = Func(F("pk"), function="count", output_field=IntegerField())
        return rows.values_list(Value(self.name), count)


def duties_of(user: Any) -> list[Duty]:
    return [
        Duty(register, view)
        for register in registry.values()
        for view in register.views_for(user)
        if view.todo and register.may(user, "view")
    ]


def count_duties(user: Any, *others: QuerySet) -> dict[str, int]:
    """How much each duty holds, by its name, in one statement; `others` are further names with counts to ask for."""
    duties = duties_of(user)
    parts = [*others, *(duty.counted(user) for duty in duties)]
    counted = dict(parts[0].union(*parts[1:], all=True)) if parts else {}
    return dict.fromkeys((duty.name for duty in duties), 0) | counted


def sum_of_duties(user: Any, counts: dict[str, int]) -> int:
    return sum(counts[duty.name] for duty in duties_of(user))


def shown_duties(user: Any, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Those that hold something, each with the address of exactly its rows."""
    return [
        {
            "label": duty.view.todo,
            "note": duty.register.label,
            "icon": ICONS[duty.register.name],
            "url": f"{reverse(f'{duty.register.name}:list')}?view={duty.view.name}",
            "count": counts[duty.name],
        }
        for duty in duties_of(user)
        if counts[duty.name]
    ]


ICONS = {item.url_name.partition(":")[0]: item.icon for _, items in MENU for item in items}
