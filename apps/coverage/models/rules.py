"""By what coverage is counted, in editions."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.core.columns import known
from apps.core.editions import EditionQuerySet, begins_later, begun_stays
from apps.core.models import Versioned
from apps.coverage.models.words import Denominator
from apps.roster.models import WorkerClass

HOURS_OF = {kind: f"{kind.value}_hours" for kind in WorkerClass}
"""The column with the yearly hours of each class of workers."""
INDUCTION_HOURS = ("company_hours", "project_hours", "team_hours")
MOST_DAYS, MOST_HOURS = 366, 200
JUDGING = (
    "denominator",
    "window_days",
    "needs_induction",
    *INDUCTION_HOURS,
    "needs_yearly",
    *HOURS_OF.values(),
    "needs_certificate",
    "absent_days",
)


def hours(label: str, default: int) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(f"{label}（学时）", default=default)


class CoverageRule(Versioned):
    """What 从业人员安全培训率 means from a day on: who is counted, and what a person must have to count as trained.

    The order sets the target of 100 % and no definition, so each edition is somebody's decision with its source and
    certainty, and every figure names the edition it was counted by.  Hours of induction and of a year are those of
    《建筑业企业职工安全培训教育暂行规定》（建教〔1997〕83号）.  `window_days` is how far back attendance keeps somebody
    of the roster in the denominator, where that is the rule; `absent_days` after how many days without attendance the
    roster is doubted, 0 for never.
    """

    SAME: tuple[str, ...] = ()

    denominator = models.CharField("分母口径", max_length=10, choices=Denominator, default=Denominator.ATTENDED)
    window_days = models.PositiveSmallIntegerField("近期天数", default=30)
    needs_induction = models.BooleanField("须完成三级教育", default=True)
    company_hours = hours("公司级", 15)
    project_hours = hours("项目级", 15)
    team_hours = hours("班组级", 20)
    needs_yearly = models.BooleanField("须满足年度学时", default=True)
    leader_hours = hours("项目负责人", 30)
    safety_officer_hours = hours("专职安全员", 40)
    manager_hours = hours("其他管理和技术人员", 20)
    special_hours = hours("特种作业人员", 20)
    worker_hours = hours("一般作业人员", 15)
    returning_hours = hours("待岗、转岗、换岗人员", 20)
    needs_certificate = models.BooleanField("须持有效证书", default=True)
    absent_days = models.PositiveSmallIntegerField("在册无考勤天数上限", default=30)
    effective_from = models.DateField("施行日期")
    source = models.CharField("依据", max_length=300)
    certainty = models.CharField("把握程度", max_length=200, blank=True)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = EditionQuerySet["CoverageRule"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训覆盖率口径"
        ordering = ("-effective_from",)
        constraints = [
            models.UniqueConstraint(
                fields=["effective_from"],
                name="coverage_rule_begins_once",
                violation_error_message="已有同一天施行的版本",
            ),
            known("denominator", Denominator, "coverage_denominator_known"),
            models.CheckConstraint(
                name="coverage_rule_days_sensible",
                condition=Q(window_days__range=(1, MOST_DAYS), absent_days__lte=MOST_DAYS),
                violation_error_message=f"近期天数应为1至{MOST_DAYS}天，无考勤天数上限不超过{MOST_DAYS}天",
            ),
            models.CheckConstraint(
                name="coverage_rule_hours_sensible",
                condition=Q(**{f"{name}__lte": MOST_HOURS for name in (*HOURS_OF.values(), *INDUCTION_HOURS)}),
                violation_error_message=f"学时不超过{MOST_HOURS}",
            ),
            models.CheckConstraint(
                name="coverage_rule_asks_for_something",
                condition=Q(needs_induction=True) | Q(needs_yearly=True) | Q(needs_certificate=True),
                violation_error_message="三级教育、年度学时、有效证书至少要求一项",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_later("coverage_rule_begins_later", "coverage_coveragerule", ()),
            begun_stays("coverage_rule_stays", (*JUDGING, "effective_from")),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from}起施行"

    def get_absolute_url(self) -> str:
        return reverse("coverage_rules:detail", args=[self.pk])

    @property
    def in_words(self) -> str:
        """The whole rule as one sentence, to stand beside a figure."""
        return f"分母：{self.counted_in_words}；{self.asked_in_words}。{self.standing_in_words}"

    @property
    def counted_in_words(self) -> str:
        who = self.get_denominator_display()
        if self.denominator == Denominator.ROSTERED:
            who = f"在册且最近{self.window_days}天内有考勤的人员"
        return f"{who}，加上考勤与名册不一致的人次"

    @property
    def asked_in_words(self) -> str:
        asked = []
        if self.needs_induction:
            asked.append(f"三级教育{self.company_hours}/{self.project_hours}/{self.team_hours}学时")
        if self.needs_yearly:
            asked.append("近12个月学时达到本类人员要求")
        if self.needs_certificate:
            asked.append("应持证人员证书有效")
        return f"已培训：截至当天{'、'.join(asked)}"

    @property
    def standing_in_words(self) -> str:
        sample = "示例口径，" if self.is_sample else ""
        return f"{self.effective_from}起施行，{sample}依据：{self.source}，把握程度：{self.certainty or '未注明'}"
