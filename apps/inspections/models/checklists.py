"""Checklists as editions that are added to and never changed."""

from datetime import date
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse

from apps.core.scoping import OpenQuerySet
from apps.inspections.models.words import ChecklistFamily


class ChecklistQuerySet(OpenQuerySet["Checklist"]):
    def in_force(self, day: date) -> Self:
        """The editions of that day: each is in force until the next one of its code begins, or it is withdrawn."""
        later = Checklist.objects.filter(
            code=OuterRef("code"), effective_from__gt=OuterRef("effective_from"), effective_from__lte=day
        )
        return self.filter(~Exists(later), Q(withdrawn_from=None) | Q(withdrawn_from__gt=day), effective_from__lte=day)


class Checklist(models.Model):
    """One edition of one table of questions (检查表): a visit is judged for ever under the edition of its day.

    `content` is what `apps.inspections.checklists.table_of` reads: {"guarantee": bool, "items": [...]}, each item with
    its number, name, category, points, ready deductions, conditions and limits.  `sha256` is that of its canonical
    JSON.  `is_sample` marks what no source confirms.
    """

    family = models.CharField("类别", max_length=20, choices=ChecklistFamily)
    code = models.CharField("编码", max_length=40, db_collation="C")
    name = models.CharField("名称", max_length=100)
    effective_from = models.DateField("施行日期")
    withdrawn_from = models.DateField("停用日期", null=True, blank=True)
    content = models.JSONField("内容")
    sha256 = models.CharField("校验值", max_length=64, editable=False)
    source = models.CharField("来源", max_length=300, blank=True)
    certainty = models.CharField("把握程度", max_length=200, blank=True)
    is_sample = models.BooleanField("样例", default=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="制定人", editable=False
    )
    created_at = models.DateTimeField("登记时间", db_default=Now(), editable=False)

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检查表"
        ordering = ("family", "code", "-effective_from")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "effective_from"],
                name="checklist_begins_once",
                violation_error_message="该检查表已有同一天施行的版本",
            ),
            models.CheckConstraint(name="checklist_family_known", condition=Q(family__in=ChecklistFamily.values)),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="edition_stays", exclude=["withdrawn_from"]),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("checklists:detail", args=[self.pk])

    @property
    def edition(self) -> str:
        return f"{self.code}（{self.effective_from} 起）"

    @property
    def items(self) -> list[dict[str, Any]]:
        return list(self.content["items"])

    @property
    def other_editions(self) -> ChecklistQuerySet:
        return Checklist.objects.filter(code=self.code).exclude(pk=self.pk)
