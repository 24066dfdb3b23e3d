"""Filters that no column shows: links of other pages lead to lists that are cut by them."""

from django.db.models import QuerySet

from apps.core.pages import int_or_none
from apps.core.registers import Column


def of_project(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(project__number=value)


PROJECT_LINK = Column("project.number", "工程项目", filter="hidden", narrow=of_project)


def in_month(rows: QuerySet, value: str) -> QuerySet:
    """Trainings of one month, written as 2026-11."""
    year, month = map(int_or_none, (value[:4], value[5:]))
    if year is None or month is None or year < 1000 or not 1 <= month <= 12:
        return rows.none()
    return rows.filter(starts_at__year=year, starts_at__month=month)
