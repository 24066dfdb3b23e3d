"""The page of an edition: which others there are, which of them is in force, and the way to a new one."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from apps.core.cases import Sections, line
from apps.core.record_page import Parts, nothing, record_page
from apps.core.registers import Register


def edition_page(register: Register, further: Callable[[Any, Any], Parts] = nothing) -> Any:
    """The view for `register_urls`; `further(record, user)` are sections before those of the other editions."""
    return record_page(
        register,
        actions=partial(actions, register),
        sections=lambda record, user: [*further(record, user), *sections(record, user)],
    )


def actions(register: Register, record: Any, user: Any) -> Sections:
    if not register.may(user, "add"):
        return []
    address = f"{reverse(f'{register.name}:new')}?{urlencode({'edition': record.pk})}"
    return [{"label": "新增一版", "icon": "plus", "url": address}]


def sections(record: Any, user: Any) -> Sections:
    """All editions of the same, the newest first."""
    model = type(record)
    same = {name: getattr(record, name) for name in model.SAME}
    rows = model.objects.visible_to(user).filter(**same).order_by("-effective_from")
    current = rows.in_force(timezone.localdate()).first()
    facts = [
        line(
            f"{one.effective_from} 起" + ("（本版）" if one.pk == record.pk else ""),
            "　".join(filter(None, (standing_of(one, current), getattr(one, "edition", ""), sample_of(one)))),
            url="" if one.pk == record.pk else one.get_absolute_url(),
            wide=True,
        )
        for one in rows
    ]
    return [{"title": "各版", "facts": facts, "note": "以前各日适用当时的版本；已办理的案件不因新版改变"}]


def standing_of(edition: Any, current: Any) -> str:
    if current is not None and edition.pk == current.pk:
        return "现行"
    return "尚未施行" if edition.effective_from > timezone.localdate() else "以前的版本"


def sample_of(edition: Any) -> str:
    return "样例，待核定" if edition.is_sample else ""
