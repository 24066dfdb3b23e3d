"""The official paper itself."""

import secrets
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from apps.accounts.models import Organisation
from apps.core.keyset import order_indexes
from apps.core.models import StoredFile, Versioned
from apps.core.scoping import Scope, ScopedQuerySet
from apps.core.search import text_index
from apps.documents.kinds import KINDS, PaperKind, kind_choices
from apps.documents.models.templates import PaperTemplate


class PaperState(models.TextChoices):
    DRAFT = "drafted", "草稿"
    ISSUED = "issued", "有效"
    REPLACED = "replaced", "已被替换"
    VOID = "void", "已作废"


UNSERVED = Q(state=PaperState.ISSUED, first_served_on=None)
"""Bears a number, and nobody has received it yet."""


class PaperQuerySet(ScopedQuerySet["Paper"]):
    enterprise_key = None

    def reached_by(self, scope: Scope) -> Q:
        """Authorities see what is issued in their region and below.

        Firms see what is addressed to them, people of a site what is issued for it, both once it bears a number.
        """
        in_region = super().reached_by(Scope(region_path=scope.region_path, region_is_leaf=scope.region_is_leaf))
        others = super().reached_by(Scope(project_ids=scope.project_ids))
        for key in scope.firm_ids:
            others |= Q(addressees__contains=[{"organisation": key}])
        return in_region | (others & ~Q(number=None) if others else others)


FROZEN = (
    "organisation_id",
    "kind",
    "title",
    "addressees",
    "addressee_names",
    "copy_to",
    "copies",
    "contents",
    "record_type",
    "record_id",
    "project_id",
    "template_id",
    "year",
    "serial",
    "number",
    "issued_at",
    "issued_by_id",
    "token",
)
"""Columns that stay for good once a paper has left the draft."""


def compared(row: str) -> str:
    return f"({', '.join(f'{row}.{name}' for name in FROZEN)})"


def new_token() -> str:
    """128 bits: the address of the public page cannot be guessed."""
    return secrets.token_urlsafe(16)


class Paper(Versioned):
    """One official paper (执法文书): a draft without a number, then issued, and for good what it was.

    `addressees` are [{"name", "organisation"}], the key only where the addressee is known here; `addressee_names` are
    their names for lists and searches.  `record_type` and
    `record_id` name what it is about, as events do; `project_id` is a key of scope, whose foreign key the projects'
    own migrations add.  `contents` hold what its kind asks for (`apps.documents.kinds`).  PDF and DOCX are made once
    after numbering; `token` is the public page's address.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="发文机关", editable=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    project_id = models.BigIntegerField("工程项目", null=True, editable=False)
    kind = models.CharField("文书种类", max_length=30, choices=kind_choices)
    title = models.CharField("标题", max_length=60, blank=True, editable=False)
    addressees = models.JSONField("受送达单位", default=list)
    addressee_names = models.TextField("受送达人", blank=True, editable=False)
    copy_to = models.CharField("抄送", max_length=300, blank=True)
    copies = models.PositiveSmallIntegerField("份数", default=3)
    contents = models.JSONField("内容", default=dict)
    record_type = models.CharField("事由类型", max_length=60, blank=True, editable=False)
    record_id = models.CharField("事由", max_length=40, blank=True, editable=False)
    record_label = models.CharField("事由名称", max_length=100, blank=True, editable=False)
    record_url = models.CharField("事由地址", max_length=200, blank=True, editable=False)

    state = models.CharField("状态", max_length=10, choices=PaperState, default=PaperState.DRAFT, editable=False)
    template = models.ForeignKey(
        PaperTemplate, models.PROTECT, null=True, related_name="+", verbose_name="模板", editable=False
    )
    year = models.PositiveSmallIntegerField("年份", null=True, editable=False)
    serial = models.PositiveIntegerField("序号", null=True, editable=False)
    number = models.CharField("文号", max_length=60, null=True, editable=False)  # noqa: DJ001  none is given yet
    issued_at = models.DateTimeField("编号时间", null=True, editable=False)
    issued_on = models.DateField("成文日期", null=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="签发人", editable=False
    )
    first_served_on = models.DateField("送达日期", null=True, editable=False)
    void_reason = models.CharField("作废理由", max_length=1000, blank=True, editable=False)
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replaces", verbose_name="替换文书", editable=False
    )
    pdf = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="PDF文件", editable=False
    )
    docx = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="DOCX文件", editable=False
    )
    token = models.CharField("核验码", max_length=32, default=new_token, editable=False)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="拟稿人", editable=False
    )

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "执法文书"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "year", "serial"],
                name="paper_serial_once",
                violation_error_message="这个序号已经用过",
            ),
            models.UniqueConstraint(
                fields=["number"], name="paper_number_once", violation_error_message="这个文号已经用过"
            ),
            models.UniqueConstraint(fields=["token"], name="paper_token_once"),
            models.CheckConstraint(name="paper_kind_known", condition=Q(kind__in=list(KINDS))),
            models.CheckConstraint(name="paper_state_known", condition=Q(state__in=PaperState.values)),
            models.CheckConstraint(
                name="paper_number_comes_whole",
                condition=Q(
                    number=None, year=None, serial=None, issued_at=None, issued_on=None, issued_by=None, template=None
                )
                | Q(
                    number__isnull=False,
                    year__isnull=False,
                    serial__isnull=False,
                    issued_at__isnull=False,
                    issued_on__isnull=False,
                    issued_by__isnull=False,
                    template__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="paper_in_force_has_number",
                condition=Q(state=PaperState.DRAFT, number=None)
                | Q(state=PaperState.VOID)
                | Q(state__in=[PaperState.ISSUED, PaperState.REPLACED], number__isnull=False),
            ),
            models.CheckConstraint(
                name="paper_void_has_reason",
                condition=~Q(state=PaperState.VOID) | ~Q(void_reason=""),
                violation_error_message="作废须写明理由",
            ),
            models.CheckConstraint(
                name="paper_replaced_has_successor",
                condition=Q(state=PaperState.REPLACED, replaced_by__isnull=False)
                | ~Q(state=PaperState.REPLACED) & Q(replaced_by=None),
            ),
        ]
        indexes = [
            models.Index(fields=["region_path", "-id"], name="paper_of_region"),
            models.Index(fields=["project_id", "-id"], name="paper_of_project"),
            models.Index(fields=["record_type", "record_id", "-id"], name="paper_of_record"),
            models.Index(fields=["organisation"], condition=UNSERVED, name="paper_unserved"),
            *order_indexes("paper", "number", "issued_on", "first_served_on", "created_at"),
            GinIndex(fields=["addressees"], opclasses=["jsonb_path_ops"], name="paper_addressee"),
            text_index("number", "title", "addressee_names", "record_label", name="paper_text"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="legal_moves",
                field="state",
                transitions=[("drafted", "issued"), ("drafted", "void"), ("issued", "replaced"), ("issued", "void")],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="issued_is_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"OLD.state <> 'drafted' AND ({compared('OLD')} IS DISTINCT FROM {compared('NEW')}"
                    " OR OLD.issued_on IS DISTINCT FROM NEW.issued_on"
                    " OR (OLD.pdf_id IS NOT NULL AND NEW.pdf_id IS DISTINCT FROM OLD.pdf_id)"
                    " OR (OLD.docx_id IS NOT NULL AND NEW.docx_id IS DISTINCT FROM OLD.docx_id)"
                    " OR (OLD.first_served_on IS NOT NULL"
                    " AND NEW.first_served_on IS DISTINCT FROM OLD.first_served_on))"
                ),
                func="RAISE EXCEPTION 'paper % has left the draft: what it says stays', OLD.id;",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.get_kind_display()}（草稿）"

    def get_absolute_url(self) -> str:
        return f"/documents/{self.pk}/"

    @property
    def definition(self) -> PaperKind:
        return KINDS[self.kind]

    def address_to(self, lines: list[dict[str, Any]]) -> None:
        """The addressees together with their names."""
        self.addressees = lines
        self.addressee_names = "、".join(line["name"] for line in lines)

    @property
    def missing(self) -> list[str]:
        """Labels of what this paper still has to say before it can be numbered."""
        empty = ["受送达人"] if not self.addressees else []
        return empty + [field.label for field in self.definition.required if not self.contents.get(field.name)]
