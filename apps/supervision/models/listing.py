"""Listed supervision of major hazards (挂牌督办)."""

from enum import nonmember

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.core.columns import known, moment, person
from apps.core.today import today
from apps.hazards.models import ListedLevel
from apps.supervision.models.measure import Measure

RELEASE_PROCEDURE = (
    "治理完成后，施工单位提交治理报告并提请解除督办；督办机关现场核查，合格的解除督办，不合格的继续督办。"
)


class ListingState(models.TextChoices):
    PROPOSED = "proposed", "待决定"
    LISTED = "listed", "督办中"
    REPORTED = "reported", "待核查"
    RELEASED = "released", "已解除"
    RAISED = "raised", "已由上级督办"
    CANCELLED = "cancelled", "不予挂牌"

    OPEN = nonmember(("proposed", "listed", "reported"))
    IN_FORCE = nonmember(("listed", "reported"))
    PUBLIC = nonmember(("listed", "reported", "released", "raised"))


LISTING_CHANGES: tuple[tuple[str, str], ...] = (
    (ListingState.PROPOSED, ListingState.LISTED),
    (ListingState.PROPOSED, ListingState.CANCELLED),
    (ListingState.LISTED, ListingState.REPORTED),
    (ListingState.LISTED, ListingState.RAISED),
    (ListingState.REPORTED, ListingState.RELEASED),
    (ListingState.REPORTED, ListingState.LISTED),
    (ListingState.REPORTED, ListingState.RAISED),
)


class Listing(Measure):
    """A major hazard watched over in public by a county, a city or the province (建质〔2011〕158号).

    The notice holds the five contents of that rule: name of the project (`project_name`, as it was), the hazard
    (`content`), demands and deadline, procedure of release, and others.  `decide_by` is the day until which a proposal
    should be decided; `proposed_for` the deadline of the hazard by whose lapse a rule proposed it.  What is listed is
    public; a proposal is the authorities' own business.
    """

    INSIDE = (ListingState.PROPOSED, ListingState.CANCELLED)
    LETTER = "L"

    level = models.CharField("督办层级", max_length=10, choices=ListedLevel)
    state = models.CharField("状态", max_length=10, choices=ListingState, default=ListingState.PROPOSED, editable=False)
    basis = models.TextField("提出依据", max_length=1000)
    decide_by = models.DateField("决定期限")
    proposed_for = models.DateField("逾期的整改期限", null=True, editable=False)
    reason = models.TextField("不予挂牌理由", max_length=1000, blank=True, editable=False)

    project_name = models.CharField("项目名称", max_length=200, blank=True, editable=False)
    content = models.TextField("重大隐患具体内容", max_length=4000, blank=True)
    demands = models.TextField("治理要求", max_length=4000, blank=True)
    deadline = models.DateField("治理期限", null=True, blank=True)
    release_procedure = models.TextField("督办解除的程序", max_length=1000, blank=True)
    other = models.TextField("其他", max_length=1000, blank=True)

    report = models.TextField("治理报告", max_length=4000, blank=True)
    opinion = models.TextField("现场核查意见", max_length=2000, blank=True)
    checked_on = models.DateField("现场核查日期", null=True, blank=True)
    continuations = models.PositiveSmallIntegerField("继续督办次数", default=0, editable=False)

    listed_at, listed_by = moment("挂牌时间"), person("挂牌人")
    reported_at, reported_by = moment("提请解除时间"), person("提请解除人")
    released_at, released_by = moment("解除时间"), person("解除人")

    class Meta:
        verbose_name = verbose_name_plural = "挂牌督办"
        indexes = [
            models.Index(fields=["region_path", "-id"], name="listing_of_region"),
            models.Index(fields=["state", "level", "-id"], name="listing_in_state"),
            models.Index(fields=["deadline"], condition=Q(state="listed"), name="listing_due"),
        ]
        constraints = [
            known("state", ListingState, "listing_state_known"),
            known("level", ListedLevel, "listing_level_known"),
            models.UniqueConstraint(
                fields=["hazard", "level"],
                condition=Q(state__in=ListingState.OPEN),
                name="listing_once_at_a_level",
                violation_error_message="该隐患在这一层级已有未办结的挂牌督办",
            ),
            models.CheckConstraint(
                name="listing_has_its_five_contents",
                condition=Q(state__in=("proposed", "cancelled"))
                | ~Q(project_name="")
                & ~Q(content="")
                & ~Q(demands="")
                & ~Q(release_procedure="")
                & Q(deadline__isnull=False),
                violation_error_message="挂牌督办通知书须写明项目名称、隐患内容、治理要求及期限、督办解除的程序",
            ),
            models.CheckConstraint(
                name="listing_released_after_a_check",
                condition=~Q(state="released")
                | ~Q(opinion="") & Q(checked_on__isnull=False, released_at__gt=F("listed_at")),
                violation_error_message="现场核查并写明意见后才能解除督办",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(LISTING_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def get_absolute_url(self) -> str:
        return reverse("listings:detail", args=[self.number])

    @property
    def is_late(self) -> bool:
        if self.state == ListingState.PROPOSED:
            return self.decide_by < today()
        return self.state == ListingState.LISTED and self.deadline is not None and self.deadline < today()
