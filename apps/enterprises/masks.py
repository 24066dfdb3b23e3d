"""Telephone numbers as most people see them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Concat, Left, Length, Right
from django.db.models.lookups import GreaterThanOrEqual

SHOWN_FROM = 10


def phone_masked(field: str = "phone") -> models.GeneratedField:
    """A column of the database beside a number: first three and last four digits, of short numbers none.

    Lists, exports and the API read this column, so that none of them can forget to mask.
    """
    shown = Concat(Left(field, 3), models.Value("****"), Right(field, 4))
    return models.GeneratedField(
        expression=models.Case(
            models.When(GreaterThanOrEqual(Length(field), SHOWN_FROM), then=shown),
            models.When(~Q(**{field: ""}), then=models.Value("****")),
            default=models.Value(""),
        ),
        output_field=models.CharField(max_length=20),
        db_persist=True,
        verbose_name="联系电话",
    )
