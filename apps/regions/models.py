"""The tree of jurisdictions, with the names they bore at any date."""

import re
from datetime import date
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.core.scoping import at_or_below


class RegionLevel(models.TextChoices):
    """Place in the tree of jurisdictions, which is not always the place in GB/T 2260."""

    PROVINCE = "province", "省级"
    UNIT = "unit", "新区"
    CITY = "city", "设区市"
    COUNTY = "county", "县级"
    ZONE = "zone", "开发区"


# The path of a county or zone ends in its code of six digits; below them nothing is drawn.
DIVISION = re.compile(r"/\d{6}/$")


def is_division(path: str) -> bool:
    """Whether a path is that of a county or zone, so that rows lie in it and not below it."""
    return bool(DIVISION.search(path))


class RegionQuerySet(models.QuerySet["Region"]):
    def under(self, path: str) -> Self:
        """The region of this path and everything below it; an empty path reaches nothing."""
        return self.filter(at_or_below("path", path)) if path else self.none()

    def current(self) -> Self:
        return self.filter(valid_to=None)

    def reporting_units(self) -> Self:
        """The fourteen that answer to the province: eleven cities, 雄安新区, 定州 and 辛集."""
        return self.current().filter(unit=F("pk"))

    def visible_to(self, user: Any) -> Self:
        """Names and codes of regions are public, so every account may choose from all that exist today."""
        return self.current() if user.is_active else self.none()


class Region(models.Model):
    """An administrative division or development zone under whose authority sites fall (行政区划).

    `path` alone says who is above whom: 定州 (130682) and 辛集 (130181) carry the codes of their old cities
    but answer to the province, and 雄安新区 is made of three counties whose codes begin like those of 保定.
    A path never changes once given, for rows all over the database carry a copy of it as their scope key.
    """

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=50)
    level = models.CharField("层级", max_length=10, choices=RegionLevel)
    kind = models.CharField("类别", max_length=10)
    path = models.CharField("管辖路径", max_length=60, unique=True, db_collation="C")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    unit = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="members", verbose_name="上报单位"
    )
    longitude = models.DecimalField("中心经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("中心纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    valid_from = models.DateField("设立日期", null=True, blank=True)
    valid_to = models.DateField("撤销日期", null=True, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = "行政区划"
        verbose_name_plural = "行政区划"
        ordering = ("path",)
        constraints = [
            models.CheckConstraint(name="region_level_is_known", condition=Q(level__in=RegionLevel.values)),
            models.CheckConstraint(
                name="only_the_province_has_no_parent",
                condition=Q(level=RegionLevel.PROVINCE, parent=None)
                | Q(parent__isnull=False) & ~Q(level=RegionLevel.PROVINCE),
            ),
            models.CheckConstraint(
                name="region_ends_after_it_begins",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
            ),
            models.UniqueConstraint(
                name="siblings_have_different_names", fields=("parent", "name"), condition=Q(valid_to=None)
            ),
            # Lets other tables refer to (id, path), so that their copied path cannot differ from the region's.
            models.UniqueConstraint(name="region_id_with_path", fields=("id", "path")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="path_follows_parent",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("above", "text")],
                func="""
                    IF TG_OP = 'UPDATE' AND NEW.path <> OLD.path THEN
                        RAISE EXCEPTION 'the path of region % never changes', OLD.code USING ERRCODE = '23514';
                    END IF;
                    SELECT path INTO above FROM regions_region WHERE id = NEW.parent_id;
                    IF NEW.path !~ ('^' || coalesce(above, '/') || '[0-9A-Z]+/$') THEN
                        RAISE EXCEPTION 'path % does not lie below its parent', NEW.path USING ERRCODE = '23514';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name

    def covers(self, path: str) -> bool:
        return path.startswith(self.path)

    def name_on(self, day: date) -> str:
        """The name the region bore on that day, so that a record of 2019 shows the name of 2019."""
        return self.names.on(day).values_list("name", flat=True).first() or self.name


class RegionNameQuerySet(models.QuerySet["RegionName"]):
    def on(self, day: date) -> Self:
        began = Q(valid_from=None) | Q(valid_from__lte=day)
        lasts = Q(valid_to=None) | Q(valid_to__gt=day)
        return self.filter(began & lasts)


class RegionName(models.Model):
    """A name a region bore from one day up to, but not including, another (更名记录)."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="names", verbose_name="行政区划")
    name = models.CharField("名称", max_length=50)
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)
    source = models.CharField("依据", max_length=200, blank=True)
    certainty = models.CharField("把握程度", max_length=20, blank=True)
    created_at = models.DateTimeField("登记时间", db_default=Now(), editable=False)

    objects = RegionNameQuerySet.as_manager()

    class Meta:
        verbose_name = "更名记录"
        verbose_name_plural = "更名记录"
        ordering = ("region", F("valid_from").asc(nulls_first=True))
        constraints = [
            models.CheckConstraint(
                name="region_name_ends_after_it_begins",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
