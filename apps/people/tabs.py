"""The tabs of a person's page, and the one that persons add to their enterprise's."""

from typing import Any

from apps.core.tabs import Tab, Tabs
from apps.enterprises.models import Enterprise
from apps.people.models import Person

person_tabs = Tabs(
    "pk",
    Tab("overview", "概况与证书", "people:detail"),
    Tab("history", "操作记录", "people:history"),
)


def staff_count(enterprise: Enterprise, user: Any) -> int:
    return Person.objects.visible_to(user).filter(employer=enterprise).count()


STAFF = Tab("staff", "人员", "people_of:enterprise", count=staff_count, permission="people.view_person")
