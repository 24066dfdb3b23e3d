"""What may be done, in bundles of permissions by the work they belong to; `roles.py` gives them to the roles."""


def can(model: str, *verbs: str) -> frozenset[str]:
    """can("projects.project", "view", "add") -> {"projects.view_project", "projects.add_project"}"""
    app, name = model.split(".")
    return frozenset(f"{app}.{verb}_{name}" for verb in verbs)


EVERYONE = can("regions.region", "view") | can("core.job", "view") | can("notifications.message", "view")

# The roster of a site and its attendance are the firms' to keep, and everybody's to read who reads the site.
READS_ROSTER = (
    can("roster.engagement", "view", "export")
    | can("roster.attendance", "view", "export")
    | can("roster.attendancefault", "view", "export")
)
KEEPS_ROSTER = (
    READS_ROSTER
    | can("roster.engagement", "add", "change", "import")
    | can("roster.attendance", "import")
    | can("roster.attendancefault", "settle")
)

# Wages are kept by the contractor who pays them, and read by everybody who reads the site.
READS_WAGES = (
    can("wages.wageaccount", "view", "export")
    | can("wages.wagemonth", "view", "export")
    | can("wages.wagerule", "view")
)
KEEPS_WAGES = (
    READS_WAGES | can("wages.wageaccount", "add", "change") | can("wages.wagemonth", "add", "change", "import")
)
KEEPS_WAGE_RULES = can("wages.wagerule", "view", "add", "change", "export")
# Examinations about trainings: everybody of a firm sees them, for they may have to sit one; the questions with their
# answers are for those who keep the bank, how people did for those who keep trainings and for offices.
SITS_EXAMS = can("exams.exam", "view")
READS_EXAMS = SITS_EXAMS | can("exams.exam", "export") | can("exams.attempt", "view", "export")
READS_QUESTIONS = can("exams.question", "view", "export")
# Whose examination it is to run is a guard of its workflow: a firm's own, or the authority's.
KEEPS_EXAMS = (
    READS_EXAMS
    | READS_QUESTIONS
    | can("exams.question", "add", "change", "import")
    | can("exams.exam", "add", "change", "proctor")
)
# Trainings are the firms' to hold, and everybody's to read who reads the site; that an authority keeps the courses of
# everybody and a firm its own is asked of each course.
READS_TRAINING = (
    can("training.course", "view", "export")
    | can("training.trainingplan", "view", "export")
    | can("training.session", "view", "export")
    | can("training.participation", "view", "export")
    | can("training.hoursrule", "view")
)
HOLDS_TRAINING = (
    READS_TRAINING
    | can("training.course", "add", "change")
    | can("training.trainingplan", "add", "change")
    | can("training.session", "add", "change")
    | can("training.participation", "import")
)
KEEPS_COURSES = can("training.course", "add", "change") | can("training.hoursrule", "add", "change", "export")

# Coverage of training is counted by the platform: it is read by who reads the site, and the province says how.
READS_COVERAGE = (
    can("coverage.coverageday", "view", "export")
    | can("coverage.coveragegap", "view", "export")
    | can("coverage.coveragerule", "view")
)
KEEPS_COVERAGE_RULES = can("coverage.coveragerule", "view", "add", "change", "export")

# By what certificates are judged and what persons are told is everybody's to read who reads persons.
READS_PEOPLE = (
    can("people.person", "view")
    | can("people.certificaterule", "view")
    | can("people.consentwording", "view")
    | can("people.retentionrule", "view")
)
RULES_PEOPLE = (
    can("people.certificaterule", "add", "change", "export")
    | can("people.consentwording", "add", "change", "export")
    | can("people.retentionrule", "add", "change", "export")
)
READS_SITES = (
    can("enterprises.enterprise", "view", "export")
    | READS_PEOPLE
    | can("projects.project", "view", "export")
    | can("projects.dangerouswork", "view", "export")
    | READS_ROSTER
    | READS_WAGES
    | SITS_EXAMS
    | READS_TRAINING
    | READS_COVERAGE
)
# Official papers of the region, or those addressed to the own firm or issued for the own site.
READS_PAPERS = can("documents.paper", "view", "export")
READS_HAZARDS = can("hazards.hazard", "view", "export") | READS_PAPERS
READS_LEDGERS = READS_SITES | READS_HAZARDS | READS_EXAMS | can("people.person", "export")
# Figures of a region and those below it, for offices that reach one.
READS_STATISTICS = can("hazards.tally", "view")

KEEPS_ENTERPRISES = can("enterprises.enterprise", "add", "change", "import")
# That nobody decides on the own proposal, nor undoes the own decision, are guards of the workflow.
READS_MERGES = can("enterprises.enterprisemerge", "view", "export")
MERGES_ENTERPRISES = READS_MERGES | can("enterprises.enterprise", "merge")
DECIDES_MERGES = MERGES_ENTERPRISES | can("enterprises.enterprise", "decide_merge")
KEEPS_PEOPLE = can("people.person", "add", "change", "import")
KEEPS_DANGEROUS_WORKS = can("projects.dangerouswork", "add", "change", "import")
KEEPS_PROJECTS = can("projects.project", "add", "change", "import") | KEEPS_DANGEROUS_WORKS

# Lists are configured views over the ledger: whoever reads it reads them; offices and firms freeze and sign their own.
READS_LISTS = can("lists.listtype", "view")
READS_FROZEN_LISTS = (
    READS_LISTS
    | can("lists.listsnapshot", "view", "export")
    | can("lists.reconciliation", "view", "export")
    | can("lists.difference", "view", "export")
)
SIGNS_LISTS = READS_FROZEN_LISTS | can("lists.listsnapshot", "freeze", "sign") | can("lists.difference", "settle")
KEEPS_LISTS = SIGNS_LISTS | can("lists.reconciliation", "add")
DEFINES_LISTS = READS_LISTS | can("lists.listset", "change") | can("lists.listtype", "change")

# That nobody verifies an own answer, and that two officers close a major hazard, are guards of the workflow:
# they depend on the hazard, this table on the person alone.
INSPECTS = (
    READS_STATISTICS
    | KEEPS_LISTS
    | can(
        "hazards.hazard", "add", "change", "import", "record", "order", "verify", "close", "void", "contest", "remind"
    )
)
INSPECTS |= can("documents.paper", "add", "change", "issue", "serve")
APPROVES = (
    can("hazards.hazard", "approve_void", "approve_extension", "assign")
    | can("documents.paper", "void")
    | can("documents.issuingoffice", "change")
)
# By which channel messages leave the platform is the system's to keep; when whom to remind is the province's business.
READS_NOTICES = (
    can("notifications.messagekind", "view")
    | can("notifications.channelsetting", "view")
    | can("notifications.delivery", "view", "export")
)
KEEPS_NOTICES = (
    READS_NOTICES
    | can("notifications.messagekind", "change")
    | can("notifications.channelsetting", "change")
    | can("notifications.delivery", "resend")
)
# The wording of papers, for the whole province.
KEEPS_TEMPLATES = can("documents.papertemplate", "view", "add", "change", "enforce")
ANSWERS = can("hazards.hazard", "receive", "rectify")
# What a firm or its supervision firm finds itself (企业自查、监理发现) it carries through the same table; a guard keeps
# it away from what an authority found.
FINDS = can("hazards.hazard", "add", "change", "record", "void")
RUNS_SELF_CHECKS = FINDS | can(
    "hazards.hazard", "order", "remind", "approve_extension", "verify", "close", "approve_void", "contest", "import"
)
# The full identity number, one at a time, each look written down.
REVEALS = can("people.person", "reveal")

# What authorities attach to a hazard: listed supervision, stop-work, transfers (app supervision).
# Why an office proposes and until when another decides is told among the offices, not to firms.
DELIBERATES = can("supervision.listing", "view_basis")
READS_MEASURES = can("supervision.listing", "view", "export") | can("supervision.stopwork", "view", "export")
TAKES_MEASURES = (
    READS_MEASURES
    | DELIBERATES
    | can("supervision.listing", "propose")
    | can("supervision.stopwork", "order")
    | can("supervision.transfer", "view", "export", "send", "handle")
    | can("supervision.escalationrule", "view")
)
DECIDES_MEASURES = TAKES_MEASURES | can("supervision.listing", "decide") | can("supervision.stopwork", "withdraw")
ANSWERS_MEASURES = READS_MEASURES | can("supervision.listing", "report") | can("supervision.stopwork", "report")
# Accidents are reported by whoever learns of them; that another person than who reported determines is a guard.
READS_ACCIDENTS = can("accidents.accident", "view", "export")
REPORTS_ACCIDENTS = READS_ACCIDENTS | can("accidents.accident", "add", "supplement")
DETERMINES_ACCIDENTS = REPORTS_ACCIDENTS | can("accidents.accident", "determine", "withdraw")
# Risks are the firm's to grade and control; that red ones are its office's to decide is a guard of their workflow.
READS_RISKS = can("risks.riskpoint", "view", "export") | can("risks.riskrule", "view")
KEEPS_RISKS = READS_RISKS | can("risks.riskpoint", "add", "change", "import", "check")
DECIDES_RISKS = KEEPS_RISKS | can("risks.riskpoint", "approve")
KEEPS_RISK_RULES = can("risks.riskrule", "view", "add", "export")

# Inspections (监督检查).  Firms read what was found at their sites; that a custodian discloses an own secret alone, and
# that two void a draw, are guards of its workflow.
READS_VISITS = can("inspections.visit", "view", "export")
READS_INSPECTIONS = (
    READS_VISITS
    | can("inspections.plan", "view", "export")
    | can("inspections.campaign", "view", "export")
    | can("inspections.draw", "view", "export")
    | can("inspections.inspector", "view", "export")
    | can("inspections.riskclass", "view", "export")
    | can("inspections.matter", "view", "export")
    | can("inspections.checklist", "view")
)
CARRIES_OUT_VISITS = READS_INSPECTIONS | can("inspections.visit", "add", "inspect", "supplement")
RUNS_INSPECTIONS = (
    CARRIES_OUT_VISITS
    | can("inspections.plan", "add", "change", "publish")
    | can("inspections.campaign", "add", "change", "report")
    | can("inspections.draw", "add", "change", "commit", "draw", "void")
    | can("inspections.visit", "assign", "publish")
    | can("inspections.inspector", "add", "change", "import")
    | can("inspections.riskclass", "add", "change", "import")
)
KEEPS_CHECKLISTS = can("inspections.checklist", "view", "add", "change") | can(
    "inspections.matter", "view", "add", "change", "import", "export"
)

# Duties on site (履职).  That the project's officer alone signs its log, and that its owner alone agrees to leave, are
# guards.
READS_DUTY = (
    can("duty.dutyday", "view", "export")
    | can("duty.leave", "view", "export")
    | can("duty.safetylog", "view", "export")
    | can("duty.commitment", "view", "export")
    | can("duty.directorappointment", "view", "export")
    | can("duty.inspectorappointment", "view", "export")
    | can("duty.dutymonth", "view", "export")
    | can("duty.firmdutymonth", "view", "export")
)
WRITES_DUTY = (
    READS_DUTY
    | can("duty.dutyday", "add", "revoke")
    | can("duty.safetylog", "supplement")
    | can("duty.commitment", "add")
)
LEADS_DUTY = WRITES_DUTY | can("duty.leave", "add", "withdraw") | can("duty.commitmentbreach", "add")
OVERSEES_DUTY = READS_DUTY | can("duty.commitmentbreach", "add")
SENDS_INSPECTORS = OVERSEES_DUTY | can("duty.inspectorappointment", "add", "change")
READS_DUTY_TERMS = can("duty.dutyterm", "view", "export") | can("duty.wording", "view") | can("duty.logitem", "view")
KEEPS_DUTY_TERMS = (
    READS_DUTY_TERMS
    | can("duty.dutyterm", "add", "change")
    | can("duty.wording", "add", "change")
    | can("duty.logitem", "add", "change")
)

# Credit (信用监管).  That one officer alone decides nothing is a guard of each workflow.  What is listed, and what
# becomes of a permit, the province decides; cities decide what counts, counties and stations propose and check.
READS_CATALOGUE = (
    can("credit.credititem", "view", "export")
    | can("credit.creditprofile", "view")
    | can("credit.repairterm", "view")
    | can("credit.listtype", "view")
    | can("credit.permitrule", "view")
)
READS_CREDIT = (
    READS_CATALOGUE
    | can("credit.creditstanding", "view", "export")
    | can("credit.creditentry", "view", "export")
    | can("credit.blacklisting", "view", "export")
    | can("credit.permitcase", "view", "export")
    | can("credit.appeal", "view", "export")
    | can("credit.creditrepair", "view", "export")
    | can("credit.creditcertificate", "view", "export")
)
READS_OFFICES_CREDIT = (
    READS_CREDIT | can("credit.personstanding", "view", "export") | can("credit.jointmeasure", "view")
)
PROPOSES_CREDIT = (
    READS_OFFICES_CREDIT
    | can("credit.creditentry", "add", "change", "import")
    | can("credit.blacklisting", "add", "import")
    | can("credit.permitcase", "add", "change", "import")
)
CHECKS_CREDIT = (
    PROPOSES_CREDIT
    | can("credit.creditentry", "check")
    | can("credit.blacklisting", "check")
    | can("credit.permitcase", "check")
    | can("credit.jointmeasure", "answer", "export")
    | can("credit.creditcertificate", "add")
)
DECIDES_CREDIT = (
    CHECKS_CREDIT | can("credit.creditentry", "decide", "publish") | can("credit.creditrepair", "accept", "decide")
)
GOVERNS_CREDIT = (
    DECIDES_CREDIT
    | can("credit.blacklisting", "decide")
    | can("credit.permitcase", "decide")
    | can("credit.creditcertificate", "revoke")
    | can("credit.credititem", "add", "change", "import")
    | can("credit.creditprofile", "add", "export")
    | can("credit.repairterm", "add", "change", "export")
    | can("credit.listtype", "add", "change")
    | can("credit.permitrule", "add", "change", "export")
    | can("credit.agency", "view", "add", "change", "export")
    | can("credit.lookup", "view", "export")
)
ANSWERS_CREDIT = (
    READS_CREDIT
    | can("credit.creditentry", "object")
    | can("credit.blacklisting", "object")
    | can("credit.permitcase", "object")
    | can("credit.appeal", "import")
    | can("credit.creditrepair", "apply")
    | can("credit.creditcertificate", "add")
)

KEEPS_ACCOUNTS = can("accounts.user", "view", "add", "change", "disable", "reset")
SEES_ORGANISATIONS = can("accounts.organisation", "view")
# A saved view of a list, shown to the whole office or firm; to everybody by the province alone.
SHARES_VIEWS = can("core.savedview", "share")
RUNS_AUTHORITY = (
    KEEPS_ACCOUNTS
    | SHARES_VIEWS
    | can("accounts.user", "export")
    | can("accounts.organisation", "view", "add", "change")
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
    | SENDS_INSPECTORS
    | READS_QUESTIONS
)
