"""How the case file of one hazard is put together: its way, its facts, its history, and the moves that are open."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from apps.core.models import Event
from apps.core.registers import registry
from apps.core.templatetags import ui
from apps.core.workflow import Transition
from apps.hazards import dictionaries, further, sites
from apps.hazards.forms import MOVE_FORMS
from apps.hazards.history import as_entry, as_timeline, latest, way
from apps.hazards.models import FIVE_COMMITMENTS, Hazard, RiskLevel, State
from apps.hazards.pictures import pairs, photos_of
from apps.hazards.registers import TONES, HazardRegister
from apps.hazards.workflow import HAZARD
from apps.risks.models import RiskPoint

Facts = list[dict[str, Any]]

# Moves whose form stands in the rail of the case file; the others have links to their own pages.
IN_RAIL = ("order", "receive", "confirm", "verify", "close")
# What is done next when several moves are open; where none of these is, the reader is here for none of them.
LEADS = ("answer", "approve_extension", "approve_void")
# The demands and the deadline of the order are where the next order starts; a return sets a new deadline or none.
KNOWN: dict[str, tuple[str, ...]] = {
    "order": ("demands", "disposal", "responsible_person", "deadline"),
    "start": ("responsible_person",),
    "answer": ("measures", "funds", "responsible_person"),
    "fix_on_spot": ("measures",),
}
REGISTER = registry[HazardRegister.name]


def case_rows() -> QuerySet[Hazard]:
    """A hazard with all that its case file shows of other tables."""
    return Hazard.objects.select_related(
        *REGISTER.related,
        "criterion__edition",
        "recorded_by",
        "answered_by",
        "void_requested_by",
        "extension_requested_by",
        "import_batch__file",
        "risk_point",
    )


def events_of(hazard: Hazard) -> list[Event]:
    """The history, oldest first."""
    return list(Event.objects.of(hazard).select_related("actor"))


def case_context(hazard: Hazard, user: Any) -> dict[str, Any]:
    """What templates/hazards/detail.html and the pages of the moves show."""
    moves = HAZARD.open_to(hazard, user)
    main = next((m for m in moves if m.name in IN_RAIL), None)
    events, photos = events_of(hazard), photos_of(hazard)
    return {
        "hazard": hazard,
        "record": hazard,
        "title": hazard.title,
        "marks": marks(hazard),
        "way": way(hazard, events),
        "facts": facts(hazard, user),
        "notices": notices(hazard, events),
        "pairs": pairs(photos, user),
        "answer": answer_facts(hazard),
        "commitments": commitment_lines(hazard),
        "original": original_facts(hazard),
        "timeline": as_timeline(events),
        "moves": ordered([m for m in moves if m is not main]),
        "lead": next((m for m in moves if m.name in LEADS), None) if main is None else None,
        "main": main,
        "main_form": main and MOVE_FORMS[main.name](user=user, record=hazard, initial=initial(hazard, main.name)),
        "term_form": term_form(hazard, user, main.name if main else ""),
        "opinions": dictionaries.opinions() if main and main.name == "verify" else [],
        "people": sites.people_of(hazard.project) if main and main.name == "order" else [],
        "further": further.shown(hazard, user),
    }


def crumbs(*further: tuple[str, str], origin: str = "") -> list[dict[str, str]]:
    """The way back to the list one came from, and what follows as (label, address); the last has no address."""
    is_todo = bool(origin) and not origin.startswith(reverse("hazards:list"))
    first = {"label": "待办" if is_todo else "隐患台账", "url": origin or reverse("hazards:list")}
    return [first, *({"label": label, "url": url} for label, url in further)]


def ordered(moves: list[Transition]) -> list[Transition]:
    """The step that leads on comes first."""
    return sorted(moves, key=lambda m: m.name not in LEADS)


def initial(hazard: Hazard, move: str) -> dict[str, Any]:
    """What is known already stands in the form."""
    return {name: value for name in KNOWN.get(move, ()) if (value := getattr(hazard, name))}


def term_form(hazard: Hazard, user: Any, move: str) -> Any:
    """The fields that a verification asks for when it fails; they belong to the return."""
    return MOVE_FORMS["return"](user=user, record=hazard) if move == "verify" else None


def marks(hazard: Hazard) -> list[str]:
    tone = "red" if hazard.is_overdue else TONES[State(hazard.state)]
    shown: list[str] = [
        ui.risk_chip(RiskLevel(hazard.risk_level).name.lower(), "风险"),
        ui.grade_chip(hazard.grade),
        ui.state_dot(tone, hazard.get_state_display()),
    ]
    return [*shown, ui.due(hazard.deadline)] if hazard.state in State.WITH_FIRM else shown


# Notices at the top: what a reader must know before anything else ----------------------------------------------------


def notices(hazard: Hazard, events: Sequence[Event]) -> list[dict[str, str]]:
    told = [
        _imported(hazard),
        _sent_back(hazard, events),
        _contested(hazard, events),
        _extension_asked(hazard),
        _void_asked(hazard),
        _void(hazard, events),
        _listed(hazard),
        _stopped(hazard),
    ]
    return [notice for notice in told if notice]


def _imported(hazard: Hazard) -> dict[str, str] | None:
    if hazard.import_batch is None:
        return None
    name = hazard.import_batch.file.original_name
    words = f"由台账“{name}”第 {hazard.source_row} 行导入。日期、整改和销号情况为原台账所载，不是在本平台办理的记录。"
    return {"tone": "", "words": words}


def _sent_back(hazard: Hazard, events: Sequence[Event]) -> dict[str, str] | None:
    event = latest(events, "return", "reject") if hazard.state == State.RECTIFYING else None
    return {"tone": "note-warn", "words": f"第 {hazard.rounds} 次退回：{said(event)}"} if event else None


def _contested(hazard: Hazard, events: Sequence[Event]) -> dict[str, str] | None:
    event = latest(events, "contest") if hazard.contested and hazard.state != State.CLOSED else None
    return {"tone": "note-warn", "words": f"登记人对销号提出异议：{said(event)}"} if event else None


def _extension_asked(hazard: Hazard) -> dict[str, str] | None:
    if hazard.extension_requested_by is None:
        return None
    words = (
        f"{hazard.extension_requested_by.name}申请延期至 {hazard.extension_until}，等待审批：{hazard.extension_reason}"
        f"　临时安全措施：{hazard.interim_measures}"
    )
    return {"tone": "note-warn", "words": words}


def _void_asked(hazard: Hazard) -> dict[str, str] | None:
    if hazard.void_requested_by is None or hazard.state not in State.OPEN:
        return None
    words = f"{hazard.void_requested_by.name}申请作废，等待审批：{hazard.void_reason}"
    return {"tone": "note-warn", "words": words}


def _void(hazard: Hazard, events: Sequence[Event]) -> dict[str, str] | None:
    event = latest(events, "approve_void", "discard") if hazard.state == State.VOID else None
    if event is None:
        return None
    told = as_entry(event)
    return {"tone": "note-warn", "words": f"已作废：{hazard.void_reason}（{told['when']} {told['who']}）"}


def _listed(hazard: Hazard) -> dict[str, str] | None:
    words = f"正在{hazard.get_listed_level_display()}督办，现场核查通过并解除督办后才能销号。"
    return {"tone": "note-error", "words": words} if hazard.listed_level else None


def _stopped(hazard: Hazard) -> dict[str, str] | None:
    words = "已责令停工，复核同意复工后才能销号。"
    return {"tone": "note-error", "words": words} if hazard.work_stopped else None


def said(event: Event) -> str:
    told = as_entry(event)
    return f"{told['note']}（{told['when']} {told['who']}）"


# Facts ----------------------------------------------------------------------------------------------------------------


def facts(hazard: Hazard, user: Any) -> Facts:
    """The description list; legal wording and long texts take the whole width."""
    project, firm = hazard.project, hazard.enterprise
    of_project = link(user, "projects.view_project", "projects:detail", project.number)
    of_firm = link(user, "enterprises.view_enterprise", "enterprises:detail", firm.uscc)
    lines: Facts = [
        {"label": "工程项目", "value": project.name, "url": of_project},
        {"label": "部位", "value": hazard.full_place},
        {"label": "整改企业", "value": firm.name, "url": of_firm},
        {"label": "隐患类别", "value": hazard.category},
        {"label": "整改期限", "value": term_words(hazard)},
        {"label": "整改责任人", "value": hazard.responsible_person},
        {"label": "检查单位", "value": hazard.inspecting_body},
        {"label": "检查人", "value": f"{hazard.inspectors}　{hazard.found_on}".strip()},
        {"label": "处置措施", "value": hazard.get_disposal_display()},
        {"label": "行政区划", "value": project.region.name},
        {"label": "隐患描述", "value": hazard.description, "wide": True},
        {"label": "违反条款", "value": hazard.clause, "wide": True},
        {"label": "整改要求", "value": hazard.demands, "wide": True},
    ]
    if hazard.risk_point:
        lines.insert(10, risk_fact(hazard.risk_point, user))
    if hazard.handler:
        lines.insert(8, {"label": "经办人", "value": hazard.handler.name})
    if hazard.urged_on:
        lines.insert(5, {"label": "最近催办", "value": day(hazard.urged_on)})
    if hazard.criterion:
        text = f"{hazard.criterion.edition.document}{hazard.criterion}"
        lines.insert(-2, {"label": "判定标准", "value": text, "wide": True})
    if steps_told := hazard.deadline_basis.get("steps"):
        lines.append({"label": "期限推算", "value": "".join(steps_told), "wide": True})
    if position := position_words(hazard):
        lines.append({"label": "登记定位", "value": position, "wide": True})
    return lines


def risk_fact(risk: RiskPoint, user: Any) -> dict[str, Any]:
    """Who may see the hazard need not see the risk point: an office of the province sees red and orange ones alone."""
    is_seen = RiskPoint.objects.visible_to(user).filter(pk=risk.pk).exists()
    of_risk = link(user, "risks.view_riskpoint", "risks:detail", risk.number) if is_seen else ""
    return {"label": "风险点", "value": f"{risk.number}　{risk.name}", "url": of_risk, "wide": True}


def term_words(hazard: Hazard) -> str:
    if hazard.deadline is None:
        return "未定期限" if hazard.state in State.OPEN else ""
    return f"{hazard.deadline}（已延期 {hazard.extensions} 次）" if hazard.extensions else day(hazard.deadline)


def asked_facts(hazard: Hazard) -> Facts:
    """What somebody who moves the hazard on has beside the form."""
    return [
        {"label": "编号", "value": hazard.number},
        {"label": "工程项目", "value": hazard.project.name},
        {"label": "部位", "value": hazard.full_place},
        {"label": "整改期限", "value": day(hazard.deadline) or "未定期限"},
        {"label": "检查人", "value": hazard.inspectors},
    ]


def link(user: Any, permission: str, page: str, key: str) -> str:
    """The address of what is named, for those who may open it."""
    return reverse(page, args=[key]) if user.has_perm(permission) else ""


def position_words(hazard: Hazard) -> str:
    """Where the recorder stood, and how far that is from the site."""
    if hazard.longitude is None or hazard.latitude is None:
        return ""
    exact = f"，误差约 {hazard.accuracy_m} 米" if hazard.accuracy_m else ""
    away = hazard.project.distance_m(float(hazard.longitude), float(hazard.latitude))
    distance = "" if away is None else f"，距工地 {sites.distance_words(away)}" if away >= 1 else "，在工地范围内"
    return f"北纬 {hazard.latitude:.4f}°，东经 {hazard.longitude:.4f}°{exact}{distance}"


def day(value: date | None) -> str:
    return value.isoformat() if value else ""


def answer_facts(hazard: Hazard) -> Facts:
    if not hazard.answered_at and not hazard.rectified_on:
        return []
    told: Facts = [
        {"label": "整改措施", "value": hazard.measures, "wide": True},
        {"label": "整改责任人", "value": hazard.responsible_person},
        {"label": "整改资金", "value": f"{hazard.funds:,.2f} 元" if hazard.funds is not None else None},
        {"label": "完成日期", "value": day(hazard.rectified_on)},
        {"label": "回复人", "value": hazard.answered_by and hazard.answered_by.name},
    ]
    return [*told, {"label": "复查意见", "value": hazard.opinion, "wide": True}] if hazard.opinion else told


def commitment_lines(hazard: Hazard) -> list[tuple[str, str]]:
    return [(label, hazard.commitments[key]) for key, label in FIVE_COMMITMENTS.items() if hazard.commitments.get(key)]


# The words of the workbook's own columns that have no field here.
TOLD_LABELS: dict[str, str] = {
    "serial": "序号",
    "number": "原编号",
    "project": "工程名称",
    "category": "隐患类别",
    "grade": "隐患等级",
    "closure": "销号情况",
    "closed_on": "销号日期",
    "closer": "销号人",
    "owner_firm": "建设单位",
    "design_firm": "设计单位",
    "contractor": "施工单位",
    "supervision_firm": "监理单位",
    "remarks": "备注",
}


def original_facts(hazard: Hazard) -> Facts:
    """What the imported row said in its own words."""
    told = hazard.source_columns
    return [
        {"label": label, "value": str(told[name]).removesuffix("T00:00:00")}
        for name, label in TOLD_LABELS.items()
        if told.get(name) not in (None, "")
    ]
