"""Random draws that anybody can take again from what is published (双随机抽取)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.accounts.models import Organisation
from apps.core.freezing import stays
from apps.core.models import StoredFile, Versioned
from apps.enterprises.models import Enterprise
from apps.inspections.models.campaigns import Campaign, OrderedBelowQuerySet
from apps.inspections.models.libraries import Inspector
from apps.inspections.models.words import DRAW_CHANGES, DrawState, RiskGrade
from apps.projects.models import Project


def person(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
        editable=False,
        db_index=False,
    )


ANNOUNCED = (
    "number",
    "campaign_id",
    "round",
    "algorithm",
    "draw_at",
    "public_source",
    "terms",
    "terms_sha256",
    "pool_size",
    "pool_sha256",
    "pool_file_id",
    "custodian_a_id",
    "custodian_b_id",
    "commitment_a",
    "commitment_b",
    "announced_at",
)
DRAWN = ("public_value", "secret_a", "secret_b", "seed", "result", "result_sha256", "bundle_id", "drawn_at")
VOIDED = ("void_reason", "void_requested_by_id", "voided_by_id", "voided_at")


class Draw(Versioned):
    """One draw of objects and of inspectors (双随机抽取), by commitment and disclosure.

    Announcing freezes the pool (`pool_file`, canonical JSON lines, one candidate each) and the terms, and gives the
    number.  Two custodians have handed in the SHA-256 of a secret each before; after the named moment they disclose,
    and the public value that was named in advance is entered.  The seed is the SHA-256 of all of it, so that nobody
    alone could choose it; `result` follows from seed and bundle and from nothing else.
    """

    number = models.CharField("抽取编号", max_length=60, unique=True, null=True, db_collation="C", editable=False)  # noqa: DJ001
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="draws", verbose_name="检查任务")
    round = models.PositiveSmallIntegerField("轮次", default=1)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="抽取单位", editable=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    state = models.CharField("状态", max_length=10, choices=DrawState, default=DrawState.PREPARED, editable=False)

    algorithm = models.CharField("算法版本", max_length=60, editable=False)
    draw_at = models.DateTimeField("抽取时间", help_text="公告时写明，到时才能抽取")
    public_source = models.CharField(
        "公开随机值来源", max_length=200, help_text="公告时写明、届时由他人公布的数，如某日某指数收盘值"
    )
    public_value = models.CharField("公开随机值", max_length=200, blank=True, editable=False)
    terms = models.JSONField("抽取规则", default=dict, editable=False)
    terms_sha256 = models.CharField("规则校验值", max_length=64, blank=True, editable=False)
    pool_size = models.PositiveIntegerField("候选对象数", default=0, editable=False)
    pool_sha256 = models.CharField("名单校验值", max_length=64, blank=True, editable=False)
    pool_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="名单文件", editable=False
    )
    custodian_a, custodian_b = person("保管人甲"), person("保管人乙")
    announces_itself = models.BooleanField(
        "两名保管人交存后自动公告",
        default=False,
        help_text="第二名保管人交存承诺值时，由系统按拟定人的安排立即公告，名单随即冻结；不勾选则由拟定单位另行公告",
    )
    commitment_a = models.CharField("承诺值甲", max_length=64, blank=True, editable=False)
    commitment_b = models.CharField("承诺值乙", max_length=64, blank=True, editable=False)
    secret_a = models.CharField("公开的密语甲", max_length=200, blank=True, editable=False)
    secret_b = models.CharField("公开的密语乙", max_length=200, blank=True, editable=False)

    seed = models.CharField("种子", max_length=64, blank=True, editable=False)
    result = models.JSONField("结果", default=dict, editable=False)
    result_sha256 = models.CharField("结果校验值", max_length=64, blank=True, editable=False)
    bundle = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="公开数据包", editable=False
    )

    prepared_by = person("拟定人")
    announced_at = models.DateTimeField("公告时间", null=True, editable=False)
    announced_by = person("公告人")
    drawn_at = models.DateTimeField("实际抽取时间", null=True, editable=False)
    drawn_by = person("抽取人")
    void_reason = models.TextField("作废理由", max_length=1000, blank=True, editable=False)
    void_requested_by = person("申请作废人")
    voided_by = person("批准作废人")
    voided_at = models.DateTimeField("作废时间", null=True, editable=False)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name="重抽所替代的抽取", editable=False
    )

    objects = OrderedBelowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "随机抽取"
        indexes = [models.Index(fields=["region_path", "-id"], name="draw_region")]
        constraints = [
            models.CheckConstraint(name="draw_state_known", condition=Q(state__in=DrawState.values)),
            models.UniqueConstraint(
                fields=["campaign", "round"],
                condition=Q(state__in=DrawState.STANDING),
                name="one_standing_draw_a_round",
                violation_error_message="该轮次已有抽取；需要重抽的，先由两人作废原抽取",
            ),
            models.CheckConstraint(
                name="draw_announced_whole",
                condition=Q(state=DrawState.PREPARED)
                | Q(number__isnull=False, announced_at__isnull=False, pool_file__isnull=False)
                & ~Q(pool_sha256="")
                & ~Q(terms_sha256="")
                & ~Q(commitment_a="")
                & ~Q(commitment_b=""),
                violation_error_message="公告前须冻结名单、写明规则，并由两名保管人交存承诺值",
            ),
            models.CheckConstraint(
                name="draw_follows_from_its_seed",
                condition=~Q(state=DrawState.DRAWN)
                | ~Q(seed="") & ~Q(secret_a="") & ~Q(secret_b="") & ~Q(public_value="") & Q(drawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="custodians_are_two",
                condition=Q(custodian_a=None) | Q(custodian_b=None) | ~Q(custodian_a=F("custodian_b")),
                violation_error_message="两名保管人必须是不同的人",
            ),
            models.CheckConstraint(
                name="draw_voided_by_two",
                condition=~Q(state=DrawState.VOIDED)
                | ~Q(void_reason="")
                & Q(void_requested_by__isnull=False, voided_by__isnull=False)
                & ~Q(void_requested_by=F("voided_by")),
                violation_error_message="作废抽取须写明理由，并由两人办理",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(DRAW_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            stays("announced_stays", DrawState.PUBLIC, ANNOUNCED),
            stays("drawn_stays", (DrawState.DRAWN, DrawState.VOIDED), DRAWN),
            stays("void_stays", (DrawState.VOIDED,), VOIDED),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.campaign} 第{self.round}轮（待公告）"

    def get_absolute_url(self) -> str:
        return reverse("draws:detail", args=[self.pk])


class OfDrawQuerySet(OrderedBelowQuerySet):
    region_key = "draw__region_path"


class PoolEntry(models.Model):
    """A candidate of a frozen pool: what its line in the file says, and, once drawn, whether it was chosen.

    `ordinal` is the line's place in the file.  The chance of being chosen is published before: `chosen_of` in
    `stratum_size`, in lowest terms, as a rate can give parts of one.  `rank` is the place in the drawn order.
    """

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="entries", verbose_name="抽取")
    ordinal = models.PositiveIntegerField("序号")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name="工程项目")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, related_name="+", verbose_name="企业")
    grade = models.CharField("信用风险类别", max_length=1, choices=RiskGrade)
    stratum = models.CharField("层", max_length=40, db_collation="C")
    stratum_size = models.PositiveIntegerField("抽中概率分母")
    chosen_of = models.PositiveIntegerField("抽中概率分子")
    rank = models.PositiveIntegerField("抽取位次", null=True)
    is_chosen = models.BooleanField("抽中", default=False)

    objects = OfDrawQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "候选对象"
        constraints = [
            models.UniqueConstraint(fields=["draw", "ordinal"], name="pool_line_once"),
            models.UniqueConstraint(fields=["draw", "project"], name="pool_project_once"),
            models.CheckConstraint(name="pool_chance_is_one", condition=Q(chosen_of__lte=F("stratum_size"))),
        ]
        indexes = [
            models.Index(fields=["enterprise", "draw"], name="pool_of_enterprise"),
            models.Index(fields=["project", "draw"], name="pool_of_project"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="candidate_stays", exclude=["rank", "is_chosen"]),
            pgtrigger.Trigger(
                name="rank_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.rank IS NOT NULL AND (OLD.rank, OLD.is_chosen) IS DISTINCT FROM (NEW.rank, NEW.is_chosen)"
                ),
                func="RAISE EXCEPTION 'rank_stays: % has been drawn', OLD.id;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id}/{self.ordinal}"


class PoolInspector(models.Model):
    """An inspector who could be drawn, with the load that the matching counted with; `assigned` is what came out."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="inspectors", verbose_name="抽取")
    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="+", verbose_name="检查人员")
    load = models.PositiveIntegerField("已有任务数", default=0)
    assigned = models.PositiveIntegerField("抽中次数", default=0)

    objects = OfDrawQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "候选检查人员"
        constraints = [models.UniqueConstraint(fields=["draw", "inspector"], name="pool_inspector_once")]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.draw_id} {self.inspector_id}"
