"""Columns that many records have: who did a step and when, codes that the database knows, days from one to another."""

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.db import models
from django.db.models import F, Func, Q


def person(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=label,
        editable=False,
        db_index=False,
    )


def moment(label: str) -> models.DateTimeField:
    return models.DateTimeField(label, null=True, editable=False)


def known(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": choices.values}))


def days(first: str = "started_on", last: str = "ended_on") -> Func:
    """The days from one column to another as a range, the last one included; an empty column is without end."""
    bounds = RangeBoundary(inclusive_lower=True, inclusive_upper=True)
    return Func(F(first), F(last), bounds, function="daterange", output_field=DateRangeField())
