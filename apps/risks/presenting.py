"""How the page of one risk point is put together."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from apps.core.history import history
from apps.core.registers import as_text
from apps.core.templatetags import ui
from apps.projects.models import Project
from apps.risks.grading import FACTORS, plain
from apps.risks.models import MEASURE_FIELDS, ControlCheck, ControlLevel, RiskLevel, RiskPoint, State
from apps.risks.registers import level_chip, state_mark
from apps.risks.selectors import keeps_risks
from apps.risks.services import lines_of, scale_of
from apps.risks.words import FACTOR_NAMES, SCALE_WORDS
from apps.risks.workflow import RISK

CHECKS_SHOWN = 20
Facts = list[dict[str, Any]]


def case_rows() -> QuerySet[RiskPoint]:
    """A risk point with all that its page shows of other tables."""
    return RiskPoint.objects.select_related(
        "project__region", "enterprise__organisation", "dangerous_work", "rule", "approved_by", "confirmed_by"
    )


def case_context(risk: RiskPoint, user: Any) -> dict[str, Any]:
    """What templates/risks/detail.html and the pages of the moves show."""
    moves = RISK.open_to(risk, user)
    may_edit = risk.state == State.PROPOSED and user.has_perm("risks.change_riskpoint")
    return {
        "risk": risk,
        "title": risk.name,
        "marks": marks(risk),
        "facts": facts(risk),
        "grading": grading_facts(risk),
        "groups": measure_groups(risk),
        "checks": checks_of(risk),
        "timeline": history([risk]),
        "moves": moves,
        "may_edit": may_edit and keeps_risks(user, risk.project),
        "notices": notices(risk),
    }


def marks(risk: RiskPoint) -> list[str]:
    shown = [level_chip(risk.level, "风险"), state_mark(risk.state, risk.is_failing)]
    return [*shown, ui.due(risk.next_check_on)] if risk.state == State.IN_FORCE else shown


def notices(risk: RiskPoint) -> list[dict[str, str]]:
    """What a reader must know before anything else."""
    told = []
    if risk.state in State.OPEN and not risk.measure_count:
        told.append({"tone": "note-error", "words": "还没有管控措施。填写措施后才能批准管控。"})
    if risk.is_overdue:
        told.append({"tone": "note-warn", "words": f"应于 {risk.next_check_on} 检查，已逾期。"})
    if risk.state == State.LIFTED:
        told.append({"tone": "", "words": f"风险已解除：{risk.lift_reason}"})
    if risk.state == State.PROPOSED and risk.level == RiskLevel.MAJOR:
        told.append({"tone": "", "words": "重大（红色）风险由企业安全总监批准。"})
    return told


def facts(risk: RiskPoint) -> Facts:
    project: Project = risk.project
    work = risk.dangerous_work
    work_url = reverse("dangerous_works:detail", args=[work.pk]) if work else ""
    return [
        {"label": "工程项目", "value": project.name, "url": reverse("project_risks", args=[project.number])},
        {"label": "行政区划", "value": project.region.name},
        {"label": "部位", "value": risk.place},
        {"label": "类型", "value": f"{risk.get_kind_display()}　{risk.get_nature_display()}"},
        {"label": "作业或设备", "value": risk.activity},
        {"label": "可能事故类型", "value": risk.accident_type},
        {"label": "危大工程", "value": work.name if work else "", "url": work_url},
        {"label": "责任单位", "value": risk.enterprise.name},
        {"label": "责任人", "value": risk.responsible_person},
        {"label": "管控层级", "value": ControlLevel(risk.control_level).label},
        {"label": "起止日期", "value": f"{risk.starts_on} 至 {risk.ends_on or '未定'}"},
        {"label": "检查频次", "value": frequency_words(risk.check_every_days)},
        {"label": "最近检查", "value": as_text(risk.last_checked_on)},
        {"label": "下次检查", "value": as_text(risk.next_check_on)},
        {"label": "批准", "value": stamped(risk.approved_by, risk.approved_at)},
        {"label": "监理确认", "value": stamped(risk.confirmed_by, risk.confirmed_at)},
        {"label": "危险因素", "value": risk.factors, "wide": True},
    ]


def frequency_words(days: int) -> str:
    return "每天一次" if days == 1 else f"每 {days} 天一次"


def stamped(user: Any, moment: Any) -> str:
    return f"{user.name}　{moment.astimezone():%Y-%m-%d}" if user and moment else ""


def grading_facts(risk: RiskPoint) -> Facts:
    """How the level came about, so that it can explain itself."""
    names = FACTOR_NAMES[risk.method]
    values = "，".join(f"{names[f]} = {plain(getattr(risk, f))}" for f in FACTORS[risk.method])
    told: Facts = [
        {"label": "评价方法", "value": risk.get_method_display()},
        {"label": "评价日期", "value": as_text(risk.assessed_on)},
        {"label": "取值", "value": values},
        {"label": "风险值", "value": f"{plain(risk.score)}　{RiskLevel(risk.scored_level).label}"},
    ]
    if risk.floor > RiskLevel.LOW:
        scale = SCALE_WORDS.get(scale_of(risk.dangerous_work), "危大工程")
        told.append({"label": "直接判定", "value": f"{scale}，不低于{RiskLevel(risk.floor).label}"})
    if risk.is_raised:
        words = f"{RiskLevel(risk.level).label}：{risk.raised_reason}"
        told.append({"label": "人工提高", "value": words, "wide": True})
    sample = "　样例，界限待主管部门确认" if risk.rule.is_sample else ""
    told.append({"label": "评价规则", "value": f"{risk.rule.name}{sample}", "wide": True})
    return told


def check_facts(form: Any) -> Facts:
    """What is to be kept, in short, beside the verdict."""
    risk, data = form.instance, form.cleaned_data
    count = sum(len(lines_of(data.get(name, ""))) for name in MEASURE_FIELDS)
    return [
        {"label": "工程项目", "value": risk.project.name},
        {"label": "风险点", "value": data["name"]},
        {"label": "部位", "value": data["place"]},
        {"label": "危大工程", "value": str(risk.dangerous_work or "")},
        {"label": "管控层级", "value": ControlLevel(risk.control_level).label},
        {"label": "管控措施", "value": f"{count} 条" if count else "没有填写，批准前须补充"},
        {"label": "责任人", "value": data["responsible_person"]},
        {"label": "检查频次", "value": frequency_words(data["check_every_days"])},
    ]


def measure_groups(risk: RiskPoint) -> list[tuple[str, list[str]]]:
    """The current measures under the names of their kinds."""
    found: dict[str, list[str]] = {}
    for measure in risk.measures.current():
        found.setdefault(measure.get_kind_display(), []).append(measure.text)
    return list(found.items())


def checks_of(risk: RiskPoint) -> list[ControlCheck]:
    """The latest checks with what failed in each."""
    rows = risk.checks.select_related("checked_by").prefetch_related("results__measure")
    checks = list(rows[:CHECKS_SHOWN])
    for check in checks:
        check.failed_texts = [r.measure.text for r in check.results.all() if not r.is_effective]
    return checks
