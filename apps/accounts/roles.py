"""Who may do what, as code.

The access matrix of the platform: `docs/permissions.md` is generated from it; every register, page, transition and
API operation asks it.  What a role may do says nothing about where: that is the user's scope (`scopes.py`).
"""

from dataclasses import dataclass
from typing import Literal

Side = Literal["regulator", "enterprise", "expert", "system"]
Reach = Literal["region", "enterprise", "projects", "none"]


def _can(model: str, *verbs: str) -> frozenset[str]:
    """_can("projects.project", "view", "add") -> {"projects.view_project", "projects.add_project"}"""
    app, name = model.split(".")
    return frozenset(f"{app}.{verb}_{name}" for verb in verbs)


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


EVERYONE = _can("regions.region", "view") | _can("core.job", "view") | _can("notifications.message", "view")

READS_SITES = (
    _can("enterprises.enterprise", "view", "export")
    | _can("people.person", "view")
    | _can("projects.project", "view", "export")
    | _can("projects.dangerouswork", "view", "export")
)
# Official papers of the region, or those addressed to the own firm or issued for the own site.
READS_PAPERS = _can("documents.paper", "view", "export")
READS_HAZARDS = _can("hazards.hazard", "view", "export") | READS_PAPERS
READS_LEDGERS = READS_SITES | READS_HAZARDS | _can("people.person", "export")
# Figures of a region and those below it, for offices that reach one.
READS_STATISTICS = _can("hazards.tally", "view")

KEEPS_ENTERPRISES = _can("enterprises.enterprise", "add", "change", "import")
# That nobody decides on the own proposal, nor undoes the own decision, are guards of the workflow.
READS_MERGES = _can("enterprises.enterprisemerge", "view", "export")
MERGES_ENTERPRISES = READS_MERGES | _can("enterprises.enterprise", "merge")
DECIDES_MERGES = MERGES_ENTERPRISES | _can("enterprises.enterprise", "decide_merge")
KEEPS_PEOPLE = _can("people.person", "add", "change", "import")
KEEPS_DANGEROUS_WORKS = _can("projects.dangerouswork", "add", "change", "import")
KEEPS_PROJECTS = _can("projects.project", "add", "change", "import") | KEEPS_DANGEROUS_WORKS

# That nobody verifies an own answer, and that two officers close a major hazard, are guards of the workflow:
# they depend on the hazard, this table on the person alone.
# Lists are configured views over the ledger: whoever reads it reads them; offices and firms freeze and sign their own.
READS_LISTS = _can("lists.listtype", "view")
READS_FROZEN_LISTS = (
    READS_LISTS
    | _can("lists.listsnapshot", "view", "export")
    | _can("lists.reconciliation", "view", "export")
    | _can("lists.difference", "view", "export")
)
SIGNS_LISTS = READS_FROZEN_LISTS | _can("lists.listsnapshot", "freeze", "sign") | _can("lists.difference", "settle")
KEEPS_LISTS = SIGNS_LISTS | _can("lists.reconciliation", "add")
DEFINES_LISTS = READS_LISTS | _can("lists.listset", "change") | _can("lists.listtype", "change")

INSPECTS = (
    READS_STATISTICS
    | KEEPS_LISTS
    | _can(
        "hazards.hazard", "add", "change", "import", "record", "order", "verify", "close", "void", "contest", "remind"
    )
)
INSPECTS |= _can("documents.paper", "add", "change", "issue", "serve")
APPROVES = (
    _can("hazards.hazard", "approve_void", "approve_extension", "assign")
    | _can("documents.paper", "void")
    | _can("documents.issuingoffice", "change")
)
# By which channel messages leave the platform is the system's to keep; when whom to remind is the province's business.
READS_NOTICES = (
    _can("notifications.messagekind", "view")
    | _can("notifications.channelsetting", "view")
    | _can("notifications.delivery", "view", "export")
)
KEEPS_NOTICES = (
    READS_NOTICES
    | _can("notifications.messagekind", "change")
    | _can("notifications.channelsetting", "change")
    | _can("notifications.delivery", "resend")
)
# The wording of papers, for the whole province.
KEEPS_TEMPLATES = _can("documents.papertemplate", "view", "add", "change", "enforce")
ANSWERS = _can("hazards.hazard", "receive", "rectify")
# What a firm or its supervision firm finds itself (企业自查、监理发现) it carries through the same table; a guard keeps
# it away from what an authority found.
FINDS = _can("hazards.hazard", "add", "change", "record", "void")
RUNS_SELF_CHECKS = FINDS | _can(
    "hazards.hazard", "order", "remind", "approve_extension", "verify", "close", "approve_void", "contest", "import"
)
# The full identity number, one at a time, each look written down.
REVEALS = _can("people.person", "reveal")

# What authorities attach to a hazard: listed supervision, stop-work, transfers (app supervision).
# Why an office proposes and until when another decides is told among the offices, not to firms.
DELIBERATES = _can("supervision.listing", "view_basis")
READS_MEASURES = _can("supervision.listing", "view", "export") | _can("supervision.stopwork", "view", "export")
TAKES_MEASURES = (
    READS_MEASURES
    | DELIBERATES
    | _can("supervision.listing", "propose")
    | _can("supervision.stopwork", "order")
    | _can("supervision.transfer", "view", "export", "send", "handle")
    | _can("supervision.escalationrule", "view")
)
DECIDES_MEASURES = TAKES_MEASURES | _can("supervision.listing", "decide") | _can("supervision.stopwork", "withdraw")
ANSWERS_MEASURES = READS_MEASURES | _can("supervision.listing", "report") | _can("supervision.stopwork", "report")
# Accidents are reported by whoever learns of them; that another person than who reported determines is a guard.
READS_ACCIDENTS = _can("accidents.accident", "view", "export")
REPORTS_ACCIDENTS = READS_ACCIDENTS | _can("accidents.accident", "add", "supplement")
DETERMINES_ACCIDENTS = REPORTS_ACCIDENTS | _can("accidents.accident", "determine", "withdraw")
# Risks are the firm's to grade and control; that red ones are its office's to decide is a guard of their workflow.
READS_RISKS = _can("risks.riskpoint", "view", "export") | _can("risks.riskrule", "view")
KEEPS_RISKS = READS_RISKS | _can("risks.riskpoint", "add", "change", "import", "check")
DECIDES_RISKS = KEEPS_RISKS | _can("risks.riskpoint", "approve")
KEEPS_RISK_RULES = _can("risks.riskrule", "view", "add", "export")

# Inspections (监督检查).  Firms read what was found at their sites; that a custodian discloses an own secret alone, and
# that two void a draw, are guards of its workflow.
READS_VISITS = _can("inspections.visit", "view", "export")
READS_INSPECTIONS = (
    READS_VISITS
    | _can("inspections.plan", "view", "export")
    | _can("inspections.campaign", "view", "export")
    | _can("inspections.draw", "view", "export")
    | _can("inspections.inspector", "view", "export")
    | _can("inspections.riskclass", "view", "export")
    | _can("inspections.matter", "view", "export")
    | _can("inspections.checklist", "view")
)
CARRIES_OUT_VISITS = READS_INSPECTIONS | _can("inspections.visit", "add", "inspect", "supplement")
RUNS_INSPECTIONS = (
    CARRIES_OUT_VISITS
    | _can("inspections.plan", "add", "change", "publish")
    | _can("inspections.campaign", "add", "change", "report")
    | _can("inspections.draw", "add", "change", "commit", "draw", "void")
    | _can("inspections.visit", "assign", "publish")
    | _can("inspections.inspector", "add", "change", "import")
    | _can("inspections.riskclass", "add", "change", "import")
)
KEEPS_CHECKLISTS = _can("inspections.checklist", "view", "add", "change") | _can(
    "inspections.matter", "view", "add", "change", "import", "export"
)

# Credit (信用监管).  That one officer alone decides nothing is a guard of each workflow.  What is listed, and what
# becomes of a permit, the province decides; cities decide what counts, counties and stations propose and check.
READS_CATALOGUE = (
    _can("credit.credititem", "view", "export")
    | _can("credit.creditprofile", "view")
    | _can("credit.repairterm", "view")
    | _can("credit.listtype", "view")
    | _can("credit.permitrule", "view")
)
READS_CREDIT = (
    READS_CATALOGUE
    | _can("credit.creditstanding", "view", "export")
    | _can("credit.creditentry", "view", "export")
    | _can("credit.blacklisting", "view", "export")
    | _can("credit.permitcase", "view", "export")
    | _can("credit.creditrepair", "view", "export")
    | _can("credit.creditcertificate", "view", "export")
)
READS_OFFICES_CREDIT = (
    READS_CREDIT | _can("credit.personstanding", "view", "export") | _can("credit.jointmeasure", "view")
)
PROPOSES_CREDIT = (
    READS_OFFICES_CREDIT
    | _can("credit.creditentry", "add", "change", "import")
    | _can("credit.blacklisting", "add")
    | _can("credit.permitcase", "add", "change")
)
CHECKS_CREDIT = (
    PROPOSES_CREDIT
    | _can("credit.creditentry", "check")
    | _can("credit.blacklisting", "check")
    | _can("credit.permitcase", "check")
    | _can("credit.jointmeasure", "answer", "export")
    | _can("credit.creditcertificate", "add")
)
DECIDES_CREDIT = (
    CHECKS_CREDIT | _can("credit.creditentry", "decide", "publish") | _can("credit.creditrepair", "accept", "decide")
)
GOVERNS_CREDIT = (
    DECIDES_CREDIT
    | _can("credit.blacklisting", "decide")
    | _can("credit.permitcase", "decide")
    | _can("credit.creditcertificate", "revoke")
    | _can("credit.credititem", "add", "change", "import")
    | _can("credit.creditprofile", "add", "export")
    | _can("credit.repairterm", "change", "export")
    | _can("credit.listtype", "add", "change")
    | _can("credit.permitrule", "change", "export")
    | _can("credit.agency", "view", "add", "change", "export")
    | _can("credit.lookup", "view", "export")
)
ANSWERS_CREDIT = (
    READS_CREDIT
    | _can("credit.creditentry", "object")
    | _can("credit.blacklisting", "object")
    | _can("credit.permitcase", "object")
    | _can("credit.creditrepair", "apply")
    | _can("credit.creditcertificate", "add")
)

KEEPS_ACCOUNTS = _can("accounts.user", "view", "add", "change", "disable", "reset")
SEES_ORGANISATIONS = _can("accounts.organisation", "view")
# A saved view of a list, shown to the whole office or firm; to everybody by the province alone.
SHARES_VIEWS = _can("core.savedview", "share")
RUNS_AUTHORITY = (
    KEEPS_ACCOUNTS
    | SHARES_VIEWS
    | _can("accounts.user", "export")
    | _can("accounts.organisation", "view", "add", "change")
)

# City, county and station do the same work, each in its own region.
HEADS_OFFICE = (
    EVERYONE
    | READS_LEDGERS
    | READS_RISKS
    | REVEALS
    | KEEPS_PROJECTS
    | KEEPS_ENTERPRISES
    | MERGES_ENTERPRISES
    | INSPECTS
    | APPROVES
    | RUNS_AUTHORITY
    | DECIDES_MEASURES
    | DETERMINES_ACCIDENTS
    | CHECKS_CREDIT
    | RUNS_INSPECTIONS
)

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
        | READS_LEDGERS
        | READS_RISKS
        | KEEPS_RISK_RULES
        | REVEALS
        | KEEPS_ENTERPRISES
        | DECIDES_MERGES
        | INSPECTS
        | APPROVES
        | RUNS_AUTHORITY
        | DECIDES_MEASURES
        | DETERMINES_ACCIDENTS
        | GOVERNS_CREDIT
        | _can("supervision.escalationrule", "change")
        | _can("hazards.reminderrule", "view", "add", "change", "enforce")
        | _can("notifications.messagekind", "view")
        | DEFINES_LISTS
        | KEEPS_TEMPLATES
        | RUNS_INSPECTIONS
        | KEEPS_CHECKLISTS
        | _can("core.savedview", "publish"),
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
        | READS_LEDGERS
        | READS_RISKS
        | KEEPS_PROJECTS
        | KEEPS_ENTERPRISES
        | INSPECTS
        | TAKES_MEASURES
        | REPORTS_ACCIDENTS
        | PROPOSES_CREDIT
        | CARRIES_OUT_VISITS
        | _can("inspections.draw", "commit"),
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
        | _can("supervision.transfer", "view", "handle")
        | _can("enterprises.enterprise", "view", "export")
        | _can("people.person", "view")
        | _can("projects.project", "view", "export"),
    ),
    Role(
        "permit_officer",
        "审批人员",
        "regulator",
        "region",
        EVERYONE
        | READS_OFFICES_CREDIT
        | _can("credit.jointmeasure", "answer", "export")
        | KEEPS_ENTERPRISES
        | KEEPS_PEOPLE
        | _can("enterprises.enterprise", "view", "export")
        | _can("people.person", "view")
        | _can("projects.project", "view", "export", "add", "change", "import"),
    ),
    Role(
        "safety_director",
        "企业安全总监",
        "enterprise",
        "enterprise",
        EVERYONE
        | DECIDES_RISKS
        | _can("risks.riskpoint", "approve_red")
        | READS_LEDGERS
        | REVEALS
        | ANSWERS
        | RUNS_SELF_CHECKS
        | ANSWERS_MEASURES
        | REPORTS_ACCIDENTS
        | ANSWERS_CREDIT
        | READS_VISITS
        | SIGNS_LISTS
        | KEEPS_PEOPLE
        | KEEPS_ACCOUNTS
        | SHARES_VIEWS
        | SEES_ORGANISATIONS
        | _can("enterprises.enterprise", "change"),
        assigns=SITE_STAFF,
        manages=("", *SITE_STAFF),
    ),
    Role(
        "project_manager",
        "项目经理",
        "enterprise",
        "projects",
        EVERYONE
        | DECIDES_RISKS
        | READS_LEDGERS
        | READS_LISTS
        | ANSWERS
        | FINDS
        | _can("hazards.hazard", "order")
        | ANSWERS_MEASURES
        | REPORTS_ACCIDENTS
        | READS_CREDIT
        | READS_VISITS
        | KEEPS_PEOPLE
        | KEEPS_DANGEROUS_WORKS
        | _can("projects.project", "change"),
    ),
    Role(
        "project_safety_officer",
        "项目安全员",
        "enterprise",
        "projects",
        EVERYONE
        | KEEPS_RISKS
        | READS_LEDGERS
        | READS_LISTS
        | ANSWERS
        | FINDS
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
        | _can("credit.creditstanding", "view")
        | READS_RISKS
        | _can("risks.riskpoint", "confirm")
        | READS_SITES
        | READS_LISTS
        | READS_HAZARDS
        | FINDS
        | READS_MEASURES
        | READS_VISITS
        | _can("hazards.hazard", "confirm"),
    ),
    Role(
        "owner",
        "建设单位",
        "enterprise",
        "projects",
        EVERYONE
        | _can("credit.creditstanding", "view")
        | READS_RISKS
        | READS_SITES
        | READS_HAZARDS
        | READS_MEASURES
        | READS_VISITS
        | READS_LISTS
        | KEEPS_DANGEROUS_WORKS
        | _can("projects.project", "change"),
    ),
    Role(
        "expert",
        "专家",
        "expert",
        "projects",
        EVERYONE
        | _can("projects.project", "view")
        | _can("projects.dangerouswork", "view")
        | _can("hazards.hazard", "view"),
    ),
    # The three below keep one another in check: one makes accounts, one gives them rights, one reads what both did.
    Role(
        "system_admin",
        "系统管理员",
        "system",
        "none",
        EVERYONE
        | KEEPS_RISK_RULES
        | KEEPS_CHECKLISTS
        | READS_CATALOGUE
        | KEEPS_ACCOUNTS
        | _can("accounts.user", "export", "import")
        | _can("accounts.organisation", "view", "add", "change", "export", "import")
        | _can("accounts.role", "view")
        | _can("core.dictionaryentry", "view", "add", "change", "export")
        | _can("supervision.escalationrule", "view", "change")
        | KEEPS_NOTICES
        | DEFINES_LISTS
        | KEEPS_TEMPLATES
        | _can("regions.region", "change"),
        manages=("", *BUSINESS),
        keeps_accounts=True,
    ),
    Role(
        "security_admin",
        "安全管理员",
        "system",
        "none",
        EVERYONE
        | _can("accounts.user", "view", "assign_role", "unlock", "disable", "reset")
        | SEES_ORGANISATIONS
        | _can("accounts.role", "view")
        | _can("accounts.grant", "view", "add", "revoke", "export"),
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
        | READS_RISKS
        | _can("risks.riskrule", "export")
        | READS_LEDGERS
        | READS_MERGES
        | READS_MEASURES
        | DELIBERATES
        | READS_ACCIDENTS
        | READS_OFFICES_CREDIT
        | _can("credit.jointmeasure", "export")
        | _can("credit.agency", "view")
        | _can("credit.lookup", "view", "export")
        | _can("supervision.transfer", "view", "export")
        | _can("supervision.escalationrule", "view")
        | READS_NOTICES
        | _can("hazards.reminderrule", "view")
        | READS_STATISTICS
        | READS_FROZEN_LISTS
        | READS_INSPECTIONS
        | _can("core.event", "view", "export")
        | _can("accounts.role", "view")
        | _can("accounts.grant", "view", "export")
        | _can("accounts.user", "view", "export")
        | _can("accounts.organisation", "view", "export")
        | _can("core.dictionaryentry", "view", "export")
        | _can("documents.papertemplate", "view", "export"),
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
