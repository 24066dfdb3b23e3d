"""Answers for tenders: signed certificates, and the look-ups of agencies with what they were told."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.core.columns import known, moment
from apps.core.columns import person as officer
from apps.core.freezing import stays
from apps.core.models import StoredFile, Versioned
from apps.core.scoping import OpenQuerySet
from apps.credit.models.words import CertificateState, Letter
from apps.documents.models.papers import new_token
from apps.enterprises.models import Enterprise
from apps.enterprises.presence import own_firm_too


class Agency(Versioned):
    """An agency for tenders (招标代理、交易中心) that may ask by program how a firm stands.

    Its token is shown once; `token_sha256` finds it again.  `per_hour` limits what it asks.
    """

    name = models.CharField("名称", max_length=100)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    contact = models.CharField("联系人和电话", max_length=100)
    per_hour = models.PositiveIntegerField("每小时查询次数上限", default=600)
    is_active = models.BooleanField("启用", default=True)
    token_sha256 = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    token_made_at = models.DateTimeField("令牌生成时间", null=True, editable=False)

    objects = OpenQuerySet["Agency"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "查询单位"
        constraints = [
            models.CheckConstraint(
                name="agency_limit_is_one",
                condition=Q(per_hour__range=(1, 100_000)),
                violation_error_message="每小时查询次数为 1 至 100000",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("agencies:detail", args=[self.pk])


class LookUp(models.Model):
    """One question of an agency and the answer it got; rows are only ever added."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="look_ups", verbose_name="查询单位")
    asked = models.CharField("查询的统一社会信用代码", max_length=40)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, related_name="+", verbose_name="企业")
    asked_at = models.DateTimeField("查询时间")
    address = models.CharField("来源地址", max_length=45, blank=True)
    answer = models.JSONField("答复")

    objects = OpenQuerySet["LookUp"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "查询记录"
        indexes = [models.Index(fields=["agency", "-asked_at"], name="look_up_of_agency")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.asked


SAID = ("number", "enterprise_id", "at_least", "on_day", "payload", "sha256", "signature", "key_id", "token", "made_at")


class CreditCertificateQuerySet(models.QuerySet["CreditCertificate"]):
    def visible_to(self, user: object) -> "CreditCertificateQuerySet":
        """Offices that see the firm, and the firm itself, also under a registration that was merged into it."""
        scope = own_firm_too(user)
        if scope.everything:
            return self.all()
        reached = Q(enterprise__in=scope.firm_ids)
        if scope.region_path:
            reached |= Q(enterprise__in=Enterprise.objects.visible_to(user).order_by().values("pk"))
        return self.filter(reached)


class CreditCertificate(Versioned):
    """A signed statement (信用证明) that on a day a firm stood on no list and had at least this letter.

    `payload` is what is signed, as canonical JSON; `signature` is Ed25519 over those bytes.  `token` is the address of
    the public page.  It says what was true on `on_day` and is revoked, never changed, where that turns out wrong.
    """

    number = models.CharField("编号", max_length=32, unique=True, db_collation="C", editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="credit_certificates", verbose_name="企业")
    at_least = models.CharField("信用等级不低于", max_length=1, choices=Letter, blank=True)
    on_day = models.DateField("证明日期")
    purpose = models.CharField("用途", max_length=200)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", verbose_name="查询单位")
    made_by = officer("出具申请人")
    made_at = models.DateTimeField("出具时间", editable=False)
    payload = models.JSONField("证明内容", editable=False)
    sha256 = models.CharField("校验值", max_length=64, editable=False)
    signature = models.CharField("签名", max_length=128, editable=False)
    key_id = models.CharField("签名密钥", max_length=16, editable=False)
    token = models.CharField("核验码", max_length=32, default=new_token, unique=True, editable=False)
    pdf = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="PDF文件", editable=False
    )
    state = models.CharField(
        "状态", max_length=10, choices=CertificateState, default=CertificateState.VALID, editable=False
    )
    reason = models.CharField("撤销理由", max_length=500, blank=True, editable=False)
    revoked_at, revoked_by = moment("撤销时间"), officer("撤销人")

    objects = CreditCertificateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "信用证明"
        constraints = [
            known("state", CertificateState, "credit_certificate_state_known"),
            models.CheckConstraint(
                name="credit_certificate_revoked_with_reason",
                condition=Q(state="valid", reason="") | Q(state="revoked") & ~Q(reason=""),
                violation_error_message="撤销须写明理由",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=[("valid", "revoked")]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            stays("said_stays", CertificateState.values, SAID),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("credit_certificates:detail", args=[self.number])
