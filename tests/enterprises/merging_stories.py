"""A firm registered twice, with something of every kind on the duplicate, and those who merge the two."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.core.models import SavedView
from apps.core.workflow import Transition
from apps.credit.clocks import months_after
from apps.credit.models import Blacklisting, CreditRepair, ListType, PermitCase
from apps.credit.reference import load as load_credit
from apps.duty.models import DutyTerm
from apps.duty.reference import load as load_duty
from apps.enterprises.models import Enterprise, EnterpriseMerge
from apps.enterprises.services import propose_merge
from apps.enterprises.workflow import MERGE
from apps.inspections.models import Avoidance
from apps.lists.models import Side
from apps.roster.models import Team
from tests.documents import stories as papers
from tests.duty import stories as duty
from tests.exams import stories as exams
from tests.factories import CertificateFactory, EnterpriseFactory, PersonFactory, ProjectFactory
from tests.hazards import stories
from tests.inspections.plans import stories as plans
from tests.lists.shelf import frozen
from tests.personas import CHANGAN, city_officer, persona
from tests.risks import stories as risks
from tests.roster import stories as roster
from tests.supervision import stories as measures
from tests.training import stories as trainings

WHY = {"reason": "同一企业登记了两次", "basis": "营业执照副本，已向登记机关核实"}
# What a merge leaves behind of itself, histories that only grow, what is folded from other tables, and the queue of
# what is to be counted again, into which both the merge and its undoing write.
TRACES = (
    "enterprises_enterprisemerge",
    "core_event",
    "accounts_session",
    "credit_creditstanding",
    "coverage_coveragedirty",
)
# Each change of these two is an event of their own, which takes a version.
COUNTED = {"enterprises_enterprise", "accounts_user"}


@dataclass
class Twice:
    """`duplicate` builds the site; `survivor` is the firm it should have been."""

    site: stories.Site
    duplicate: Enterprise
    survivor: Enterprise
    proposer: User
    decider: User
    other: User


def twice() -> Twice:
    site = stories.site()
    duplicate = site.project.enterprise
    assert duplicate
    survivor = EnterpriseFactory(at=CHANGAN, organisation__name="燕山远图建工集团有限公司")
    return Twice(site, duplicate, survivor, persona("county_officer"), city_officer(), city_officer())


def furnished() -> Twice:
    """With rows of every kind that names a firm, and some that the survivor has too."""
    firms = twice()
    site, duplicate = firms.site, firms.duplicate
    stories.taken_to("ordered", site)
    stories.taken_to("answered", site, grade="major")
    stories.draft(site, by=site.director, source="self_check")
    late = stories.taken_to("ordered", site, grade="major")
    watch = measures.Watch(site, late, persona("county_officer"), city_officer(), persona("province_officer"))
    measures.proposed(watch)
    measures.stopped(watch)
    measures.transferred(watch)
    risks.in_force(site)
    team = Team.objects.create(project=site.project, employer=duplicate, name="木工一班", trade="木工")
    roster.engaged(site.project, team=team)
    exams.drafted(exams.training(site, trainings.course(enterprise=duplicate, needs_exam=True)))
    exams.question(duplicate)
    duties(site, duplicate)
    own = trainings.course(enterprise=duplicate)
    trainings.held(site, PersonFactory(employer=duplicate), course=own)
    trainings.planned(site, course=own, project=None)
    trainings.plan(site, course=own, project=None)
    PersonFactory.create_batch(2, employer=duplicate)
    duplicate.former_names.create(name="滹沱安固建工有限公司")
    one = plans.inspector()
    Avoidance.objects.create(inspector=one, enterprise=duplicate, reason="kin")
    plans.submitted(plans.visit(site.project, [one]))
    plans.assessed(site.project, "B")
    frozen("cures", site.director, side=Side.ENTERPRISE)
    papers.issued(site.inspector, addressees=[duplicate.organisation])
    SavedView.objects.create(
        register="hazards", name="本单位", reach="organisation", owner=site.director, organisation_id=duplicate.pk
    )
    findings_about(duplicate, site)
    shared = ProjectFactory(contractor=EnterpriseFactory())
    for firm in (duplicate, firms.survivor):
        shared.parties.create(enterprise=firm, role="subcontractor", started_on=timezone.localdate())
    return firms


def duties(site: stories.Site, firm: Enterprise) -> None:
    """A safety director, who as a head of the firm was on the site today."""
    if not DutyTerm.objects.exists():  # tests that truncate tables have to load them again
        load_duty(partial(apps.get_model, "duty"))
    head = PersonFactory(employer=firm, post="总经理")
    CertificateFactory(person=head, kind="A")
    worker = PersonFactory(employer=firm)
    place = duty.Site(site.project, site.director, site.manager, site.manager, site.director, head, head, head, worker)
    duty.headed(place)
    duty.appointed(place)


def planted(duplicate: Enterprise, said: str) -> EnterpriseMerge:
    """A proposal that says something of itself: this firm into another of its region."""
    survivor = EnterpriseFactory(at=duplicate.organisation.region.code)
    return EnterpriseMerge.objects.create(
        survivor=survivor, duplicate=duplicate, reason=said, basis=said, proposed_by=persona("county_officer")
    )


def findings_about(firm: Enterprise, site: stories.Site) -> None:
    """On a list, without its permit, and asking to be taken off: decided, so that the database holds it fast."""
    office, day = site.inspector.organisation, timezone.localdate()
    seats = {"enterprise": firm, "region_path": firm.region_path}
    seats |= {"organisation": office, "office_path": office.region_path}
    told = {
        "happened_on": day,
        "facts": "事实",
        "evidence": "证据",
        "legal_basis": "依据",
        "decision_number": "〔2026〕1号",
    }
    served = {"served_on": day, "objection_until": day, "checked_by": site.second, "decided_by": site.head}
    listing = Blacklisting.objects.create(
        number="SX-T-1",
        list_type=listed_by_law(),
        condition="情形",
        state="listed",
        listed_on=day,
        listed_until=months_after(day, listed_by_law().term_months) - timedelta(days=1),
        **seats,
        **told,
        **served,
    )
    PermitCase.objects.create(
        number="AX-T-1",
        permit_number="1",
        state="suspended",
        least_days=30,
        most_days=60,
        days=30,
        starts_on=day,
        until=day + timedelta(days=29),
        **seats,
        **told,
        **served,
    )
    with pgtrigger.ignore("credit.CreditRepair:after_the_least_term"):
        CreditRepair.objects.create(
            number="XF-T-1", listing=listing, correction="已纠正", commitment="承诺", made_by=site.director, **seats
        )


def listed_by_law() -> ListType:
    """Any of those that ship; tests that truncate tables have to load them again."""
    if not ListType.objects.exists():
        load_credit(lambda name: apps.get_model("credit", name))
    return ListType.objects.order_by("pk")[0]


def proposed(firms: Twice) -> EnterpriseMerge:
    return propose_merge(firms.duplicate, survivor=firms.survivor, by=firms.proposer, **WHY)


def merged(firms: Twice, merge: EnterpriseMerge | None = None) -> EnterpriseMerge:
    merge = MERGE.perform(merge or proposed(firms), "merge", by=firms.decider, opinion="经核对，系同一企业")
    for firm in (firms.duplicate, firms.survivor):
        firm.refresh_from_db()
        firm.organisation.refresh_from_db()
    return merge


def undone(firms: Twice, merge: EnterpriseMerge) -> EnterpriseMerge:
    merge = MERGE.perform(merge, "undo_merge", by=firms.other, undo_reason="经核实为两家企业")
    for firm in (firms.duplicate, firms.survivor):
        firm.refresh_from_db()
        firm.organisation.refresh_from_db()
    return merge


def before_move(move: Transition, firms: Twice) -> EnterpriseMerge:
    return merged(firms) if move.sources == ("merged",) else proposed(firms)


def by_for(merge: EnterpriseMerge, move: Transition, firms: Twice) -> User:
    people = (firms.proposer, firms.decider, firms.other)
    return next(user for user in people if MERGE.refusal(merge, move.name, user) is None)


def digests() -> dict[str, str]:
    """A digest of each of our tables, but for what a merge leaves of itself."""
    ours = [model._meta for model in apps.get_models() if model.__module__.startswith("apps.")]
    history = {meta.db_table for meta in ours if hasattr(meta.model, "pgh_tracked_model")}
    tables = sorted({meta.db_table for meta in ours} - history - set(TRACES))
    with connection.cursor() as cursor:
        return {table: digest(table, cursor) for table in tables}


def digest(table: str, cursor: Any) -> str:
    row = "(to_jsonb(t) - 'version')::text" if table in COUNTED else "to_jsonb(t)::text"
    cursor.execute(f"SELECT md5(coalesce(string_agg({row}, chr(10) ORDER BY {row}), '')) FROM \"{table}\" t")
    return cursor.fetchone()[0]


def changed(before: dict[str, str]) -> set[str]:
    now = digests()
    return {table for table, value in before.items() if now[table] != value}
