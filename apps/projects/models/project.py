"""Projects."""

from typing import Self

import pghistory
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from guardian.models import UserObjectPermissionBase

from apps.core.initials import InitialsField
from apps.core.keyset import order_indexes
from apps.core.models import Versioned
from apps.core.scoping import ScopedQuerySet
from apps.core.search import text_index
from apps.enterprises.models import Enterprise
from apps.projects.geometry import Point, contains, distance_m, distance_to_ring_m
from apps.regions.models import Region


class Stage(models.TextChoices):
    NOT_STARTED = "not_started", "未开工"
    FOUNDATION = "foundation", "基础"
    STRUCTURE = "structure", "主体"
    DECORATION = "decoration", "装饰"
    COMPLETED = "completed", "竣工"
    SUSPENDED = "suspended", "停工"


UNDERWAY = (Stage.FOUNDATION, Stage.STRUCTURE, Stage.DECORATION)


class ProjectKind(models.TextChoices):
    RESIDENTIAL = "residential", "住宅"
    PUBLIC = "public", "公共建筑"
    INDUSTRIAL = "industrial", "工业建筑"
    MUNICIPAL = "municipal", "市政工程"
    RAIL = "rail", "轨道交通"
    OTHER = "other", "其他"


class Structure(models.TextChoices):
    FRAME = "frame", "框架"
    SHEAR_WALL = "shear_wall", "剪力墙"
    FRAME_SHEAR_WALL = "frame_shear_wall", "框架-剪力墙"
    STEEL = "steel", "钢结构"
    MASONRY = "masonry", "砌体"
    PRECAST = "precast", "装配式混凝土"
    BRIDGE = "bridge", "桥梁"
    TUNNEL = "tunnel", "隧道"
    OTHER = "other", "其他"


class ProjectQuerySet(ScopedQuerySet["Project"]):
    project_key = "pk"

    def underway(self) -> Self:
        return self.filter(stage__in=UNDERWAY)


@pghistory.track(exclude=["initials"], append_only=True)
class Project(Versioned):
    """A construction project under safety supervision (工程项目).

    `region_path` repeats the region's path and `enterprise` the current general contractor's party row: they are
    the keys by which people reach the project and all that hangs on it.  Places are degrees as they were read,
    `site` the corners of the fence as [longitude, latitude].
    """

    number = models.CharField("项目编号", max_length=40)
    name = models.CharField("项目名称", max_length=200)
    initials = InitialsField(verbose_name="拼音首字母", max_length=200)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="所属区域")
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="projects",
        verbose_name="施工总承包单位",
    )
    address = models.CharField("建设地点", max_length=200, blank=True)
    stage = models.CharField("形象进度", max_length=15, choices=Stage, default=Stage.NOT_STARTED)
    kind = models.CharField("工程类别", max_length=15, choices=ProjectKind)
    structure = models.CharField("结构类型", max_length=20, choices=Structure, blank=True)
    area_m2 = models.DecimalField("建筑面积（㎡）", max_digits=12, decimal_places=2, null=True, blank=True)
    contract_amount = models.DecimalField("合同价格（万元）", max_digits=15, decimal_places=4, null=True, blank=True)
    permit_number = models.CharField("施工许可证编号", max_length=40, blank=True)
    permit_date = models.DateField("施工许可证发证日期", null=True, blank=True)
    supervision_number = models.CharField("安全监督登记号", max_length=50, blank=True)
    started_on = models.DateField("开工日期", null=True, blank=True)
    planned_end = models.DateField("计划竣工日期", null=True, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    site = models.JSONField("场地范围", default=list, blank=True, encoder=DjangoJSONEncoder)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "工程项目"
        verbose_name_plural = "工程项目"
        indexes = [
            models.Index(fields=["region_path", "-id"], name="project_region"),
            models.Index(fields=["enterprise", "-id"], name="project_enterprise"),
            text_index("number", "name", "initials", "address", name="project_text"),
            *order_indexes("project", "area_m2", "contract_amount", "started_on", "planned_end"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="project_number_once",
                fields=["number"],
                violation_error_message="该项目编号已登记",
                violation_error_code="unique",
            ),
            # Lets other tables refer to (id, path), so that their copied path follows the project's.
            models.UniqueConstraint(name="project_with_path", fields=["id", "region_path"]),
            models.CheckConstraint(name="project_stage_is_known", condition=Q(stage__in=Stage.values)),
            models.CheckConstraint(name="project_kind_is_known", condition=Q(kind__in=ProjectKind.values)),
            models.CheckConstraint(
                name="project_ends_after_it_starts",
                condition=Q(started_on=None) | Q(planned_end=None) | Q(planned_end__gte=F("started_on")),
                violation_error_message="计划竣工日期不能早于开工日期",
            ),
            models.CheckConstraint(
                name="project_place_is_whole",
                condition=Q(longitude=None, latitude=None) | Q(longitude__isnull=False, latitude__isnull=False),
                violation_error_message="经度和纬度须同时填写",
            ),
            models.CheckConstraint(
                name="project_sizes_are_not_negative",
                condition=(Q(area_m2=None) | Q(area_m2__gte=0)) & (Q(contract_amount=None) | Q(contract_amount__gte=0)),
                violation_error_message="面积和合同价格不能为负数",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def corners(self) -> list[Point]:
        return [(float(lon), float(lat)) for lon, lat in self.site]

    def distance_m(self, longitude: float, latitude: float) -> float | None:
        """Metres from the fence, 0 inside it; without a fence from the point; None where neither is known."""
        here, corners = (longitude, latitude), self.corners
        if corners:
            return 0.0 if contains(corners, here) else distance_to_ring_m(corners, here)
        if self.longitude is None or self.latitude is None:
            return None
        return distance_m((float(self.longitude), float(self.latitude)), here)


class ProjectUserObjectPermission(UserObjectPermissionBase):
    """Exceptional access to a project as django-guardian keeps it; `accounts.Grant` says why and until when."""

    content_object = models.ForeignKey(Project, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = verbose_name_plural = "项目例外授权"
