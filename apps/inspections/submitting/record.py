"""The record of a visit: whether it is whole, what it scores, and the one document that is frozen at submission."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from apps.inspections.checklists import Item, Table, table_of
from apps.inspections.models import FEWEST_INSPECTORS, Checklist, Finding, SecondLook, SignerRole, Visit
from apps.inspections.scoring import FAILED, Answered, Summary, TableScore, applies, score_table, summarise
from apps.inspections.submitting.content import changes_since

FORMAT = "hebei-inspection-record/1"
MOST_NAMED = 5


class Record:
    """A visit with everything that hangs on it, read once: as many queries for however many answers."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.checklists: list[Checklist] = list(visit.checklists.order_by("family", "code"))
        # By code as people count: B.2 before B.10.
        self.checklists.sort(key=lambda one: (one.family != "jgj59", one.family, in_order(one.code)))
        self.tables: dict[int, Table] = {one.pk: table_of(one) for one in self.checklists}
        self.answers = {(one.checklist_id, one.item): one for one in visit.answers.all()}
        self.findings: list[Finding] = list(
            visit.findings.filter(is_dropped=False).select_related("criterion").order_by("received_at", "pk")
        )
        # In the order of the tables, not in that in which a phone sent them.
        place = {checklist.pk: number for number, checklist in enumerate(self.checklists)}
        self.findings.sort(key=lambda one: (place.get(one.checklist_id or 0, len(place)), one.item or 0))
        self.photos = list(visit.photos.select_related("original").order_by("uploaded_at", "pk"))
        self.signatures = list(visit.signatures.select_related("image", "inspector").order_by("role", "received_at"))
        self.second_looks = list(visit.second_looks.select_related("hazard", "visit"))
        self.team = list(visit.team.select_related("inspector__user", "inspector__organisation"))

    @property
    def scores(self) -> list[TableScore]:
        return [score_table(self.tables[one.pk], self.answered(one.pk)) for one in self.checklists]

    @property
    def summary(self) -> Summary:
        return summarise(self.scores)

    def answered(self, checklist_id: int) -> dict[int, Answered]:
        return {
            item: Answered(one.verdict, one.points_off)
            for (checklist, item), one in self.answers.items()
            if checklist == checklist_id
        }

    def photos_of(self, finding: Finding) -> list[Any]:
        """A problem's own photographs, else those of the item that it came of."""
        own = [photo for photo in self.photos if photo.finding_id == finding.pk]
        if own or finding.checklist_id is None:
            return own
        return [p for p in self.photos if (p.checklist_id, p.item) == (finding.checklist_id, finding.item)]

    # Whether it is whole ---------------------------------------------------------------------------------------------

    def problems(self, at: datetime) -> list[str]:
        """What keeps the record from being handed in at this time, in Chinese."""
        return [
            *self.unanswered(),
            *self.without_demand(),
            *self.without_photo(),
            *self.without_firm(),
            *self.without_outcome(),
            *self.unsigned(visit_day(self.visit, at)),
            *self.signed_otherwise(),
        ]

    def unanswered(self) -> Iterator[str]:
        for score in self.scores:
            if left := len(score.unanswered):
                named = "、".join(str(seq) for seq in score.unanswered[:MOST_NAMED])
                more = "等" if left > MOST_NAMED else ""
                yield f"“{score.table.name}”还有 {left} 项没有结论：第 {named} 项{more}"

    def without_demand(self) -> Iterator[str]:
        """What fails must be put right within a term (JGJ 59-2011, 5.0.3), which takes something to put right."""
        is_whole = all(score.is_complete for score in self.scores)
        if is_whole and self.summary.grade == FAILED and not self.findings:
            yield "评定为不合格，必须限期整改（JGJ 59-2011 第 5.0.3 条）：请至少登记一条问题，写明整改要求和期限"

    def without_photo(self) -> Iterator[str]:
        for finding in self.findings:
            if not self.photos_of(finding):
                yield f"问题“{finding}”还没有现场照片"

    def without_firm(self) -> Iterator[str]:
        if self.findings and self.visit.project.enterprise_id is None:
            yield "该项目还没有登记施工总承包单位，发现的问题无法下达整改，请先在工程项目中登记参建单位"

    def without_outcome(self) -> Iterator[str]:
        if left := [str(look) for look in self.second_looks if look.is_missing]:
            more = "等" if len(left) > MOST_NAMED else ""
            yield f"以往隐患还有 {len(left)} 条没有复查结论：{'、'.join(left[:MOST_NAMED])}{more}"

    def unsigned(self, day: date) -> Iterator[str]:
        signed = {one.inspector_id for one in self.signatures if one.role == SignerRole.INSPECTOR}
        valid = 0
        for member in self.team:
            inspector = member.inspector
            if inspector.pk not in signed:
                continue
            if inspector.valid_until < day:
                yield f"{inspector}的执法证 {inspector.valid_until} 到期，检查日 {day} 无效"
            else:
                valid += 1
        if valid < FEWEST_INSPECTORS:
            yield f"须由不少于 {FEWEST_INSPECTORS} 名持有效执法证的检查人员签名，现有 {valid} 名"
        if not any(one.role == SignerRole.INSPECTED for one in self.signatures):
            yield "被检查方还没有签名；拒绝签名的，请记录情况"

    def signed_otherwise(self) -> Iterator[str]:
        """What was signed is compared once more with what becomes the record, by the text that the signature keeps."""
        for content in {one.content for one in self.signatures if one.content}:
            if changed := changes_since(self.visit, content):
                names = "、".join(one.name for one in self.signatures if one.content == content)
                yield f"{names}签名后检查内容有变动（{'、'.join(changed)}），请作废签名，核对后重新签名"

    # The document ----------------------------------------------------------------------------------------------------

    def document(self, at: datetime) -> dict[str, Any]:
        """What is frozen; plain values alone, so that its canonical JSON can be written again anywhere."""
        visit, summary = self.visit, self.summary
        return {
            "format": FORMAT,
            "number": visit.number,
            "kind": visit.get_kind_display(),
            "campaign": visit.campaign.number if visit.campaign else "",
            "draw": visit.draw.number if visit.draw else "",
            "project": {"number": visit.project.number, "name": visit.project.name, "address": visit.project.address},
            "enterprise": visit.enterprise.name if visit.enterprise else "",
            "organisation": visit.organisation.name,
            "visited_on": visit_day(visit, at).isoformat(),
            "submitted_at": told(at),
            "started_claimed": told(visit.started_claimed),
            "ended_claimed": told(visit.ended_claimed),
            "place": [str(visit.longitude), str(visit.latitude)] if visit.longitude is not None else [],
            "inspectors": [
                {"name": str(member.inspector), "certificate": member.inspector.certificate} for member in self.team
            ],
            "tables": [self.table_told(one) for one in self.checklists],
            "summary": {
                "score": str(summary.shown) if summary.shown is not None else "",
                "grade": summary.grade,
                "reason": summary.reason,
                "groups": [
                    {"name": group.name, "weight": group.weight, "points": exact(group.points)}
                    for group in summary.groups
                ],
            },
            "findings": [self.finding_told(one) for one in self.findings],
            "second_looks": [self.look_told(one) for one in self.second_looks],
            "photos": [self.photo_told(one) for one in self.photos],
            "signatures": [signature_told(one) for one in self.signatures],
            "site_note": visit.site_note,
            "conclusion": visit.conclusion,
            "inspected_opinion": visit.inspected_opinion,
        }

    def table_told(self, checklist: Checklist) -> dict[str, Any]:
        table, answers = self.tables[checklist.pk], self.answered(checklist.pk)
        score = score_table(table, answers)
        asked = [item for item in table.items if applies(table, item, answers)]
        return {
            "code": checklist.code,
            "name": checklist.name,
            "edition": checklist.effective_from.isoformat(),
            "sha256": checklist.sha256,
            "score": str(score.shown) if score.shown is not None else "",
            "zeroed": score.zeroed,
            "items": [self.item_told(checklist, item) for item in asked],
        }

    def item_told(self, checklist: Checklist, item: Item) -> dict[str, Any]:
        answer = self.answers[checklist.pk, item.seq]
        return {
            "item": item.seq,
            "name": item.name,
            "verdict": answer.verdict,
            "points_off": answer.points_off,
            "deductions": [{**one, "basis": basis_of(item, one["code"])} for one in answer.deductions],
            "measured": f"{answer.measured.normalize():f}" if answer.measured is not None else "",
            "remark": answer.remark,
        }

    def finding_told(self, finding: Finding) -> dict[str, Any]:
        return {
            "id": str(finding.pk),
            "description": finding.description,
            "grade": finding.grade,
            "clause": finding.clause,
            "criterion": str(finding.criterion) if finding.criterion else "",
            "demands": finding.demands,
            "place": finding.place,
            "disposal": finding.disposal,
            "photos": [photo.original.sha256 for photo in self.photos_of(finding)],
        }

    def look_told(self, look: SecondLook) -> dict[str, Any]:
        """The hazard as it was taken along, what was seen of it, and what that did to the ledger, in words."""
        return {
            **look.facts,
            "outcome": look.outcome,
            "remark": look.remark,
            "effect": look.get_effect_display(),
            "photos": [photo.original.sha256 for photo in self.photos if photo.second_look_id == look.pk],
        }

    def photo_told(self, photo: Any) -> dict[str, Any]:
        return {
            "id": str(photo.pk),
            "sha256": photo.original.sha256,
            "table": next((one.code for one in self.checklists if one.pk == photo.checklist_id), ""),
            "item": photo.item,
        }


def basis_of(item: Item, code: str) -> str:
    """On what the deduction rests, in the words of BASES, 自填 for the inspector's own; "" where nothing is said."""
    ready = item.deduction(code)
    return ready.basis_label if ready else "自填"


def signature_told(signature: Any) -> dict[str, Any]:
    return {
        "role": signature.role,
        "name": signature.name,
        "post": signature.post,
        "sha256": signature.image.sha256 if signature.image else "",
        "is_refused": signature.is_refused,
        "refusal_note": signature.refusal_note,
        "witnesses": signature.witnesses,
        "signed_content": signature.content_sha256,
    }


def in_order(code: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in code.replace("-", ".").split(".")]


def told(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


def exact(value: Any) -> str:
    """A fraction with two decimals, for reading; what is compared is never this."""
    hundredths = (200 * value.numerator + value.denominator) // (2 * value.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def visit_day(visit: Visit, at: datetime) -> date:
    """The day on which the site was visited.

    A phone may have been offline for a day, so its claim counts; but no claim reaches back before the visit was
    planned, nor past the moment at which it arrived.
    """
    claimed = visit.started_claimed or visit.started_at or at
    return timezone.localdate(min(max(claimed, visit.created_at), at))
