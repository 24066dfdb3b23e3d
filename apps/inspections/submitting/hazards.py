"""Problems of a visit become hazards of the ledger, ordered and with numbered notices, in the same transaction."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

from apps.documents.models import Paper
from apps.documents.services import draft_paper, issue
from apps.hazards.models import Disposal, Hazard, Photo, PhotoStage, RiskLevel, Source
from apps.hazards.papers import NOTICE, addressees_of, item_of, name_notice
from apps.hazards.services.recording import record_hazard
from apps.hazards.sites import answerable
from apps.hazards.terms import derived
from apps.hazards.workflow import HAZARD
from apps.inspections.models import Finding, Kind, LookOutcome, Visit
from apps.inspections.submitting.record import Record, visit_day
from apps.supervision.models import StopScope, StopWork
from apps.supervision.papers import stop_notice
from apps.supervision.services import stop_work

SOURCES: dict[str, str] = {
    Kind.RANDOM: Source.RANDOM,
    Kind.DAILY: Source.DAILY,
    Kind.KEY: Source.DAILY,
    Kind.SPECIAL: Source.SPECIAL,
    Kind.FOLLOW_UP: Source.DAILY,
}
RISK: dict[str, int] = {"major": RiskLevel.MAJOR, "ordinary": RiskLevel.GENERAL}
EXTENT: dict[str, str] = {Disposal.STOP_PART: StopScope.PART, Disposal.STOP_ALL: StopScope.WHOLE}


def make_hazards(record: Record, by: Any, at: datetime) -> list[Hazard]:
    """One hazard for each problem, ordered; the problem then names its hazard."""
    made = [made_of(record, finding, by, at) for finding in record.findings]
    for finding, hazard in zip(record.findings, made, strict=True):
        finding.hazard = hazard
        finding.save(update_fields=["hazard"])
    return made


def made_of(record: Record, finding: Finding, by: Any, at: datetime) -> Hazard:
    visit, today = record.visit, timezone.localdate(at)
    day, basis = term_of(finding, today)
    hazard = record_hazard(
        by=by,
        photos=[photo.pk for photo in copies(record.photos_of(finding), by)],
        source=SOURCES[visit.kind],
        project=visit.project,
        enterprise=visit.project.enterprise,
        responsible_person=answerable(visit.project).manager,
        place=finding.place,
        longitude=visit.longitude,
        latitude=visit.latitude,
        accuracy_m=visit.accuracy_m,
        category=finding.category,
        grade=finding.grade,
        risk_level=RISK[finding.grade],
        criterion=finding.criterion,
        description=finding.description,
        clause=finding.clause,
        demands=finding.demands,
        disposal=finding.disposal,
        found_on=visit_day(visit, at),
        inspectors="、".join(str(member.inspector) for member in record.team),
        inspecting_body=visit.organisation.name,
    )
    told: dict[str, Any] = {
        "demands": finding.demands,
        "disposal": finding.disposal,
        "deadline": day,
        "deadline_basis": basis,
    }
    return HAZARD.perform(hazard, "order", by=by, **told)


def term_of(finding: Finding, today: date) -> tuple[date, dict[str, Any]]:
    """The deadline from the day of the order on: a term that was chosen offline has not begun to run before."""
    if finding.term or finding.deadline is None:
        return derived(finding.term, today)
    return max(finding.deadline, today), {}


def copies(photos: Iterable[Any], by: Any, stage: PhotoStage = PhotoStage.BEFORE) -> list[Photo]:
    """The same pictures as photographs of a hazard."""
    return [Photo.objects.create(stage=stage, uploaded_by=by, **photo.picture) for photo in photos]


# Papers ---------------------------------------------------------------------------------------------------------------


def issue_notices(record: Record, hazards: Sequence[Hazard], by: Any) -> list[Paper]:
    """A numbered notice for each deadline, with all problems that have it; a stop notice for what must stop."""
    notices = []
    for deadline, found in groupby(sorted(hazards, key=by_deadline), key=by_deadline):
        notices.append(rectification_notice(record, list(found), deadline, by))
    return [*notices, *(stop for hazard in hazards if (stop := stopped(hazard, by)))]


def by_deadline(hazard: Hazard) -> date:
    """Every problem has one: `put_finding` asks for it."""
    return hazard.deadline or date.max


def rectification_notice(record: Record, hazards: Sequence[Hazard], deadline: date, by: Any) -> Paper:
    paper = draft_paper(
        NOTICE,
        by=by,
        subject=record.visit,
        project_id=record.visit.project_id,
        addressees=addressees_of(hazards[0]),
        contents={
            "project": record.visit.project.name,
            "items": [item_of(hazard) for hazard in hazards],
            "deadline": deadline,
            "inspectors": team_words(record),
        },
    )
    paper = issue(paper, by=by)
    name_notice(hazards, paper)
    return paper


def team_words(record: Record) -> str:
    return "、".join(f"{one.inspector}（执法证号 {one.inspector.certificate}）" for one in record.team)


def stopped(hazard: Hazard, by: Any) -> Paper | None:
    """The order to stop work that the finding demands, with its numbered notice."""
    if hazard.disposal not in EXTENT:
        return None
    stop: StopWork = stop_work(
        hazard,
        by=by,
        extent=EXTENT[hazard.disposal],
        part=hazard.place or hazard.title,
        reason=hazard.description,
        demands=hazard.demands,
    )
    outline = stop_notice(stop, by)
    return issue(draft_paper("stop_work_notice", by=by, subject=stop, **vars(outline)), by=by)


def issue_record(record: Record, document: dict[str, Any], by: Any) -> Paper:
    """The numbered record of the inspection (监督检查记录)."""
    visit = record.visit
    problems = [{"text": one.description, "clause": one.clause, "demand": one.demands} for one in record.findings]
    paper = draft_paper(
        "inspection_record",
        by=by,
        subject=visit,
        project_id=visit.project_id,
        addressees=addressees(visit),
        contents={
            "project": visit.project.name,
            "matter": f"{document['kind']}（{visit.number}）",
            "day": document["visited_on"],
            "tables": "、".join(f"{one['name']}{score_words(one)}" for one in document["tables"]),
            "result": result_words(document),
            "items": problems or [{"text": "未发现问题"}],
            "opinion": visit.conclusion,
            "answer": answer_words(record),
            "inspectors": "、".join(
                f"{one['name']}（执法证号 {one['certificate']}）" for one in document["inspectors"]
            ),
        },
    )
    return issue(paper, by=by)


def addressees(visit: Visit) -> list[Any]:
    return [visit.project.enterprise.organisation] if visit.project.enterprise else [visit.project.name]


def score_words(table: dict[str, Any]) -> str:
    return f" {table['score']} 分" if table["score"] else "（不适用）"


def result_words(document: dict[str, Any]) -> str:
    return "\n".join((found_words(document), *looked_at_words(document["second_looks"])))


def found_words(document: dict[str, Any]) -> str:
    summary = document["summary"]
    if not summary["score"]:
        return f"检查 {len(document['tables'])} 张表，发现问题 {len(document['findings'])} 条"
    return f"汇总得分 {summary['score']} 分，评定{summary['grade']}，发现问题 {len(document['findings'])} 条"


def looked_at_words(looks: Sequence[dict[str, Any]]) -> Iterator[str]:
    """How many of the hazards carried along were looked at again, then a line for each with an outcome."""
    told = [one for one in looks if one["outcome"]]
    if told:
        counts = Counter(LookOutcome(one["outcome"]).label for one in told)
        yield f"复查以往隐患 {len(told)} 条：{'，'.join(f'{label} {n} 条' for label, n in counts.items())}"
    for one in told:
        words = "；".join(filter(None, (LookOutcome(one["outcome"]).label, one["remark"], one["effect"])))
        yield f"{one['number']} {one['description']}：{words}"


def answer_words(record: Record) -> str:
    """What the inspected party said, or that it refused to sign and who saw it."""
    refused = next((one for one in record.signatures if one.is_refused), None)
    if refused is None:
        return record.visit.inspected_opinion
    seen = f"；见证人：{refused.witnesses}" if refused.witnesses else ""
    return f"被检查方拒绝签名：{refused.refusal_note}{seen}"
