"""Questions about risks that span models."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.projects.models import PartyRole, Post, Project, ProjectMember
from apps.projects.selectors import members_with, staff_of
from apps.risks.models import RiskPoint

# Who is told when a control has failed or a risk point waits for approval.
TOLD_POSTS = (Post.PROJECT_MANAGER, Post.PROJECT_SAFETY_OFFICER)


def keeps_risks(user: Any, project: Project) -> bool:
    """Whether the user acts on the project's risks: the people of its firm's office, and those on the site.

    Authorities read; that they change nothing here is the business of roles.py, but this says it as well.
    """
    role = user.role_definition
    if role.side != "enterprise":
        return False
    if role.reach == "enterprise":
        return user.organisation_id == project.enterprise_id
    return project.pk in projects_worked_on(user)


def projects_worked_on(user: Any) -> frozenset[int]:
    """Where the user holds a post, asked once a request: a list asks it of every row."""
    if not hasattr(user, "_projects_worked_on"):
        posts = ProjectMember.objects.current(timezone.localdate()).filter(user=user)
        user._projects_worked_on = frozenset(posts.order_by().values_list("project_id", flat=True))
    return user._projects_worked_on


def controls(user: Any, risk: RiskPoint) -> bool:
    """As `keeps_risks`, and the office of a subcontractor for what it answers for."""
    is_office = user.role_definition.reach == "enterprise" and user.organisation_id == risk.enterprise_id
    return is_office or keeps_risks(user, risk.project)


def directors_of(risk: RiskPoint) -> list[int]:
    """Safety directors of the general contractor and of the responsible unit."""
    firms = {risk.enterprise_id, risk.project.enterprise_id} - {None}
    found = User.objects.holding("safety_director").filter(organisation__in=firms)
    return list(found.values_list("pk", flat=True))


def people_on_site(risk: RiskPoint) -> list[int]:
    return list(members_with(risk.project, *TOLD_POSTS).values_list("pk", flat=True))


def engineers_of(risk: RiskPoint) -> list[int]:
    """The supervising engineers of the project."""
    on_site = set(members_with(risk.project, Post.SUPERVISING_ENGINEER).values_list("pk", flat=True))
    firm = staff_of(risk.project, PartyRole.SUPERVISION_FIRM, "supervising_engineer")
    return sorted(on_site or set(firm.values_list("pk", flat=True)))


# What a hazard that comes of a failed control is filled with ----------------------------------------------------------

CATEGORY_OF_WORK: tuple[tuple[str, str], ...] = (
    ("基坑", "基坑工程"),
    ("模板", "模板支架"),
    ("支撑", "模板支架"),
    ("脚手架", "脚手架"),
    ("吊篮", "脚手架"),
    ("起重", "塔式起重机与起重吊装"),
    ("拆除", "拆除工程"),
    ("暗挖", "暗挖工程"),
    ("有限空间", "有限空间作业"),
)
CATEGORY_OF_ACCIDENT: Mapping[str, str] = {
    "高处坠落": "高处作业",
    "起重伤害": "塔式起重机与起重吊装",
    "触电": "施工用电",
    "机械伤害": "施工机具",
    "火灾": "消防安全",
    "中毒和窒息": "有限空间作业",
}


def likely_category(risk: RiskPoint) -> str:
    """The usual category of a hazard at this risk point; empty where none suggests itself."""
    work = risk.dangerous_work.get_category_display() if risk.dangerous_work else ""
    told = f"{work}{risk.name}{risk.activity}"
    by_work = next((category for word, category in CATEGORY_OF_WORK if word in told), "")
    return by_work or CATEGORY_OF_ACCIDENT.get(risk.accident_type, "")


def failed_measures(risk: RiskPoint) -> list[str]:
    """The measures that the latest check found failed."""
    last = risk.checks.first()
    if last is None:
        return []
    return [r.measure.text for r in last.results.filter(is_effective=False).select_related("measure")]


def as_hazard(risk: RiskPoint) -> dict[str, Any]:
    """What a new hazard of this risk point starts with, by the fields of the hazard's form."""
    failed = failed_measures(risk)
    words = f"风险点“{risk.name}”管控措施失效：{'；'.join(failed)}" if failed else f"风险点“{risk.name}”管控不到位"
    return {
        "project": risk.project_id,
        "risk_point": risk.number,
        "enterprise": risk.enterprise_id,
        "responsible_person": risk.responsible_person,
        "place": risk.place,
        "description": words,
        "category": likely_category(risk),
        "risk_level": risk.level,
    }
