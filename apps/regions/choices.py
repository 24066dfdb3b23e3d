"""Choosing a region: in the filter of a register, on a form, in a workbook."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet

from apps.core.registers import Column
from apps.core.scoping import at_or_below, scope_of
from apps.core.widgets import FastSelect
from apps.regions.models import Region, RegionLevel

M = TypeVar("M", bound=models.Model)

INDENT = "　"
CHOICES_KEPT_S = 600


def regions_for(user: Any) -> QuerySet[Region]:
    """Today's regions within the user's reach; all of them for those who reach by project or enterprise."""
    path = scope_of(user).region_path
    rows = Region.objects.current().order_by("path")
    return rows.under(path) if path else rows


def region_choices(user: Any) -> list[tuple[str, str]]:
    """Codes and indented names, for a register's filter; kept for minutes, for a division changes once in years."""
    key = f"region-choices:{scope_of(user).region_path}"
    return cache.get_or_set(key, lambda: _named(regions_for(user)), CHOICES_KEPT_S) or []


def _named(rows: QuerySet[Region]) -> list[tuple[str, str]]:
    return [(code, indented(name, path)) for code, name, path in rows.values_list("code", "name", "path")]


def all_regions(user: Any) -> list[tuple[str, str]]:
    """Every region of today, for registers whose rows reach beyond the user's own, such as firms from elsewhere."""
    rows = Region.objects.current().order_by("path")
    return cache.get_or_set("region-choices:all", lambda: _named(rows), CHOICES_KEPT_S) or []


def indented(name: str, path: str) -> str:
    return f"{INDENT * (path.count('/') - 2)}{name}"


def region_column(
    path: str = "project.region.name",
    label: str = "行政区划",
    *,
    of: str = "region_path",
    choices: Callable[[Any], list[tuple[str, str]]] = region_choices,
    **more: Any,
) -> Column:
    """The column whose filter takes a region and everything below it; `of` is the field with the row's path."""

    def under(rows: QuerySet[M], code: str) -> QuerySet[M]:
        above = Region.objects.filter(code=code).values_list("path", flat=True).first()
        return rows.filter(at_or_below(of, above)) if above else rows.none()

    return Column(path, label, filter="choice", width=12, choices=choices, narrow=under, **more)


class RegionField(forms.ModelChoiceField):
    """A region by its code; workbooks may name it instead, alone (长安区) or after its city (石家庄市长安区)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Region.objects.none(), to_field_name="code", widget=FastSelect, empty_label="请选择", **kwargs)

    def offer(self, regions: QuerySet[Region]) -> None:
        self.queryset = regions

    def label_from_instance(self, region: Any) -> str:
        return indented(region.name, region.path)

    def to_python(self, value: Any) -> Region | None:
        if isinstance(value, str) and value.strip() and not value.strip().isascii():
            return self.named(value.strip())
        return super().to_python(value)

    def named(self, name: str) -> Region:
        regions: Any = self.queryset
        found = [r for r in regions.select_related("parent") if r.name == name or full_name(r) == name]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(f"有{len(found)}个“{name}”，请写明所属城市，或填行政区划代码")
        raise ValidationError(f"您的辖区内没有“{name}”")


def full_name(region: Region) -> str:
    """石家庄市长安区; what answers to the province bears its own name alone."""
    above = region.parent
    return f"{above.name}{region.name}" if above and above.level != RegionLevel.PROVINCE else region.name
