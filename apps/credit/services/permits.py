"""What becomes of a permit after an accident by the table of 建质〔2008〕121号, and how a permit stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from apps.accidents.models import Accident, AccidentLiability, AccidentState
from apps.core.models import Event
from apps.core.records import save_form
from apps.core.workflow import TransitionRefused
from apps.credit.clocks import months_after
from apps.credit.models import GRADES, MOST_DAYS, PermitCase, PermitMeasure, PermitRule, PermitState
from apps.credit.services.proposing import proposed, source_of
from apps.enterprises.likely import SPELLED
from apps.enterprises.models import Enterprise

LAST_ROW = 3
WITHIN_MONTHS = 12
BY_HAND = f"人工提出，不按事故等级推算；天数由决定机关依法裁量，至多 {MOST_DAYS} 日。"


# How a permit stands --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PermitStanding:
    """Of a firm's permit on a day: none, valid, expired, suspended or revoked.

    `until` is the last day of its validity, or that of the suspension; a suspension lasts on until the permit is given
    back.  A number without a known validity is none that anybody could rely on.  `words` says it in Chinese.
    """

    state: str
    until: date | None
    number: str
    words: str


class Spelled(Func):
    """A number without the differences of spelling: wide and narrow brackets, spaces."""

    template = SPELLED.format(text="%(expressions)s")
    output_field = TextField()


def standing_of(enterprise: Enterprise, day: date) -> PermitStanding:
    """By what is registered of the permit now, and by the cases about it as of that day."""
    firm: Any = with_standing(Enterprise.objects.filter(pk=enterprise.pk), day).get()
    until = firm.held_until if firm.permit_state == "suspended" else firm.safety_licence_until
    return PermitStanding(firm.permit_state, until, firm.safety_licence, firm.permit_words)


def with_standing(rows: QuerySet[Enterprise], day: date) -> QuerySet[Any]:
    """Enterprises with `permit_state`, `permit_words` and `held_until`, all in the one query.

    A suspension is the firm's, whatever number it has meanwhile; a revocation is that of the number, for a year later
    the firm may be given a new one.  Who is held is asked once for all rows, for they are few.
    """
    held = held_on(day)
    until = held.filter(enterprise=OuterRef("pk")).order_by("-until").values("until")[:1]
    state = Case(
        When(safety_licence="", then=Value("none")),
        When(pk__in=revoked_by(day).values("enterprise"), then=Value("revoked")),
        When(pk__in=held.values("enterprise"), then=Value("suspended")),
        When(safety_licence_until=None, then=Value("none")),
        When(safety_licence_until__lt=day, then=Value("expired")),
        default=Value("valid"),
        output_field=CharField(),
    )
    return rows.annotate(held_until=Subquery(until), permit_state=state).annotate(permit_words=in_words(day))


def held_on(day: date) -> QuerySet[PermitCase]:
    """Suspensions that stood on the day, those that were over and not given back included."""
    over = Q(released_on__isnull=False, released_on__lte=day) | Q(ended_on__isnull=False, ended_on__lte=day)
    states = (*PermitState.HELD, PermitState.RELEASED, PermitState.ENDED)
    return PermitCase.objects.filter(state__in=states, starts_on__lte=day).exclude(over).order_by()


def revoked_by(day: date) -> QuerySet[PermitCase]:
    """Revocations of the number that the firm still has."""
    rows = PermitCase.objects.filter(state=PermitState.REVOKED, starts_on__lte=day).order_by()
    spelled = rows.annotate(own=Spelled(F("permit_number")), theirs=Spelled(F("enterprise__safety_licence")))
    return spelled.filter(own=F("theirs"))


def held_firms(day: date) -> list[int]:
    """Whose permit is held back, or was revoked while they have no other; few among all."""
    without = PermitCase.objects.filter(state=PermitState.REVOKED, starts_on__lte=day, enterprise__safety_licence="")
    found = (rows.values_list("enterprise", flat=True) for rows in (held_on(day), revoked_by(day), without.order_by()))
    return sorted({firm for firms in found for firm in firms})


def in_words(day: date) -> Case:
    held = Concat(Value("暂扣至 "), Cast("held_until", CharField()))
    return Case(
        When(permit_state="valid", then=Value("有效")),
        When(permit_state="expired", then=Value("已过期")),
        When(permit_state="suspended", held_until__lt=day, then=Value("暂扣期满未发还")),
        When(permit_state="suspended", then=held),
        When(permit_state="revoked", then=Value("已吊销")),
        When(safety_licence="", then=Value("无安全生产许可证")),
        default=Value("有效期未登记"),
        output_field=CharField(),
    )


# What the rule comes to -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What the rule comes to, and the sentences by which it came there."""

    measure: str
    least_days: int
    most_days: int
    steps: tuple[str, ...]


def earlier_accidents(enterprise_id: int, accident: Accident) -> list[Accident]:
    """Those for which the firm was found liable in the twelve months before this one, oldest first.

    What was found of a firm that has been merged into it since is the firm's own.
    """
    since = months_after(timezone.localdate(accident.occurred_at), -WITHIN_MONTHS)
    liable = AccidentLiability.objects.filter(
        Q(enterprise=enterprise_id) | Q(enterprise__organisation__merged_into=enterprise_id)
    )
    rows = Accident.objects.filter(
        state=AccidentState.DETERMINED,
        pk__in=liable.values("accident"),
        occurred_at__lte=accident.occurred_at,
        occurred_at__date__gt=since,
    )
    return list(rows.exclude(pk=accident.pk).order_by("occurred_at", "pk"))


def held_before(enterprise_id: int, accident: Accident) -> list[PermitCase]:
    """The suspensions of those twelve months, the last one last."""
    since = months_after(timezone.localdate(accident.occurred_at), -WITHIN_MONTHS)
    rows = PermitCase.objects.filter(enterprise=enterprise_id, days__isnull=False, happened_on__gt=since)
    return list(rows.order_by("starts_on", "pk"))


def outcome(enterprise_id: int, accident: Accident) -> Outcome:
    """Pure but for what it reads: the same accidents and suspensions give the same days."""
    earlier, held = earlier_accidents(enterprise_id, accident), held_before(enterprise_id, accident)
    nth = min(len(earlier) + 1, LAST_ROW)
    rule = rule_of(accident, accident.grade, nth)
    steps = [f"{GRADES[accident.grade]}，{WITHIN_MONTHS}个月内第{len(earlier) + 1}次（依据：{rule.source}）。"]
    if rule.revokes:
        return Outcome(PermitMeasure.REVOKE, 0, 0, (*steps, "按标准吊销安全生产许可证。"))
    least, most = rule.least_days, rule.most_days
    if rule.adds:
        base_least, base_most, words = base_of(held, earlier)
        steps.append(f"{words}，增加 {span(least, most)}。")
        least, most = base_least + least, base_most + most
    else:
        steps.append(f"暂扣 {span(least, most)}。")
    if accident.concealment != "none":
        more = rule_of(accident, "", 1)
        least, most = least + more.least_days, most + more.most_days
        steps.append(f"{accident.get_concealment_display()}事故，增加 {span(more.least_days, more.most_days)}。")
    return capped(least, most, steps)


def rule_of(accident: Accident, grade: str, nth: int) -> PermitRule:
    """The line of the table in the edition of the day of the accident."""
    return PermitRule.objects.for_day(timezone.localdate(accident.occurred_at), grade=grade, nth=nth)


def base_of(held: list[PermitCase], earlier: list[Accident]) -> tuple[int, int, str]:
    """The suspension before, on which a second accident adds; while that is undecided, what it could be."""
    if held:
        days = held[-1].days or 0
        return days, days, f"在上一次暂扣时限 {days} 日（{held[-1].number}）上"
    if not earlier:
        return 0, 0, "此前没有暂扣"
    first = rule_of(earlier[-1], earlier[-1].grade, 1)
    return first.least_days, first.most_days, f"上一次（{earlier[-1].number}）尚未决定暂扣，按其标准 {words_of(first)}"


def words_of(rule: PermitRule) -> str:
    return span(rule.least_days, rule.most_days)


def capped(least: int, most: int, steps: list[str]) -> Outcome:
    """The limit is on the term of this suspension, with what it adds to the one before, not on all days together."""
    if least > MOST_DAYS:
        steps.append(f"暂扣时限合计 {span(least, most)}，超过 {MOST_DAYS} 日，吊销安全生产许可证。")
        return Outcome(PermitMeasure.REVOKE, 0, 0, tuple(steps))
    if most > MOST_DAYS:
        steps.append(f"合计 {span(least, most)}；超过 {MOST_DAYS} 日应当吊销，暂扣至多 {MOST_DAYS} 日。")
        most = MOST_DAYS
    return Outcome(PermitMeasure.SUSPEND, least, most, (*steps, f"建议暂扣 {span(least, most)}。"))


def span(least: int, most: int) -> str:
    return f"{least} 日" if least == most else f"{least} 至 {most} 日"


# Proposing ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def propose_for(accident: Accident, firms: Iterable[int], event: Event) -> list[PermitCase]:
    """A case for each liable firm whose permit can still be taken; the office that determined the accident proposes."""
    known = Enterprise.objects.filter(pk__in=firms).exclude(safety_licence="")
    holders = with_standing(known, timezone.localdate()).exclude(permit_state="revoked").order_by("pk")
    return [propose_one(accident, firm, event) for firm in holders]


def propose_one(accident: Accident, firm: Enterprise, event: Event) -> PermitCase:
    result = outcome(firm.pk, accident)
    rule = rule_of(accident, accident.grade, 1)
    case = PermitCase(
        measure=result.measure,
        permit_number=firm.safety_licence,
        least_days=result.least_days,
        most_days=result.most_days,
        derivation=list(result.steps),
        project_id=accident.project_id,
        happened_on=timezone.localdate(accident.occurred_at),
        facts=f"{accident.project.name}发生{accident.get_grade_display()}事故。{accident.determination}"[:4000],
        evidence=f"事故认定 {accident.determination_number}，事故编号 {accident.number}",
        legal_basis=rule.source,
        **source_of(accident, event),
    )
    office: Any = accident.determined_by
    return proposed(case, enterprise=firm, office=office.organisation, by=None, also={"measure": case.measure})


@transaction.atomic
def save_case(form: Any, *, by: Any, version: int | None = None) -> PermitCase:
    """From the form: a case that no accident of the platform asked for, or its correction before anybody checked it.

    Raises TransitionRefused where the firm has no permit that could be taken.
    """
    case: PermitCase = form.instance
    if reason := permit_problem(case.enterprise):
        raise TransitionRefused(reason)
    case.permit_number, case.region_path = case.enterprise.safety_licence, case.enterprise.region_path
    suspends = case.measure == PermitMeasure.SUSPEND
    case.least_days, case.most_days, case.derivation = (1, MOST_DAYS, [BY_HAND]) if suspends else (0, 0, [])
    if case._state.adding:
        return proposed(case, enterprise=case.enterprise, office=by.organisation, by=by, also={"measure": case.measure})
    return save_form(form, by=by, version=version)


def permit_problem(firm: Enterprise) -> str | None:
    """Why there is no permit of this firm to proceed against."""
    if not firm.safety_licence:
        return f"{firm} 没有登记安全生产许可证编号，请先在企业台账中登记"
    standing = standing_of(firm, timezone.localdate())
    return f"{firm} 的安全生产许可证 {standing.number} 已经吊销" if standing.state == "revoked" else None
