"""The wording of papers, in editions."""

from datetime import date
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.core.models import Versioned
from apps.documents.kinds import KINDS, PaperKind, kind_choices


class TemplateState(models.TextChoices):
    DRAFT = "drafted", "草稿"
    IN_FORCE = "in_force", "已启用"


class PaperTemplateQuerySet(models.QuerySet["PaperTemplate"]):
    def visible_to(self, user: Any) -> Self:
        """What papers say is the same for all offices of the province; those who look after it see its drafts."""
        return self.all() if user.has_perm("documents.view_papertemplate") else self.none()

    def valid_on(self, kind: str, day: date) -> "PaperTemplate | None":
        """The template by which a paper of this kind is written on this day: the latest one put in force by then."""
        rows = self.filter(kind=kind, state=TemplateState.IN_FORCE, effective_from__lte=day)
        return rows.order_by("-effective_from", "-edition").first()


class PaperTemplate(Versioned):
    """The wording of one kind of paper (文书模板), in editions; one that was put in force is never changed.

    `body` is plain text with {placeholders}, from which both PDF and DOCX are made (`apps.documents.composing`).
    """

    kind = models.CharField("文书种类", max_length=30, choices=kind_choices)
    edition = models.PositiveSmallIntegerField("版次", editable=False)
    title = models.CharField("标题", max_length=60)
    body = models.TextField("正文", max_length=8000)
    effective_from = models.DateField("启用日期")
    note = models.CharField("说明", max_length=300, blank=True)
    state = models.CharField("状态", max_length=10, choices=TemplateState, default=TemplateState.DRAFT, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="拟定人", editable=False
    )

    objects = PaperTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "文书模板"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "edition"],
                name="template_edition_once",
                violation_error_message="这种文书刚有人新建了同一版次的模板，请重试",
            ),
            models.CheckConstraint(name="template_kind_known", condition=Q(kind__in=list(KINDS))),
            models.CheckConstraint(name="template_state_known", condition=Q(state__in=TemplateState.values)),
        ]
        triggers = [
            pgtrigger.Protect(
                name="in_force_is_fixed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="in_force"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}第{self.edition}版"

    def get_absolute_url(self) -> str:
        return f"/system/paper-templates/{self.pk}/"

    @property
    def definition(self) -> PaperKind:
        return KINDS[self.kind]
