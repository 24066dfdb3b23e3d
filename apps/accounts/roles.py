"""Who may do what, as code.

The access matrix of the platform: `docs/permissions.md` is generated from it; every register, page, transition and
API operation asks it.  What a role may do says nothing about where: that is the user's scope (`scopes.py`).
"""

from dataclasses import dataclass
from typing import Literal

from apps.accounts.rights import (
    ANSWERS,
    ANSWERS_CREDIT,
    ANSWERS_MEASURES,
    APPROVES,
    CARRIES_OUT_VISITS,
    DECIDES_CREDIT,
    DECIDES_MEASURES,
    DECIDES_MERGES,
    DECIDES_RISKS,
    DEFINES_LISTS,
    DELIBERATES,
    DETERMINES_ACCIDENTS,
    EVERYONE,
    FINDS,
    GOVERNS_CREDIT,
    HEADS_OFFICE,
    HOLDS_TRAINING,
    INSPECTS,
    KEEPS_ACCOUNTS,
    KEEPS_CHECKLISTS,
    KEEPS_COURSES,
    KEEPS_COVERAGE_RULES,
    KEEPS_DANGEROUS_WORKS,
    KEEPS_DUTY_TERMS,
    KEEPS_ENTERPRISES,
    KEEPS_EXAMS,
    KEEPS_NOTICES,
    KEEPS_PEOPLE,
    KEEPS_PROJECTS,
    KEEPS_RISK_RULES,
    KEEPS_RISKS,
    KEEPS_ROSTER,
    KEEPS_TEMPLATES,
    KEEPS_WAGE_RULES,
    KEEPS_WAGES,
    LEADS_DUTY,
    OVERSEES_DUTY,
    PROPOSES_CREDIT,
    READS_ACCIDENTS,
    READS_CATALOGUE,
    READS_CREDIT,
    READS_DUTY,
    READS_DUTY_TERMS,
    READS_FROZEN_LISTS,
    READS_HAZARDS,
    READS_INSPECTIONS,
    READS_LEDGERS,
    READS_LISTS,
    READS_MEASURES,
    READS_MERGES,
    READS_NOTICES,
    READS_OFFICES_CREDIT,
    READS_PEOPLE,
    READS_QUESTIONS,
    READS_RISKS,
    READS_SITES,
    READS_STATISTICS,
    READS_VISITS,
    REPORTS_ACCIDENTS,
    REVEALS,
    RULES_PEOPLE,
    RUNS_AUTHORITY,
    RUNS_INSPECTIONS,
    RUNS_SELF_CHECKS,
    SEES_ORGANISATIONS,
    SHARES_VIEWS,
    SIGNS_LISTS,
    TAKES_MEASURES,
    WRITES_DUTY,
    can,
)

Side = Literal["regulator", "enterprise", "expert", "system"]
Reach = Literal["region", "enterprise", "projects", "none"]


@dataclass(frozen=True)
class Role:
    """`reach` says which scope keys the role's own standing gives; single projects come on top for every role.

    `assigns` are the roles it may give to a new account, `manages` those whose accounts it may correct, disable
    or give a new password.  `keeps_accounts` marks who sees all accounts and organisations of the platform.
    """

    code: str
    label: str
    side: Side
    reach: Reach
    permissions: frozenset[str] = frozenset()
    assigns: tuple[str, ...] = ()
    manages: tuple[str, ...] = ()
    keeps_accounts: bool = False


OFFICERS = ("inspector", "enforcement_officer", "permit_officer")
SITE_STAFF = ("project_manager", "project_safety_officer", "supervising_engineer")
BUSINESS = (
    "province_officer",
    "city_officer",
    "county_officer",
    "station_head",
    *OFFICERS,
    "safety_director",
    *SITE_STAFF,
    "owner",
    "expert",
)
SYSTEM = ("system_admin", "security_admin", "auditor")

NO_ROLE = Role("", "未授予角色", "system", "none")

_ALL = (
    Role(
        "province_officer",
        "省级监管员",
        "regulator",
        "region",
        EVERYONE
        | OVERSEES_DUTY
        | KEEPS_DUTY_TERMS
        | READS_LEDGERS
        | KEEPS_EXAMS
        | READS_RISKS
        | KEEPS_RISK_RULES
        | KEEPS_WAGE_RULES
        | KEEPS_COURSES
        | KEEPS_COVERAGE_RULES
        | RULES_PEOPLE
        | REVEALS
        | KEEPS_ENTERPRISES
        | DECIDES_MERGES
        | INSPECTS
        | APPROVES
        | RUNS_AUTHORITY
        | DECIDES_MEASURES
        | DETERMINES_ACCIDENTS
        | GOVERNS_CREDIT
        | can("supervision.escalationrule", "change")
        | can("hazards.reminderrule", "view", "add", "change", "enforce")
        | can("notifications.messagekind", "view")
        | DEFINES_LISTS
        | KEEPS_TEMPLATES
        | RUNS_INSPECTIONS
        | KEEPS_CHECKLISTS
        | can("core.savedview", "publish"),
        assigns=("city_officer", "county_officer", "station_head", *OFFICERS, "expert"),
        manages=("", "city_officer", "county_officer", "station_head", *OFFICERS, "expert"),
    ),
    Role(
        "city_officer",
        "市级监管员",
        "regulator",
        "region",
        HEADS_OFFICE | DECIDES_CREDIT | DECIDES_MERGES,
        assigns=("county_officer", "station_head", *OFFICERS),
        manages=("", "county_officer", "station_head", *OFFICERS),
    ),
    Role(
        "county_officer",
        "县级监管员",
        "regulator",
        "region",
        HEADS_OFFICE,
        assigns=("station_head", *OFFICERS),
        manages=("", "station_head", *OFFICERS),
    ),
    Role(
        "station_head",
        "监督站站长",
        "regulator",
        "region",
        HEADS_OFFICE,
        assigns=OFFICERS,
        manages=("", *OFFICERS),
    ),
    Role(
        "inspector",
        "监督员",
        "regulator",
        "region",
        EVERYONE
        | OVERSEES_DUTY
        | READS_LEDGERS
        | READS_QUESTIONS
        | READS_RISKS
        | KEEPS_PROJECTS
        | KEEPS_ENTERPRISES
        | INSPECTS
        | TAKES_MEASURES
        | REPORTS_ACCIDENTS
        | PROPOSES_CREDIT
        | CARRIES_OUT_VISITS
        | can("inspections.draw", "commit"),
    ),
    Role(
        "enforcement_officer",
        "执法人员",
        "regulator",
        "projects",  # the matrix lets enforcement read what was handed over to it: a grant per case says what
        EVERYONE
        | READS_HAZARDS
        | READS_MEASURES
        | READS_VISITS
        | DELIBERATES
        | can("supervision.transfer", "view", "handle")
        | can("enterprises.enterprise", "view", "export")
        | READS_PEOPLE
        | can("projects.project", "view", "export"),
    ),
    Role(
        "permit_officer",
        "审批人员",
        "regulator",
        "region",
        EVERYONE
        | READS_OFFICES_CREDIT
        | can("credit.jointmeasure", "answer", "export")
        | KEEPS_ENTERPRISES
        | KEEPS_PEOPLE
        | can("enterprises.enterprise", "view", "export")
        | READS_PEOPLE
        | can("projects.project", "view", "export", "add", "change", "import"),
    ),
    Role(
        "safety_director",
        "企业安全总监",
        "enterprise",
        "enterprise",
        EVERYONE
        | LEADS_DUTY
        | can("duty.directorappointment", "add", "change")
        | DECIDES_RISKS
        | can("risks.riskpoint", "approve_red")
        | READS_LEDGERS
        | KEEPS_EXAMS
        | REVEALS
        | ANSWERS
        | RUNS_SELF_CHECKS
        | ANSWERS_MEASURES
        | REPORTS_ACCIDENTS
        | ANSWERS_CREDIT
        | READS_VISITS
        | SIGNS_LISTS
        | KEEPS_PEOPLE
        | KEEPS_ROSTER
        | KEEPS_WAGES
        | HOLDS_TRAINING
        | KEEPS_ACCOUNTS
        | SHARES_VIEWS
        | SEES_ORGANISATIONS
        | can("enterprises.enterprise", "change"),
        assigns=SITE_STAFF,
        manages=("", *SITE_STAFF),
    ),
    Role(
        "project_manager",
        "项目经理",
        "enterprise",
        "projects",
        EVERYONE
        | LEADS_DUTY
        | DECIDES_RISKS
        | READS_LEDGERS
        | can("exams.exam", "proctor")
        | READS_LISTS
        | ANSWERS
        | FINDS
        | can("hazards.hazard", "order")
        | ANSWERS_MEASURES
        | REPORTS_ACCIDENTS
        | READS_CREDIT
        | READS_VISITS
        | KEEPS_PEOPLE
        | KEEPS_ROSTER
        | KEEPS_WAGES
        | HOLDS_TRAINING
        | KEEPS_DANGEROUS_WORKS
        | can("projects.project", "change"),
    ),
    Role(
        "project_safety_officer",
        "项目安全员",
        "enterprise",
        "projects",
        EVERYONE
        | WRITES_DUTY
        | can("duty.safetylog", "add")
        | KEEPS_RISKS
        | READS_LEDGERS
        | KEEPS_EXAMS
        | READS_LISTS
        | ANSWERS
        | FINDS
        | KEEPS_ROSTER
        | HOLDS_TRAINING
        | KEEPS_DANGEROUS_WORKS
        | READS_MEASURES
        | READS_VISITS,
    ),
    Role(
        "supervising_engineer",
        "总监理工程师",
        "enterprise",
        "projects",
        EVERYONE
        | READS_DUTY
        | can("credit.creditstanding", "view")
        | READS_RISKS
        | can("risks.riskpoint", "confirm")
        | READS_SITES
        | READS_LISTS
        | READS_HAZARDS
        | FINDS
        | READS_MEASURES
        | READS_VISITS
        | can("hazards.hazard", "confirm"),
    ),
    Role(
        "owner",
        "建设单位",
        "enterprise",
        "projects",
        EVERYONE
        | READS_DUTY
        | can("duty.leave", "decide")
        | can("credit.creditstanding", "view")
        | READS_RISKS
        | READS_SITES
        | READS_HAZARDS
        | READS_MEASURES
        | READS_VISITS
        | READS_LISTS
        | KEEPS_DANGEROUS_WORKS
        | can("projects.project", "change"),
    ),
    Role(
        "expert",
        "专家",
        "expert",
        "projects",
        EVERYONE
        | can("projects.project", "view")
        | can("projects.dangerouswork", "view")
        | can("hazards.hazard", "view"),
    ),
    # The three below keep one another in check: one makes accounts, one gives them rights, one reads what both did.
    Role(
        "system_admin",
        "系统管理员",
        "system",
        "none",
        EVERYONE
        | KEEPS_RISK_RULES
        | KEEPS_COVERAGE_RULES
        | KEEPS_CHECKLISTS
        | READS_CATALOGUE
        | KEEPS_ACCOUNTS
        | can("accounts.user", "export", "import")
        | can("accounts.organisation", "view", "add", "change", "export", "import")
        | can("accounts.role", "view")
        | can("core.dictionaryentry", "view", "add", "change", "export")
        | can("supervision.escalationrule", "view", "change")
        | KEEPS_NOTICES
        | DEFINES_LISTS
        | KEEPS_TEMPLATES
        | can("regions.region", "change"),
        manages=("", *BUSINESS),
        keeps_accounts=True,
    ),
    Role(
        "security_admin",
        "安全管理员",
        "system",
        "none",
        EVERYONE
        | can("accounts.user", "view", "assign_role", "unlock", "disable", "reset")
        | SEES_ORGANISATIONS
        | can("accounts.role", "view")
        | can("accounts.grant", "view", "add", "revoke", "export"),
        assigns=(*BUSINESS, *SYSTEM),
        manages=SYSTEM,
        keeps_accounts=True,
    ),
    Role(
        "auditor",
        "审计员",
        "system",
        "region",
        EVERYONE
        | READS_DUTY
        | READS_DUTY_TERMS
        | READS_RISKS
        | can("risks.riskrule", "export")
        | can("coverage.coveragerule", "export")
        | READS_LEDGERS
        | READS_QUESTIONS
        | READS_MERGES
        | READS_MEASURES
        | DELIBERATES
        | READS_ACCIDENTS
        | READS_OFFICES_CREDIT
        | can("credit.jointmeasure", "export")
        | can("credit.agency", "view")
        | can("credit.lookup", "view", "export")
        | can("supervision.transfer", "view", "export")
        | can("supervision.escalationrule", "view")
        | READS_NOTICES
        | can("hazards.reminderrule", "view")
        | READS_STATISTICS
        | READS_FROZEN_LISTS
        | READS_INSPECTIONS
        | can("core.event", "view", "export")
        | can("accounts.role", "view")
        | can("accounts.grant", "view", "export")
        | can("accounts.user", "view", "export")
        | can("accounts.organisation", "view", "export")
        | can("core.dictionaryentry", "view", "export")
        | can("documents.papertemplate", "view", "export"),
        keeps_accounts=True,
    ),
)

ROLES: dict[str, Role] = {role.code: role for role in _ALL}


def role_choices() -> list[tuple[str, str]]:
    return [(role.code, role.label) for role in _ALL]


def roles_holding(permission: str) -> tuple[str, ...]:
    return tuple(code for code, role in ROLES.items() if permission in role.permissions)


def fits(role: Role, organisation_kind: str) -> bool:
    """Whether somebody of such an organisation can hold the role; people of firms never get an authority's."""
    return role.side == "expert" or (role.side == "enterprise") == (organisation_kind == "enterprise")
