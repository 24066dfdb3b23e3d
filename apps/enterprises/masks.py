"""Telephone numbers as most people see them."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Concat, Left, Length, Right
from django.db.models.lookups import GreaterThanOrEqual

from apps.core.masks import SHOWN_FROM, masked_phone


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


class PhoneMaskField(models.CharField):
    """The mask of an encrypted number of the row, written whenever the row is saved, so that nobody can forget it."""

    def __init__(self, *args: Any, of: str = "phone", **kwargs: Any) -> None:
        self.of = of
        usual: dict[str, Any] = {"max_length": 20, "blank": True, "default": "", "editable": False}
        super().__init__(*args, **usual | kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        shown = masked_phone(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, shown)
        return shown
