"""What findings and joint measures wait for, and in whose hands that is: for the morning digest."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from apps.accounts.holders import holders_by
from apps.core.scoping import lineage
from apps.credit.models import (
    Blacklisting,
    CreditEntry,
    CreditRepair,
    EntryState,
    JointMeasure,
    ListState,
    MeasureState,
    PermitCase,
    PermitState,
    RepairState,
)
from apps.notifications.digests import OpenItem, digest_source
from apps.notifications.models import Level

BATCH = 500


@digest_source
def open_listings(day: date) -> Iterator[OpenItem]:
    yield from open_findings(Blacklisting.objects.filter(state__in=ListState.OPEN), day)


@digest_source
def open_entries(day: date) -> Iterator[OpenItem]:
    yield from open_findings(CreditEntry.objects.filter(state__in=EntryState.OPEN), day)


@digest_source
def open_measures(day: date) -> Iterator[OpenItem]:
    """The office that was asked; for one outside of the platform, the office that proceeded."""
    rows = JointMeasure.objects.filter(state=MeasureState.SENT)
    for measures in batches(rows.select_related("listing__enterprise__organisation", "listing__person")):
        offices = {measure.pk: measure.addressee_id or measure.listing.organisation_id for measure in measures}
        people = holders_by("credit.answer_jointmeasure", "organisation", offices.values())
        for measure in measures:
            until = f"，{measure.feedback_by} 前" if measure.feedback_by else ""
            late = "逾期未反馈" if measure.is_late else "待反馈"
            words = f"联合惩戒{late}：{measure.listing.subject}（{measure.office}{until}）"
            yield from items(people[offices[measure.pk]], words, measure)


def open_findings(rows: QuerySet[Any], day: date) -> Iterator[OpenItem]:
    """Offices hear of what they are to check, tell or decide, firms of what they may object to."""
    for findings in batches(rows.select_related("enterprise__organisation", "person")):
        around = Around(findings)
        for finding in findings:
            yield from of_finding(finding, around, day)


def of_finding(finding: Any, around: "Around", day: date) -> Iterator[OpenItem]:
    name, subject = finding._meta.verbose_name, finding.subject
    match finding.state:
        case "proposed":
            people = [key for key in around.checkers(finding) if key != finding.made_by_id]
            yield from items(people, f"{name}待核实：{subject}", finding)
        case "checked" if not is_good(finding):
            yield from items(around.checkers(finding), f"{name}待告知：{subject}", finding)
        case "notified" if not finding.answered_at and finding.objection_until >= day:
            level = Level.MUST_DO if finding.objection_until == day else Level.REMINDER
            words = f"{name}已告知，可提出异议：{subject}（{finding.objection_until} 前）"
            yield from items(around.firm(finding), words, finding, level)
        case "objected":
            words = f"{name}异议待处理：{subject}（{finding.answer_by} 前）"
            yield from items(around.deciders(finding), words, finding)
        case _:
            yield from items(around.deciders(finding), f"{name}待决定：{subject}", finding)


def is_good(finding: Any) -> bool:
    """Good behaviour is decided without notice."""
    return getattr(finding, "nature", "") == "good"


class Around:
    """Who stands around these findings, in three queries for however many of one kind."""

    def __init__(self, findings: Sequence[Any]) -> None:
        model = findings[0]._meta.model_name
        offices = {path for finding in findings for path in lineage(finding.office_path)}
        self._checkers = holders_by(f"credit.check_{model}", "organisation", {f.organisation_id for f in findings})
        self._deciders = holders_by(f"credit.decide_{model}", "organisation__region_path", offices)
        self._firms = holders_by(f"credit.object_{model}", "organisation", {f.enterprise_id for f in findings})

    def checkers(self, finding: Any) -> list[int]:
        """Of the office that proceeds."""
        return self._checkers.get(finding.organisation_id, [])

    def deciders(self, finding: Any) -> list[int]:
        """Of the nearest office at or above it, without who may not decide on this one."""
        found = (self._deciders.get(path) for path in reversed(lineage(finding.office_path)))
        nearest = next(filter(None, found), [])
        return [key for key in nearest if key not in (finding.made_by_id, finding.checked_by_id)]

    def firm(self, finding: Any) -> list[int]:
        return self._firms.get(finding.enterprise_id, [])


def items(people: Iterable[int], title: str, record: Any, level: Level = Level.MUST_DO) -> Iterator[OpenItem]:
    url = record.get_absolute_url()
    return (OpenItem(person, title, url, level) for person in people)


def batches(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    found = rows.order_by("pk").iterator(BATCH)
    while batch := list(islice(found, BATCH)):
        yield batch


# Permits and repair ---------------------------------------------------------------------------------------------------


@digest_source
def open_permit_cases(day: date) -> Iterator[OpenItem]:
    yield from open_findings(PermitCase.objects.filter(state__in=PermitState.OPEN), day)


@digest_source
def held_permits(day: date) -> Iterator[OpenItem]:
    """While a permit is held, the firm is to put its conditions right and the office to look at them again."""
    rows = PermitCase.objects.filter(state__in=PermitState.HELD).select_related("enterprise__organisation")
    for cases in batches(rows):
        around = Around(cases)
        for case in cases:
            yield from of_held(case, around, day)


def of_held(case: PermitCase, around: "Around", day: date) -> Iterator[OpenItem]:
    if case.state == PermitState.REPORTED:
        people = dict.fromkeys([*around.checkers(case), *around.deciders(case)])
        yield from items(people, f"安许证暂扣企业申请复核：{case.enterprise}", case)
        return
    level = Level.MUST_DO if case.until is not None and case.until < day else Level.REMINDER
    words = f"安许证暂扣中，整改后申请复核：{case.enterprise}（暂扣至 {case.until}）"
    yield from items(around.firm(case), words, case, level)


@digest_source
def open_repairs(day: date) -> Iterator[OpenItem]:
    """Whose office is to accept, and who there is to decide on what another has accepted."""
    rows = CreditRepair.objects.filter(state__in=RepairState.OPEN)
    for repairs in batches(rows.select_related("enterprise__organisation")):
        offices = {repair.organisation_id for repair in repairs}
        accepting = holders_by("credit.accept_creditrepair", "organisation", offices)
        deciding = holders_by("credit.decide_creditrepair", "organisation", offices)
        for repair in repairs:
            at_it = accepting if repair.state == RepairState.APPLIED else deciding
            people = [key for key in at_it.get(repair.organisation_id, []) if key != repair.accepted_by_id]
            yield from items(people, words_of(repair, day), repair)


def words_of(repair: CreditRepair, day: date) -> str:
    if repair.state == RepairState.APPLIED:
        return f"信用修复申请待受理：{repair.enterprise}"
    late = "逾期" if repair.decide_by is not None and repair.decide_by < day else ""
    return f"信用修复{late}待决定：{repair.enterprise}（期限 {repair.decide_by}）"
