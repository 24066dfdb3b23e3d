"""Every address that the platform answers, and what may stand in its parameters."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.accidents.workflow import ACCIDENT
from apps.core.registers import registry
from apps.core.workflow import Workflow
from apps.credit.workflow import CERTIFICATE, ENTRY, JOINT, PERMIT, REPAIR
from apps.credit.workflow import LISTING as BLACKLISTING
from apps.documents.workflow import PAPER
from apps.duty.workflow import LEAVE
from apps.enterprises.workflow import MERGE
from apps.exams.workflow import EXAM
from apps.hazards.workflow import HAZARD
from apps.inspections.workflow.campaign import CAMPAIGN
from apps.inspections.workflow.draw import DRAW
from apps.inspections.workflow.plan import PLAN
from apps.inspections.workflow.visit import VISIT
from apps.risks.workflow import RISK
from apps.supervision.workflow import LISTING, STOP_WORK, TRANSFER
from apps.training.workflow import SESSION
from tests.contracts.planting import Keys

Values = list[dict[str, Any]]

# Open to those who have not signed in; everything else sends them to the sign-in page, or answers 401.
PUBLIC = {
    "accounts:login",
    "accounts:logout",
    "dashboards:accessibility",
    "dashboards:browser",
    "dashboards:help",
    "dashboards:shortcuts",
    "cards:verify",
    "cards:state",
    "cards:revoked",
    "cards:worker",
    "public_blacklist",
    "public_credit",
    "public_credit_certificate",
    "public_credit_certificate_file",
    "public_credit_keys",
    "public_credit_verifier",
    "public_draw",
    "public_draw_bundle",
    "public_draw_sheet",
    "public_draw_verifier",
    "public_draws",
    "public_inspection_plan",
    "public_inspection_plans",
    "public_inspection_result",
    "public_inspection_results",
    "public_listings",
    "receipts",
    "exam_kiosk",
    "training_sign_in",
    "schema",
    "auth-token",
    "verify",
}
# Registers whose rows are the same for all who may open them.
OPEN_REGISTERS = {
    "agencies",
    "look_ups",
    "credit_items",
    "credit_profiles",
    "regions",
    "dictionaries",
    "escalation_rules",
    "risk_rules",
    "wage_rules",
    "list_sets",
    "list_types",
    "permit_rules",
    "coverage_rules",
    "certificate_rules",
    "consent_wordings",
    "retention_rules",
    "repair_terms",
    "paper_templates",
    "reminder_rules",
    "message_kinds",
    "channels",
    "checklists",
    "matters",
    "duty_terms",
    "commitment_wordings",
    "safety_log_items",
    "hours_rules",
}
# Which key stands in the addresses of a namespace, and of a parameter that names something inside a record.
KEY_OF = {
    "hazards": "hazard",
    "projects": "project",
    "project_hazards": "project",
    "risks": "risk",
    "project_risks": "project",
    "project_risk_notice": "project",
    "projects_of": "firm",
    "enterprises": "firm",
    "enterprise_merges": "merge",
    "people": "person",
    "people_of": "firm",
    "questions": "question",
    "exams": "exam",
    "exam_desk": "exam",
    "attempts": "attempt",
    "attempt_hand_in": "attempt",
    "trainings": "training",
    "courses": "course",
    "training_plans": "training_plan",
    "participations": "participation",
    "trainees": "engagement",
    "project_training": "project",
    "person_training": "person",
    "project_roster": "project",
    "project_wages": "project",
    "wages": "wage_month",
    "wage_accounts": "wage_account",
    "new_device": "project",
    "switch_device": "project",
    "roster": "engagement",
    "attendance": "attendance",
    "attendance_faults": "attendance_fault",
    "coverage_days": "coverage_day",
    "coverage_gaps": "coverage_gap",
    "project_coverage": "project",
    "coverage_person": "project",
    "coverage_region": "region",
    "dangerous_works": "work",
    "project_duty": "project",
    "site_duty": "project",
    "site_needs": "project",
    "director_needs": "firm",
    "duty_days": "duty_day",
    "leaves": "leave",
    "safety_logs": "safety_log",
    "commitments": "commitment",
    "safety_directors": "safety_director",
    "site_inspectors": "site_inspector",
    "duty_months": "duty_month",
    "firm_duty_months": "firm_duty_month",
    "users": "account",
    "organisations": "organisation",
    "grants": "grant",
    "events": "event",
    "jobs": "job",
    "imports": "batch",
    "messages": "message",
    "deliveries": "delivery",
    "drafts": "draft",
    "stats": "region",
    "begin": "hazard",
    "listings": "listing",
    "stop_works": "stop_work",
    "transfers": "transfer",
    "accidents": "accident",
    "blacklistings": "blacklisting",
    "joint_measures": "joint_measure",
    "credit": "standing",
    "enterprise-credit": "firm",
    "personal_credit": "person",
    "person-credit": "person",
    "credit_entries": "credit_entry",
    "repair-entry": "credit_entry",
    "repair-listing": "blacklisting",
    "permits": "firm",
    "permit_cases": "permit_case",
    "credit_repairs": "credit_repair",
    "appeals": "appeal",
    "credit_certificates": "credit_certificate",
    "list_snapshots": "snapshot",
    "list_reconciliations": "reconciliation",
    "list_differences": "difference",
    "papers": "paper",
    "visits": "visit",
    "phone": "visit",
    "inspections": "visit",
    "draws": "draw",
    "visit_findings": "finding_done",
    "visit_second_looks": "second_look_done",
    "follow_up": "visit",
    "visit_reassignment": "visit",
    "visit_correction": "visit",
    "inspection_plans": "plan",
    "campaigns": "campaign",
    "inspectors": "inspector",
    "risk_classes": "risk_class",
    "inspection_objects": "project",
}
# The tables of measures, and of everything whose moves have pages.
MOVING: dict[str, Workflow] = {"listings": LISTING, "stop_works": STOP_WORK, "transfers": TRANSFER}
PLANNED: dict[str, Workflow] = {"inspection_plans": PLAN, "campaigns": CAMPAIGN}
MOVED: dict[str, Workflow] = {
    "hazards": HAZARD,
    "risks": RISK,
    "papers": PAPER,
    "enterprise_merges": MERGE,
    "visits": VISIT,
    "draws": DRAW,
    "accidents": ACCIDENT,
    "leaves": LEAVE,
    "credit_entries": ENTRY,
    "blacklistings": BLACKLISTING,
    "joint_measures": JOINT,
    "permit_cases": PERMIT,
    "credit_repairs": REPAIR,
    "credit_certificates": CERTIFICATE,
    **PLANNED,
    **MOVING,
}
# Moved on pages alone, where a code or a paper is shown that no program has a use for.
ON_PAGES: dict[str, Workflow] = {"trainings": SESSION, "exams": EXAM}
# The kinds of papers that are drafted from records.
PAPERS = {
    "hazards": ("rectification_notice", "review_opinion"),
    "listings": ("listing_notice", "listing_release"),
    "stop_works": ("stop_work_notice", "resumption_notice"),
    "transfers": ("case_transfer",),
    "credit_entries": ("credit_notice",),
    "blacklistings": ("credit_notice", "list_decision"),
    "permit_cases": ("credit_notice", "permit_decision"),
}
PART_OF = {
    "party_id": "party",
    "member_id": "member",
    "work_id": "work",
    "certificate_id": "certificate",
    "day": "day",
    "device_id": "device",
    "person": "person",
    "finding": "finding",
    "look": "second_look",
    "signature": "signature",
    "checklist": "checklist",
    "scheme": "scheme",
}
MAIN = {"key", "pk", "number", "uscc", "username", "name"}
IMPORTED = tuple(name for name, register in registry.items() if register.importer or register.form_class)


def sized(*photos: Any) -> Values:
    return [{"key": key, "size": size} for key in photos for size in ("thumbnail", "shown", "original")]


SPECIAL: dict[str, Callable[[Keys], Values]] = {
    # Who has the token has the paper in hand: it names no record that somebody else may not see.
    "verify": lambda keys: [],
    "public_credit_certificate": lambda keys: [],
    "public_credit_certificate_file": lambda keys: [],
    # Asked with the token of an agency, which no account has (tests/credit/test_look_up.py).
    "bidding_enterprise": lambda keys: [],
    # What has been announced is everybody's; tests/inspections/test_draw_pages.py says that before nothing is told.
    "public_draw": lambda keys: [],
    "public_draw_bundle": lambda keys: [],
    "public_draw_sheet": lambda keys: [],
    "public_draw_verifier": lambda keys: [],
    # Who has the code stands in front of the trainer; it names nobody (tests/training/test_signing_in.py).
    "training_sign_in": lambda keys: [],
    # Who has the secret sits at the device; who sits there is asked (tests/exams/test_pages.py).
    "exam_kiosk": lambda keys: [],
    "trainings:photo": lambda keys: sized(keys.training_photo),
    "trainings:file": lambda keys: [{"key": keys.training_file}],
    "credit_entries:file": lambda keys: [{"key": keys.credit_entry, "file": keys.evidence}],
    "hazards:photo": lambda keys: sized(keys.photo, keys.waiting),
    "visits:photo": lambda keys: sized(keys.visit_photo),
    "api-inspections-photo": lambda keys: [{"id": keys.arrival}],
    "api-inspections-piece": lambda keys: [{"id": keys.arrival, "index": 0}],
    "visits:signature_image": lambda keys: [{"key": keys.signature}],
    "people:consent": lambda keys: [{"key": keys.person, "purpose": "face"}],
    "inspectors:avoidances": lambda keys: [{"key": keys.inspector, "part_id": keys.avoidance}],
    "inspectors:absences": lambda keys: [{"key": keys.inspector, "part_id": keys.absence}],
    # What is not public is not found there, by whoever asks (tests/inspections/plans/test_publication.py).
    "public_inspection_plan": lambda keys: [],
    "public_inspection_result": lambda keys: [],
    # It names a table of figures, of which there are as many for everybody.
    "inspection_report_export": lambda keys: [],
    "accounts:end_session": lambda keys: [{"number": keys.session}],
    "accounts:revoke_token": lambda keys: [{"token": keys.token}],
}
"""Addresses whose parameters mean something of their own."""


@dataclass(frozen=True)
class Address:
    name: str
    route: str
    parameters: tuple[str, ...]

    @property
    def space(self) -> str:
        """The namespace of a page, the register of an API operation."""
        if self.name.startswith("begin-"):
            return "begin"
        return self.name.split("-")[1] if self.name.startswith("api-") else self.name.partition(":")[0]

    def at(self, values: dict[str, Any]) -> str:
        return reverse(self.name, kwargs=values)

    def keyed(self, keys: Keys) -> Values:
        """What to put in for the records of `keys`; empty when no record is named.

        LookupError for an address that nobody has said this of: it has to be told here before it is safe.
        """
        if not self.parameters or self.is_open:
            return []
        if special := SPECIAL.get(self.name):
            return special(keys)
        moved = MOVED | ON_PAGES
        if self.space in moved and self.name.endswith(":move"):
            key = getattr(keys, KEY_OF[self.space])
            return [{"key": key, "move": move} for move in moved[self.space].by_name]
        if self.space in PAPERS and self.name.endswith(":paper"):
            return [{"key": getattr(keys, KEY_OF[self.space]), "kind": kind} for kind in PAPERS[self.space]]
        if self.name.endswith(":view"):
            return [{"number": keys.view}]
        return [{name: getattr(keys, self._key(name)) for name in self.parameters}]

    def _key(self, parameter: str) -> str:
        if parameter in PART_OF:
            return PART_OF[parameter]
        if parameter in MAIN and self.space in KEY_OF:
            return KEY_OF[self.space]
        raise LookupError(f"{self.name}: say in tests/contracts/addresses.py what “{parameter}” names")

    @property
    def is_list(self) -> bool:
        """Whether it names one of the lists, which are the same for all; what stands in one is the reader's own."""
        return self.space == "lists" and self.parameters == ("code",)

    @property
    def is_open(self) -> bool:
        """Whether its parameters name nothing that anybody could not know."""
        return self.space in OPEN_REGISTERS or self.parameters in (("register",), ("action",)) or self.is_list

    def free(self) -> Values:
        """The ways to ask for it without naming a record of somebody."""
        if self.parameters == ("register",):
            return [{"register": name} for name in IMPORTED]
        if self.is_list:
            return [{"code": code} for code in ("ledger", "major-hazards", "duties", "searches", "cures")]
        if self.parameters == ("action",):
            return [{"action": action.name} for action in registry[self.space].actions]
        return [] if self.parameters else [{}]


@cache
def addresses() -> tuple[Address, ...]:
    """One per name; a view put before a register's own under the same name stands for both."""
    found = {address.name: address for address in walk(get_resolver().url_patterns)}
    return tuple(found.values())


def walk(patterns: Sequence[URLPattern | URLResolver], route: str = "", space: str = "") -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, here, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            parameters = pattern.pattern.converters or pattern.pattern.regex.groupindex
            yield Address(f"{space}{pattern.name}", here, tuple(sorted(parameters)))
