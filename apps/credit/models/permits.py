"""Suspension and revocation of the safety production permit after accidents (安全生产许可证动态监管)."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.core.columns import known, moment
from apps.core.columns import person as officer
from apps.core.editions import EditionQuerySet, begins_later, begun_stays
from apps.core.freezing import refuse, stays
from apps.core.keyset import order_indexes
from apps.core.models import Versioned
from apps.core.search import text_index
from apps.credit.models.proceeding import (
    Proceeding,
    begins_on_its_day,
    changes_by_moves,
    grounded,
    once_by_source,
    two_people,
    usual_indexes,
)
from apps.credit.models.words import PERMIT_CHANGES, PermitMeasure, PermitState

MOST_DAYS = 120
"""A term longer than this is no suspension: the permit is revoked."""
RULED = ("grade", "nth", "least_days", "most_days", "adds", "revokes", "effective_from")


class PermitRule(Versioned):
    """How long a permit is held back: one line of the table of 建质〔2008〕121号, in one edition.

    An accident is judged by the edition of its day.

    By grade of the accident and which it is within twelve months; with `adds` its days are counted on to the earlier
    suspension.  A term of more than 120 days is revocation.  Grade "" stands for concealment (迟报、漏报、谎报、瞒报).
    """

    SAME = ("grade", "nth")

    grade = models.CharField("事故等级", max_length=13, blank=True)
    nth = models.PositiveSmallIntegerField("12个月内第几次")
    least_days = models.PositiveSmallIntegerField("最少（日）", default=0)
    most_days = models.PositiveSmallIntegerField("最多（日）", default=0)
    adds = models.BooleanField("在上一次暂扣时限上增加", default=False)
    revokes = models.BooleanField("吊销", default=False)
    effective_from = models.DateField("施行日期")
    source = models.CharField("依据", max_length=300)
    certainty = models.CharField("把握程度", max_length=200, blank=True)
    is_sample = models.BooleanField("样例", default=False, editable=False)

    objects = EditionQuerySet["PermitRule"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "安许证处置标准"
        constraints = [
            models.UniqueConstraint(
                fields=["grade", "nth", "effective_from"],
                name="permit_rule_begins_once",
                violation_error_message="该事故等级和次数已有同一天施行的版本",
            ),
            models.CheckConstraint(
                name="permit_rule_days_in_order",
                condition=Q(least_days__lte=F("most_days"), most_days__lte=MOST_DAYS),
                violation_error_message=f"最少天数不能多于最多天数，最多 {MOST_DAYS} 日，超过的应当吊销",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_later("begins_later", "credit_permitrule", ("grade", "nth")),
            begun_stays("begun_stays", RULED),
        ]

    def __str__(self) -> str:
        return f"{self.grade_in_words} 第{self.nth}次"

    def get_absolute_url(self) -> str:
        return reverse("permit_rules:detail", args=[self.pk])

    @property
    def grade_in_words(self) -> str:
        return GRADES.get(self.grade, self.grade)


GRADES = {
    "": "迟报、漏报、谎报、瞒报",
    "general": "一般事故",
    "larger": "较大事故",
    "major": "重大事故",
    "extraordinary": "特别重大事故",
}

DECIDED = (
    "enterprise_id",
    "measure",
    "permit_number",
    "days",
    "starts_on",
    "until",
    "happened_on",
    "facts",
    "evidence",
    "legal_basis",
    "decision_number",
    "decided_by_id",
    "least_days",
    "most_days",
    "served_on",
    "objection_until",
)

# For the days that the rule came to, counted from the decision; an accident's are never less than its grade asks for.
DAYS_OF_ITS_RULE = f"""
    IF NEW.days IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.days IS NULL) AND (
        NEW.days NOT BETWEEN greatest(NEW.least_days, 1) AND least(NEW.most_days, {MOST_DAYS})
        OR NEW.until IS DISTINCT FROM NEW.starts_on + NEW.days - 1
    ) THEN
        {refuse("permit_held_by_the_rule", "暂扣天数须在处置标准的范围内，并自决定之日起连续计算，请按推算的天数填写")}
    END IF;
    IF NEW.source_type = 'accidents.accident' AND NEW.measure = 'suspend' THEN
        IF NEW.least_days < (
            SELECT min(line.least_days)
              FROM (SELECT DISTINCT ON (r.nth) r.least_days, r.revokes
                      FROM credit_permitrule r JOIN accidents_accident a ON a.grade = r.grade
                     WHERE a.id = NEW.source_id::bigint
                     ORDER BY r.nth, r.effective_from > NEW.happened_on, abs(r.effective_from - NEW.happened_on)) line
             WHERE NOT line.revokes
        ) THEN
            {refuse("permit_days_of_its_grade", "暂扣天数少于该等级事故的处置标准，请按事故等级推算")}
        END IF;
    END IF;
    RETURN NEW;
"""  # noqa: S608  (our own words)

# What is revoked is neither held back nor given back.  One decision waits for the other, so that two of the same moment
# see each other.
HELD_OR_REVOKED = f"""
    IF TG_OP = 'UPDATE' AND OLD.state <> 'notified' THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('credit.permit:' || NEW.enterprise_id, 0));
    IF NEW.state = 'revoked' AND EXISTS (
        SELECT FROM credit_permitcase WHERE enterprise_id = NEW.enterprise_id AND state IN ('suspended', 'reported')
    ) THEN
        {refuse("permit_is_held", "该企业的安全生产许可证正在暂扣，须先终止暂扣再吊销，请重新办理")}
    END IF;
    IF NEW.state = 'suspended' AND EXISTS (
        SELECT FROM credit_permitcase
         WHERE enterprise_id = NEW.enterprise_id AND state = 'revoked' AND permit_number = NEW.permit_number
    ) THEN
        {refuse("permit_is_revoked", "该安全生产许可证已经吊销，不能再暂扣")}
    END IF;
    RETURN NEW;
"""  # noqa: S608  (our own words)


class PermitCase(Proceeding):
    """One case about a permit: proposed after an accident, decided within the days of the rule, and given back.

    `derivation` are the sentences by which the rule came to its days.  Held from `starts_on` to `until`, both included,
    and longer until the conditions have been checked again (复核): only `release` gives it back, on `released_on`.
    Where the permit is revoked while it is held, by a case of its own, holding ends on `ended_on` and nothing is given
    back.
    """

    PREFIX = "AX"

    measure = models.CharField("处置", max_length=10, choices=PermitMeasure, default=PermitMeasure.SUSPEND)
    permit_number = models.CharField("安全生产许可证编号", max_length=50)
    least_days = models.PositiveSmallIntegerField("建议最少（日）", default=0, editable=False)
    most_days = models.PositiveSmallIntegerField("建议最多（日）", default=0, editable=False)
    derivation = models.JSONField("推算过程", default=list, editable=False)
    state = models.CharField("状态", max_length=10, choices=PermitState, default=PermitState.PROPOSED, editable=False)
    decision_number = models.CharField("决定文号", max_length=60, blank=True, editable=False)
    days = models.PositiveSmallIntegerField("暂扣天数", null=True, editable=False)
    starts_on = models.DateField("暂扣开始日期", null=True, editable=False)
    until = models.DateField("暂扣截止日期", null=True, editable=False)
    report = models.TextField("整改报告", max_length=4000, blank=True, editable=False)
    reported_at, reported_by = moment("申请复核时间"), officer("申请复核人")
    recheck = models.TextField("安全生产条件复核意见", max_length=4000, blank=True, editable=False)
    rechecked_on = models.DateField("复核日期", null=True, editable=False)
    released_on = models.DateField("发还日期", null=True, editable=False)
    released_at, released_by = moment("发还办理时间"), officer("发还办理人")
    ended_on = models.DateField("暂扣终止日期", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "安许证处置"
        indexes = [
            *usual_indexes("permit_case"),
            *order_indexes("permit_case", "starts_on", "until"),
            text_index("number", "permit_number", "decision_number", name="permit_case_text"),
        ]
        constraints = [
            known("state", PermitState, "permit_case_state_known"),
            known("measure", PermitMeasure, "permit_case_measure_known"),
            two_people("permit_case"),
            grounded("permit_case"),
            once_by_source("permit_case"),
            models.UniqueConstraint(
                fields=["enterprise", "measure"],
                condition=Q(state__in=PermitState.STANDING, source_event=None),
                name="permit_case_once_by_hand",
                violation_error_message="该企业已有未办结的安许证处置",
            ),
            models.CheckConstraint(
                name="permit_case_is_about_a_firm",
                condition=Q(person=None),
                violation_error_message="安全生产许可证属于企业",
            ),
            models.CheckConstraint(
                name="permit_case_days_in_order",
                condition=Q(least_days__lte=F("most_days"), most_days__lte=MOST_DAYS)
                & (Q(measure=PermitMeasure.SUSPEND, most_days__gt=0) | Q(measure=PermitMeasure.REVOKE, most_days=0)),
                violation_error_message=f"拟暂扣的须有 1 至 {MOST_DAYS} 日的范围，拟吊销的没有天数",
            ),
            models.CheckConstraint(
                name="permit_held_for_its_days",
                condition=~Q(state__in=("suspended", "reported", "released", "ended"))
                | Q(days__isnull=False, days__gt=0, until__isnull=False, until__gte=F("starts_on")),
                violation_error_message="暂扣须有天数和起止日期",
            ),
            models.CheckConstraint(
                name="permit_case_is_notified",
                condition=~Q(state__in=PermitState.DECIDED)
                | Q(
                    served_on__isnull=False,
                    objection_until__isnull=False,
                    starts_on__isnull=False,
                    decided_by__isnull=False,
                )
                & ~Q(decision_number=""),
                violation_error_message="暂扣或者吊销须先告知，并有决定人和决定文号",
            ),
            models.CheckConstraint(
                name="permit_given_back_after_a_recheck",
                condition=~Q(state="released")
                | ~Q(recheck="") & Q(rechecked_on__isnull=False, released_on__isnull=False),
                violation_error_message="复核安全生产条件合格后才能发还",
            ),
            models.CheckConstraint(
                name="permit_ended_on_a_day",
                condition=Q(state="ended", ended_on__isnull=False, ended_on__gte=F("starts_on"))
                | ~Q(state="ended") & Q(ended_on=None),
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(PERMIT_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_on_its_day("starts_on_its_day", "starts_on"),
            stays("decided_stays", PermitState.DECIDED, DECIDED),
            changes_by_moves("ends_by_a_move", {"released_on": "released", "ended_on": "ended"}),
            pgtrigger.Trigger(
                name="days_of_its_rule",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("days", "least_days", "most_days"),
                func=DAYS_OF_ITS_RULE,
            ),
            pgtrigger.Trigger(
                name="held_or_revoked",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.state IN ('suspended', 'revoked')"),
                func=HELD_OR_REVOKED,
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("permit_cases:detail", args=[self.number])
