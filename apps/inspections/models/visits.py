"""Visits to sites: what was asked, answered, found and signed."""

import uuid
from dataclasses import replace
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from apps.accounts.models import Organisation
from apps.core.freezing import stays
from apps.core.models import StoredFile, Versioned
from apps.core.scoping import Scope, ScopedQuerySet
from apps.core.search import text_index
from apps.enterprises.models import Enterprise
from apps.hazards.models import Criterion, Disposal, Grade, Hazard
from apps.hazards.models.photo import Photograph
from apps.inspections.models.campaigns import Campaign
from apps.inspections.models.checklists import Checklist
from apps.inspections.models.draws import Draw
from apps.inspections.models.freezing import frozen_with_its_visit
from apps.inspections.models.libraries import Inspector
from apps.inspections.models.words import VISIT_CHANGES, Kind, SignerRole, Verdict, VisitState
from apps.projects.models import Project


class VisitQuerySet(ScopedQuerySet["Visit"]):
    def reached_by(self, scope: Scope) -> Q:
        """The scope keys; a firm sees a visit once its record has been handed in, never that one is coming."""
        reached = super().reached_by(replace(scope, enterprise_id=None, project_ids=()))
        if seen := super().reached_by(replace(scope, region_path="")):
            reached |= seen if scope.of_authority else seen & Q(state__in=VisitState.DONE)
        return reached

    def open(self) -> Self:
        return self.filter(state__in=VisitState.OPEN)

    def done(self) -> Self:
        return self.filter(state__in=VisitState.DONE)


FROZEN = (
    "number",
    "project_id",
    "started_at",
    "started_claimed",
    "ended_claimed",
    "longitude",
    "latitude",
    "accuracy_m",
    "site_note",
    "conclusion",
    "inspected_opinion",
    "score",
    "grade",
    "record",
    "record_sha256",
    "submitted_at",
    "submitted_by_id",
)
"""Columns of a visit that are its record."""


class Visit(Versioned):
    """One inspection of one site (监督检查): planned, carried out, handed in with its signatures, made public.

    The scope keys are the project's, and follow it.  `*_at` are the database's times; `started_claimed` and
    `ended_claimed` are what the phone said, which may have been offline with a wrong clock.  At submission the whole
    stands in `record` as canonical JSON under `record_sha256`, and nothing of it changes any more; `Supplement` adds.
    """

    number = models.CharField("检查编号", max_length=32, unique=True, db_collation="C", editable=False)
    kind = models.CharField("检查类型", max_length=10, choices=Kind, default=Kind.DAILY)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="检查任务"
    )
    draw = models.ForeignKey(
        Draw, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="随机抽取", editable=False
    )
    round = models.PositiveSmallIntegerField("轮次", default=1, editable=False)
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name="回访的检查"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="visits", verbose_name="工程项目", db_constraint=False
    )
    region_path = models.CharField(max_length=60, db_collation="C", editable=False)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, related_name="+", verbose_name="受检企业", editable=False
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="检查单位", editable=False
    )
    planned_on = models.DateField("计划检查日期")
    checklists = models.ManyToManyField(Checklist, related_name="+", verbose_name="检查表")
    state = models.CharField("状态", max_length=10, choices=VisitState, default=VisitState.PLANNED, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="安排人", editable=False
    )

    started_at = models.DateTimeField("开始登记时间", null=True, editable=False)
    started_claimed = models.DateTimeField("开始时间（手机）", null=True, editable=False)
    ended_claimed = models.DateTimeField("结束时间（手机）", null=True, editable=False)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, editable=False)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, editable=False)
    accuracy_m = models.PositiveIntegerField("定位精度（米）", null=True, editable=False)
    site_note = models.TextField("现场情况", max_length=4000, blank=True, editable=False)
    conclusion = models.TextField("检查意见", max_length=4000, blank=True, editable=False)
    inspected_opinion = models.TextField("被检查方意见", max_length=2000, blank=True, editable=False)
    cancel_reason = models.TextField("取消理由", max_length=1000, blank=True, editable=False)

    score = models.DecimalField("汇总得分", max_digits=5, decimal_places=2, null=True, editable=False)
    grade = models.CharField("评定等级", max_length=10, blank=True, editable=False)
    record = models.JSONField("检查记录", default=dict, editable=False)
    record_sha256 = models.CharField("记录校验值", max_length=64, blank=True, editable=False)
    submitted_at = models.DateTimeField("提交时间", null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="提交人", editable=False
    )
    publish_by = models.DateField("公示期限", null=True, editable=False)
    publish_basis = models.JSONField("公示期限推算", default=dict, editable=False)
    published_at = models.DateTimeField("公示时间", null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="公示人", editable=False
    )
    public_result = models.TextField("公示结果", max_length=2000, blank=True, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "监督检查"
        indexes = [
            models.Index(fields=["region_path", "-id"], name="visit_region"),
            models.Index(fields=["enterprise", "-id"], name="visit_enterprise"),
            models.Index(fields=["project", "-planned_on"], name="visit_project"),
            models.Index(fields=["campaign", "round"], condition=Q(campaign__isnull=False), name="visit_campaign"),
            models.Index(fields=["planned_on"], condition=Q(state__in=VisitState.OPEN), name="visit_due"),
            models.Index(fields=["publish_by"], condition=Q(state="submitted"), name="visit_to_publish"),
            models.Index(fields=["-submitted_at", "-id"], condition=Q(state="published"), name="visit_public"),
            text_index("number", within="region_path", name="visit_text"),
        ]
        constraints = [
            models.CheckConstraint(name="visit_state_known", condition=Q(state__in=VisitState.values)),
            models.CheckConstraint(name="visit_kind_known", condition=Q(kind__in=Kind.values)),
            models.UniqueConstraint(
                fields=["draw", "project"],
                condition=Q(draw__isnull=False) & ~Q(state="cancelled"),
                name="drawn_project_visited_once",
            ),
            models.CheckConstraint(
                name="visit_submitted_whole",
                condition=~Q(state__in=VisitState.DONE)
                | ~Q(record_sha256="") & Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="visit_published_whole",
                condition=~Q(state="published") | ~Q(public_result="") & Q(published_at__isnull=False),
                violation_error_message="公示时须写明公示结果",
            ),
            models.CheckConstraint(
                name="visit_score_in_range", condition=Q(score=None) | Q(score__gte=0, score__lte=100)
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(VISIT_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            stays("record_is_frozen", VisitState.DONE, FROZEN),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("visits:detail", args=[self.number])


class OfVisitQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """What hangs on a visit is seen by those who see the visit."""
        return self.filter(visit__in=Visit.objects.visible_to(user))


class VisitInspector(models.Model):
    """Who is sent to a visit; the first of them leads."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="team", verbose_name="检查")
    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="tasks", verbose_name="检查人员")
    position = models.PositiveSmallIntegerField("顺序", default=0)

    objects = OfVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检查组成员"
        ordering = ("visit", "position")
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "inspector"], name="inspector_once_a_visit", violation_error_message="该人员已在检查组"
            ),
        ]
        # Who was there is part of the record.
        triggers = [frozen_with_its_visit()]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.inspector_id}"


class Answer(models.Model):
    """The verdict on one item of one checklist of a visit.

    `deductions` are the reasons as [{"code", "text", "points"}], `points_off` their sum, at most the item's points.
    `revision` counts the changes; a phone tells on which revision it built, and what does not fit is a conflict.
    """

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="answers", verbose_name="检查")
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="+", verbose_name="检查表")
    item = models.PositiveSmallIntegerField("项号")
    verdict = models.CharField("结论", max_length=7, choices=Verdict)
    deductions = models.JSONField("扣分事由", default=list)
    points_off = models.PositiveSmallIntegerField("扣分", default=0)
    measured = models.DecimalField("实测值", max_digits=12, decimal_places=3, null=True, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)
    revision = models.PositiveIntegerField("修订", default=1)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="检查人")
    claimed_at = models.DateTimeField("手机时间", null=True, blank=True)
    received_at = models.DateTimeField("收到时间", db_default=Now())

    objects = OfVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检查项结论"
        constraints = [
            models.UniqueConstraint(fields=["visit", "checklist", "item"], name="item_answered_once"),
            models.CheckConstraint(name="verdict_known", condition=Q(verdict__in=Verdict.values)),
            models.CheckConstraint(
                name="only_a_deduction_deducts",
                condition=Q(verdict=Verdict.DEDUCT, points_off__gt=0) | ~Q(verdict=Verdict.DEDUCT) & Q(points_off=0),
                violation_error_message="只有扣分项才能扣分，缺项和符合项不扣分",
            ),
        ]
        indexes = [models.Index(fields=["checklist", "item"], condition=Q(verdict="deduct"), name="answer_deducted")]
        triggers = [frozen_with_its_visit()]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.checklist_id}/{self.item} {self.verdict}"


class Finding(models.Model):
    """A problem found at a visit, which becomes a hazard of the ledger when the visit is submitted.

    The key is the client's UUID, so that what is sent twice is there once.  `term` is a term of the dictionary of
    deadlines, such as calendar:3; `deadline` a day, where none of them fits.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="findings", verbose_name="检查")
    checklist = models.ForeignKey(
        Checklist, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="检查表"
    )
    item = models.PositiveSmallIntegerField("项号", null=True, blank=True)
    deduction = models.CharField("扣分事由编码", max_length=20, blank=True)
    description = models.TextField("隐患描述", max_length=4000)
    category = models.CharField("隐患类别", max_length=40)
    clause = models.TextField("违反条款", max_length=1000, blank=True)
    demands = models.TextField("整改要求", max_length=4000)
    grade = models.CharField("隐患等级", max_length=10, choices=Grade, default=Grade.ORDINARY)
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="判定标准条款"
    )
    place = models.CharField("部位", max_length=300, blank=True)
    term = models.CharField("期限", max_length=20, blank=True)
    deadline = models.DateField("整改期限", null=True, blank=True)
    disposal = models.CharField("处置措施", max_length=12, choices=Disposal, default=Disposal.RECTIFY)
    hazard = models.OneToOneField(
        Hazard, models.PROTECT, null=True, blank=True, related_name="finding", verbose_name="隐患", editable=False
    )
    is_dropped = models.BooleanField("已撤回", default=False)
    revision = models.PositiveIntegerField("修订", default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    claimed_at = models.DateTimeField("手机时间", null=True, blank=True)
    received_at = models.DateTimeField("收到时间", db_default=Now())

    objects = OfVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检查发现的问题"
        indexes = [models.Index(fields=["visit", "received_at"], name="finding_of_visit")]
        constraints = [
            models.CheckConstraint(
                name="finding_criterion_means_major",
                condition=Q(criterion=None) | Q(grade=Grade.MAJOR),
                violation_error_message="引用判定标准条款的问题为重大隐患",
            ),
            models.CheckConstraint(name="dropped_finding_is_no_hazard", condition=Q(hazard=None) | Q(is_dropped=False)),
        ]
        triggers = [frozen_with_its_visit()]

    def __str__(self) -> str:
        return self.description[:30]


class VisitPhoto(Photograph):
    """A photograph taken at a visit: of an item, of a finding, of a hazard looked at again, or of the site as a whole.

    `camera_sha256` is what a phone says of the picture before it was made smaller there.
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos", verbose_name="检查")
    checklist = models.ForeignKey(
        Checklist, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="检查表"
    )
    item = models.PositiveSmallIntegerField("项号", null=True, blank=True)
    # A picture may arrive before the problem that it shows.
    finding = models.ForeignKey(
        Finding, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name="问题", db_constraint=False
    )
    second_look = models.ForeignKey(
        "inspections.SecondLook", models.PROTECT, null=True, blank=True, related_name="photos", verbose_name="隐患复查"
    )
    camera_sha256 = models.CharField("相机原图校验值", max_length=64, blank=True, editable=False)

    objects = OfVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检查照片"
        indexes = [models.Index(fields=["visit", "uploaded_at"], name="photo_of_visit")]
        triggers = [pgtrigger.Protect(name="evidence_stays", operation=pgtrigger.Delete), frozen_with_its_visit()]


def sha256_of(column: str) -> models.Func:
    """The hash of a column of text, in hexadecimal, by the database."""
    raw = models.Func(models.F(column), models.Value("UTF8"), function="convert_to", output_field=models.BinaryField())
    digest = models.Func(raw, function="sha256", output_field=models.BinaryField())
    return models.Func(digest, models.Value("hex"), function="encode", output_field=models.CharField())


class Signature(models.Model):
    """A signature drawn on the screen, or that it was refused (拒签) and who saw it.

    An inspector's is bound to the member of the team; the inspected party's to a name and a post.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="signatures", verbose_name="检查")
    role = models.CharField("签名方", max_length=10, choices=SignerRole)
    inspector = models.ForeignKey(
        Inspector, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="检查人员", db_index=False
    )
    name = models.CharField("姓名", max_length=50)
    post = models.CharField("职务", max_length=50, blank=True)
    image = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签名")
    is_refused = models.BooleanField("拒绝签名", default=False)
    refusal_note = models.CharField("拒签情况", max_length=500, blank=True)
    witnesses = models.CharField("见证人", max_length=100, blank=True)
    # What was signed as canonical JSON; none in signatures of before it was kept.
    content = models.TextField("所签内容", blank=True)
    content_sha256 = models.CharField("所签内容校验值", max_length=64, blank=True)
    claimed_at = models.DateTimeField("手机时间", null=True, blank=True)
    received_at = models.DateTimeField("收到时间", db_default=Now())
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经手人")

    objects = OfVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检查签名"
        constraints = [
            models.CheckConstraint(name="signer_role_known", condition=Q(role__in=SignerRole.values)),
            models.UniqueConstraint(
                fields=["visit", "inspector"],
                condition=Q(inspector__isnull=False),
                name="inspector_signs_once",
                violation_error_message="该检查人员已签名",
            ),
            models.UniqueConstraint(
                fields=["visit"],
                condition=Q(role=SignerRole.INSPECTED),
                name="inspected_party_signs_once",
                violation_error_message="被检查方已签名或已记录拒签",
            ),
            models.CheckConstraint(
                name="signed_or_refused",
                condition=Q(is_refused=False, image__isnull=False)
                | Q(is_refused=True, image=None, role=SignerRole.INSPECTED) & ~Q(refusal_note=""),
                violation_error_message="须有签名，或写明被检查方拒签的情况",
            ),
            models.CheckConstraint(
                name="signature_binds_its_content",
                condition=Q(content="") | Q(content_sha256=sha256_of("content")),
                violation_error_message="所签内容与校验值不符，请重新签名",
            ),
            models.CheckConstraint(
                name="inspector_signature_is_of_one",
                condition=Q(role=SignerRole.INSPECTOR, inspector__isnull=False)
                | Q(role=SignerRole.INSPECTED, inspector=None),
            ),
        ]
        triggers = [frozen_with_its_visit()]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.name}"


class Supplement(models.Model):
    """What is added to a record after it was handed in (补充记录); the record itself stays as it is."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="supplements", verbose_name="检查")
    text = models.TextField("补充内容", max_length=4000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="补充人")
    made_at = models.DateTimeField("补充时间", db_default=Now(), editable=False)

    objects = OfVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "补充记录"
        ordering = ("pk",)
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.text[:30]


class Correction(models.Model):
    """A correction of what was made public (公示更正): what stood there, what stands now, why."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="corrections", verbose_name="检查")
    before = models.TextField("原公示结果", max_length=2000)
    after = models.TextField("更正后", max_length=2000)
    reason = models.CharField("更正理由", max_length=500)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="更正人")
    made_at = models.DateTimeField("更正时间", db_default=Now(), editable=False)

    objects = OfVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示更正"
        ordering = ("pk",)
        constraints = [models.CheckConstraint(name="correction_changes", condition=~Q(before=F("after")))]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.after[:30]
