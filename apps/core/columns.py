"""Columns that records of a workflow have: who did a step and when, and codes that the database knows."""

from django.conf import settings
from django.db import models
from django.db.models import Q


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
