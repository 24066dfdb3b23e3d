"""Safety commitments that somebody has signed, and how they were broken."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from apps.core.columns import known
from apps.core.models import StoredFile
from apps.core.scoping import Scope, ScopedQuerySet, at_or_below
from apps.duty.models.editions import Wording
from apps.duty.models.words import Level
from apps.enterprises.models import Enterprise
from apps.people.models import Person
from apps.projects.models import Project


class CommitmentQuerySet(ScopedQuerySet["Commitment"]):
    """The region is that of the project, or of the enterprise's seat where it promised for itself."""

    region_key = None

    def reached_by(self, scope: Scope) -> Q:
        reached = super().reached_by(scope)
        if scope.region_path:
            own = Q(project=None) & at_or_below("enterprise__region_path", scope.region_path)
            reached |= at_or_below("project__region_path", scope.region_path) | own
        return reached


class Commitment(models.Model):
    """A signed safety commitment letter (安全生产承诺书), of an enterprise, a project or one post.

    `paper` is the signature drawn on the screen, or a photograph of the signed paper.  Rows are only added: who
    promises anew signs a new one.
    """

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="commitments", verbose_name="企业")
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name="工程项目"
    )
    level = models.CharField("层级", max_length=10, choices=Level)
    wording = models.ForeignKey(Wording, models.PROTECT, related_name="+", verbose_name="范本", editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="承诺人")
    post = models.CharField("职务或岗位", max_length=50)
    signed_on = models.DateField("签署日期")
    valid_until = models.DateField("有效期至", help_text="当日仍然有效")
    paper = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="签名", editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人", editable=False
    )
    recorded_at = models.DateTimeField("登记时间", db_default=Now(), editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "安全生产承诺书"
        indexes = [models.Index(fields=["project", "level", "valid_until"], name="commitment_of_project")]
        constraints = [
            known("level", Level, "commitment_level_known"),
            models.CheckConstraint(
                name="commitment_of_its_level",
                condition=Q(level=Level.ENTERPRISE, project=None)
                | Q(level__in=(Level.PROJECT, Level.POST), project__isnull=False),
                violation_error_message="企业承诺书不选项目，项目和岗位承诺书须选项目",
            ),
            models.CheckConstraint(
                name="commitment_runs_forward",
                condition=Q(valid_until__gte=F("signed_on")),
                violation_error_message="有效期至不能早于签署日期",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_level_display()}承诺书 {self.person.name}"

    def get_absolute_url(self) -> str:
        return reverse("commitments:detail", args=[self.pk])


class OfCommitmentQuerySet(ScopedQuerySet[Any]):
    """A breach is seen by those who see the commitment."""

    def visible_to(self, user: Any) -> Any:
        return self.filter(commitment__in=Commitment.objects.visible_to(user))


class CommitmentBreach(models.Model):
    """How a commitment was broken (违诺记录); rows are only added."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="breaches", verbose_name="承诺书")
    day = models.DateField("日期")
    what = models.TextField("违诺情况", max_length=1000)
    handled = models.TextField("处理情况", max_length=1000, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人", editable=False
    )
    recorded_at = models.DateTimeField("登记时间", db_default=Now(), editable=False)

    objects = OfCommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "违诺记录"
        ordering = ("-day", "-pk")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.day} {self.what[:30]}"
