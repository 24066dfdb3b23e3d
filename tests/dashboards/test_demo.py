"""The demonstration: firms have staff, and the identity numbers of these are nobody's."""

import pytest
from django.db.models import Q
from django.utils import timezone

from apps.accidents.models import Accident
from apps.accounts.models import User
from apps.credit.models import CreditCertificate, CreditRepair, PermitCase
from apps.dashboards.demo.build import Demo
from apps.dashboards.demo.credit_answers import CERTIFICATES
from apps.documents.models import Paper, PaperSeries
from apps.enterprises.likely import found_pairs
from apps.people.identity import problem
from apps.people.models import Certificate, Person
from apps.projects.models import ProjectMember
from apps.roster.models import Attendance, AttendanceFault, Engagement
from apps.supervision.models import Listing, ListingState, StopWork, Transfer
from apps.training.models import Session, SessionState, TrainingPlan
from apps.training.registers import TraineeRegister

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_demonstration_has_staff_with_certificates_and_numbers_of_no_county() -> None:
    """One test, since building the demonstration takes seconds."""
    demo = Demo("s", 1)
    demo.build()
    today, staff = timezone.localdate(), Person.objects.all()
    assert {person.employer_id for person in staff} == set(demo.directors)
    assert all(p.id_number.startswith("130000") and problem(p.id_number, today) is None for p in staff)
    workers = staff.filter(Q(engagements__team__isnull=False) | Q(post="杂工")).distinct()
    assert Certificate.objects.count() == len(staff) - len(workers)
    sites = set(Engagement.objects.values_list("project", flat=True))
    assert sites and set(Attendance.objects.filter(day=today).values_list("project", flat=True)) == sites
    assert [fault.get_kind_display() for fault in AttendanceFault.objects.all()] == ["不在本项目名册"]
    assert set(Session.objects.values_list("state", flat=True)) == set(SessionState.values)
    assert set(TrainingPlan.objects.values_list("project", flat=True)) == sites
    site = TraineeRegister().rows(User.objects.get(username="province-officer-1")).filter(left_on=None)
    inducted = site.filter(is_inducted=True).count()
    assert site.count() > inducted > site.count() / 2
    assert Certificate.objects.expired(today).exists()
    assert Certificate.objects.expiring(today, 30).exists()
    leaders = ProjectMember.objects.filter(post__in=("project_manager", "project_safety_officer"))
    assert leaders
    assert all(leader.person and leader.person.user_id == leader.user_id for leader in leaders)
    assert set(ListingState.values) == set(Listing.objects.values_list("state", flat=True))
    assert {"stopped", "requested", "resumed"} == set(StopWork.objects.values_list("state", flat=True))
    assert {"sent", "filed", "decided", "returned"} == set(Transfer.objects.values_list("state", flat=True))
    accidents = Accident.objects.order_by("pk").values_list("grade", "state", "is_liability")
    assert list(accidents) == [
        ("larger", "determined", True),
        ("general", "determined", True),
        ("general", "determined", False),
        ("general", "withdrawn", None),
        ("general", "reported", None),
        ("general", "reported", None),
    ]
    # What firms and offices do about credit.
    assert {"suspended", "proposed"} == set(PermitCase.objects.values_list("state", flat=True))
    assert {"applied", "accepted"} == set(CreditRepair.objects.values_list("state", flat=True))
    assert CreditCertificate.objects.count() == CERTIFICATES
    assert len(found_pairs(User.objects.get(username="province-officer-1"))) == 1
    # Papers of every state in the four staffed counties, their numbers without a gap.
    assert set(Paper.objects.values_list("state", flat=True)) == {"drafted", "issued", "replaced", "void"}
    for series in PaperSeries.objects.exclude(kind="random_draw"):
        own = Paper.objects.filter(organisation=series.organisation, kind=series.kind, year=series.year)
        serials = list(own.order_by("serial").values_list("serial", flat=True))
        assert serials == list(range(1, series.last + 1))
