"""判定标准: the clauses by which a hazard is major, by edition."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q


class CriterionEdition(models.Model):
    """One edition of 《房屋市政工程生产安全重大事故隐患判定标准》; the day of discovery chooses it."""

    code = models.CharField("版本", max_length=10, unique=True)
    document = models.CharField("文件", max_length=200)
    effective_from = models.DateField("施行日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)
    source = models.CharField("来源", max_length=300)
    certainty = models.CharField("把握程度", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "判定标准版本"
        ordering = ["-effective_from"]

    def __str__(self) -> str:
        return self.document

    def in_force_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


class CriterionQuerySet(models.QuerySet["Criterion"]):
    def in_force_on(self, day: date) -> Self:
        return self.filter(edition__effective_from__lte=day).filter(
            Q(edition__effective_to=None) | Q(edition__effective_to__gte=day)
        )


class Criterion(models.Model):
    """A clause of an edition.  The text is a short paraphrase, to be proof-read against the official one."""

    edition = models.ForeignKey(CriterionEdition, models.PROTECT, related_name="criteria", verbose_name="版本")
    number = models.CharField("条款", max_length=10)
    topic = models.CharField("专业", max_length=40)
    text = models.CharField("内容", max_length=200)
    certainty = models.CharField("把握程度", max_length=20)
    position = models.PositiveSmallIntegerField("顺序")

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "判定标准条款"
        ordering = ["edition", "position"]
        constraints = [models.UniqueConstraint(fields=["edition", "number"], name="criterion_number_once")]

    def __str__(self) -> str:
        return f"第{self.number}条 {self.text}"
