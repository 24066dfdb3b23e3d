"""A credit entry: proposed, checked, notified, decided, public for a term, and at an end by itself."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.core.effects import stamp
from apps.core.workflow import Step, Transition, TransitionRefused, Workflow
from apps.credit.clocks import months_after
from apps.credit.models import CreditEntry, CreditProfile, EntryState, Nature, RepairTerm, Severity, Subject
from apps.credit.workflow.proceeding import another_officer, before_decision, day_of, firm_was_heard

S = EntryState

NO_EVIDENCE = "没有证据：请附证据文件，或者填写处罚、认定文书的文号"


def is_proved(decision_number: str, source_event: int | None, has_files: bool) -> bool:
    """An entry rests on more than words: a file, the number of a paper, or the record of the platform it came from."""
    return bool(decision_number) or source_event is not None or has_files


# Guards ---------------------------------------------------------------------------------------------------------------


def has_evidence(entry: CreditEntry, user: Any) -> str | None:
    proved = is_proved(entry.decision_number, entry.source_event, entry.files.exists())
    return None if proved else NO_EVIDENCE


def bad_is_notified(entry: CreditEntry, user: Any) -> str | None:
    return "不良信息须先告知，听取意见后才能认定" if entry.state == S.CHECKED and entry.nature == Nature.BAD else None


def never_public_before(entry: CreditEntry, user: Any) -> str | None:
    return "公示期已经结束，不能再次公示" if entry.published_on else None


def subject_is_public(entry: CreditEntry, user: Any) -> str | None:
    """Persons are not shown to the public unless a method of evaluation says so (《个人信息保护法》)."""
    if entry.person_id is None:
        return None
    profile = CreditProfile.objects.in_force(Subject.PERSON, timezone.localdate())
    return None if profile and profile.is_public else "个人信用信息不对外公示"


def not_who_decided(entry: CreditEntry, user: Any) -> str | None:
    return "认定人不能撤销自己的认定，请由另一名人员办理" if entry.decided_by_id == user.pk else None


# Effects --------------------------------------------------------------------------------------------------------------


def begin_counting(step: Step) -> None:
    """From the day of the decision, never from an earlier one."""
    entry, day = step.record, day_of(step)
    entry.starts_on = day
    entry.expires_on = entry.ends_on = months_after(day, entry.item.valid_months)
    step.facts.update(starts_on=entry.starts_on, expires_on=entry.expires_on, points=entry.points)


def begin_publication(step: Step) -> None:
    """For a term within what the law allows for this severity."""
    entry, day, months = step.record, day_of(step), step.facts["months"]
    if reason := term_problem(entry, months):
        raise TransitionRefused(reason)
    entry.published_on, entry.publish_until = day, months_after(day, months)
    step.facts.update(published_on=day, publish_until=entry.publish_until)


def term_problem(entry: CreditEntry, months: int) -> str | None:
    """Why it cannot be public for so many months, by its severity; good behaviour for three years at most."""
    if entry.severity == "":
        return None if 1 <= months <= 36 else f"良好信息公示期限为 1 至 36 个月，不能填 {months} 个月"
    assert entry.starts_on is not None  # noqa: S101  it is in effect
    term = RepairTerm.objects.for_day(entry.starts_on, severity=entry.severity)
    label = Severity(entry.severity).label
    if months == 0 or term.most_months == 0:
        return f"{label}失信信息可以不公示，不必办理公示"
    if term.least_months <= months <= term.most_months:
        return None
    allowed = f"{term.least_months} 至 {term.most_months} 个月（{term.source}）"
    return f"{label}失信信息公示期限为 {allowed}，不能填 {months} 个月"


def stop_counting(name: str) -> Any:
    """stop_counting("revoked") ends the points on the day and says so."""

    def effect(step: Step) -> None:
        entry, day = step.record, day_of(step)
        setattr(entry, f"{name}_on", day)
        if name == "repaired" and not repair_ends_points(entry, day):
            return
        entry.ends_on = max(min(day, entry.expires_on), entry.starts_on)

    return effect


def repair_ends_points(entry: CreditEntry, day: Any) -> bool:
    subject = Subject.PERSON if entry.person_id else Subject.ENTERPRISE
    profile = CreditProfile.objects.in_force(subject, day)
    return profile is None or profile.repair_ends_points


def end_publication(step: Step) -> None:
    """Where it has not ended by itself: the last public day was yesterday."""
    entry, day = step.record, day_of(step)
    if entry.publish_until and entry.publish_until >= day:
        entry.publish_until = max(day - timedelta(days=1), entry.published_on)


ENTRY = Workflow(
    (
        *before_decision("creditentry", "不予认定", (has_evidence,)),
        Transition(
            "take_effect",
            "认定生效",
            (S.CHECKED, S.NOTIFIED),
            S.EFFECTIVE,
            "credit.decide_creditentry",
            guards=(another_officer, bad_is_notified, firm_was_heard),
            effects=(begin_counting, stamp("decided")),
            notify=("firm", "maker", "checkers"),
        ),
        Transition(
            "publish",
            "公示",
            (S.EFFECTIVE,),
            S.PUBLISHED,
            "credit.publish_creditentry",
            facts=("months",),
            guards=(never_public_before, subject_is_public),
            effects=(begin_publication, stamp("published")),
            notify=("firm",),
        ),
        Transition(
            "revoke",
            "撤销认定",
            S.IN_FORCE,
            S.REVOKED,
            "credit.decide_creditentry",
            facts=("reason",),
            guards=(not_who_decided,),
            effects=(stop_counting("revoked"), end_publication),
            notify=("firm", "maker", "checkers"),
            danger=True,
        ),
        Transition(
            "repair",
            "信用修复",
            S.IN_FORCE,
            S.REPAIRED,
            "credit.decide_creditrepair",
            effects=(stop_counting("repaired"), end_publication),
            by_itself=True,
        ),
        # Days that are over do these two; the permission says whose word it was.
        Transition(
            "end_publication", "公示期满", (S.PUBLISHED,), S.EFFECTIVE, "credit.publish_creditentry", by_itself=True
        ),
        Transition("expire", "有效期满", (S.EFFECTIVE,), S.EXPIRED, "credit.decide_creditentry", by_itself=True),
    )
)
