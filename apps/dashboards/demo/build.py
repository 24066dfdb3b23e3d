"""The demonstration as a whole: offices, firms, projects, hazards, pictures, in that order."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Organisation, User
from apps.coverage.models import CoverageRule
from apps.coverage.reference import load as load_coverage
from apps.coverage.services.sweeping import sweep as count_coverage
from apps.credit.models import PermitCase
from apps.dashboards.demo import words
from apps.dashboards.demo.accidents import add_accidents
from apps.dashboards.demo.bulk import AMOUNTS, Bulk
from apps.dashboards.demo.cases import OPEN_STATES, PATHS, Case, Hands, tell, write
from apps.dashboards.demo.credit import Hands as CreditHands
from apps.dashboards.demo.credit import Records
from apps.dashboards.demo.credit_answers import apply_for_repairs, ask_for_tenders, certify, suspend_permit
from apps.dashboards.demo.crews import LEADERS, Crews
from apps.dashboards.demo.duty import Duties
from apps.dashboards.demo.exams import Exams
from apps.dashboards.demo.frozen import freeze_lists
from apps.dashboards.demo.inspections import Inspections, plan_and_draw
from apps.dashboards.demo.measures import add_measures
from apps.dashboards.demo.papers import Papers
from apps.dashboards.demo.people import Names, Staff, firm, office
from apps.dashboards.demo.photos import add_photos
from apps.dashboards.demo.risks import add_risks
from apps.dashboards.demo.rosters import Rosters
from apps.dashboards.demo.sites import POST_OF_ROLE, add_works, engage, make_project
from apps.dashboards.demo.trainings import Trainings
from apps.dashboards.demo.wages import fill_wages
from apps.enterprises.models import Enterprise
from apps.hazards.models import State
from apps.people.models import CertificateKind, Person
from apps.projects.dangerous import category_choices
from apps.projects.models import PartyRole, Project
from apps.regions.choices import full_name
from apps.regions.models import Region

HAZARDS = {"s": 320, "m": 5_000} | {size: amounts.hazards for size, amounts in AMOUNTS.items()}
PROJECTS_PER_COUNTY = {"s": 3, "m": 12}
# Two cities with four counties each, the others with one, and the units that answer to the province.
PICTURED = 160
"""So many of the first hazards, those of the staffed counties among them, have drawn pictures."""
COUNTIES = {
    "130100": ("130102", "130104", "130105", "130108"),
    "130200": ("130202", "130203", "130207", "130208"),
    "130300": ("130302",),
    "130400": ("130402",),
    "130500": ("130502",),
    "130600": ("130602",),
    "130700": ("130702",),
    "130800": ("130802",),
    "130900": ("130902",),
    "131000": ("131002",),
    "131100": ("131102",),
    "XIONGAN": ("130629",),
}
DIRECT = ("130682", "130181")
STAFFED = ("130102", "130104", "130202", "130203")
"""Counties whose firms and sites have accounts: two in each of two cities, so that neighbours can be tried."""


@dataclass
class County:
    region: Region
    inspectors: list[User]
    head: User
    contractors: list[Enterprise]
    others: dict[PartyRole, Enterprise]
    engineer: User


class Demo:
    """Builds one demonstration; the same seed on the same day gives the same data."""

    def __init__(self, size: str, seed: int) -> None:
        self.size = size
        self.seed = seed
        # The bulky ones are a small demonstration with the rest of the province around it.
        self.core = size if size in PROJECTS_PER_COUNTY else "s"
        self.rng = random.Random(seed)  # noqa: S311  (invented data, nothing is drawn by lot)
        self.names = Names(self.rng)
        self.staff = Staff(self.names, seed)
        self.today = timezone.localdate()
        self.crews = Crews(self.rng, self.names, self.today)
        self.counties: list[County] = []
        self.directors: dict[int, User] = {}
        self.crewed: set[int] = set()
        self.cities: dict[str, User] = {}

    @transaction.atomic
    def build(self) -> None:
        regions = {region.code: region for region in Region.objects.current()}
        province = self.province(regions["130000"])
        for city_code, county_codes in COUNTIES.items():
            city = office("bureau", regions[city_code], f"{regions[city_code].name}住房和城乡建设局", province)
            officer = self.staff.hire("city_officer", city)
            for code in county_codes:
                self.county(regions[code], city)
                self.cities[regions[code].path] = officer
        for code in DIRECT:
            self.county(regions[code], province)
        projects = [project for county in self.counties for project in self.projects(county)]
        cases = list(self.cases(projects))
        write(cases)
        for project in projects:
            add_risks(self.rng, project, self.directors[project.enterprise_id or 0], in_full=project.pk in self.crewed)
        freeze_lists(self.counties, self.directors, self.today)
        add_photos(self.rng, [c.hazard for c in cases[:PICTURED] if c.hazard.state != State.VOID])
        heads = {county.region.path: county.head for county in self.counties}
        add_measures([regions[code].path for code in STAFFED], heads, self.cities, self.today)
        Papers(random.Random(self.seed)).write(  # noqa: S311  (as above)
            cases, {c.head.organisation_id: c.head for c in self.counties if c.region.code in STAFFED}
        )
        self.accidents()
        self.inspections()
        self.credit()
        crewed = list(Project.objects.filter(pk__in=self.crewed).select_related("enterprise").order_by("pk"))
        Rosters(self.rng, self.crews, self.directors, self.today).fill(crewed)
        fill_wages(crewed, self.today)
        self.duties(crewed)
        Trainings(self.seed, self.directors, self.today).fill(crewed)
        Exams(self.seed, self.directors, self.today).fill(crewed)
        load_coverage(CoverageRule)
        count_coverage()
        if amounts := AMOUNTS.get(self.size):
            bulk = Bulk(self.rng, self.names, self.staff, self.today)
            bulk.fill(amounts, self.seed, present=len(cases), categories=demo_categories())

    def duties(self, projects: Sequence[Project]) -> None:
        """Stations send somebody of the county's other contractor, which has no part in the project."""
        senders = {county.region.path: county.head for county in self.counties}
        firms = {county.region.path: county.contractors for county in self.counties}
        sent = {
            project.pk: self.crews.enter_certified(other, "安全督查员", CertificateKind.OFFICER_GENERAL)
            for project in projects[::2]
            for other in firms[project.region_path]
            if other.pk != project.enterprise_id
        }
        made = Duties(random.Random(self.seed), self.crews, self.directors, self.today)  # noqa: S311  (as above)
        made.fill(projects, senders, sent)

    def inspections(self) -> None:
        """Certificates for all officers who inspect, and visits where firms have accounts."""
        made = Inspections(self.seed, self.today)
        for county in self.counties:
            team = made.certify([*county.inspectors, county.head])
            if county.region.code in STAFFED:
                projects = Project.objects.filter(region=county.region, pk__in=self.crewed).order_by("pk")
                made.visits(county.head, team[:2], list(projects))
        made.classify()
        for number, county in enumerate(county for county in self.counties if county.region.code in STAFFED):
            plan_and_draw(made, county.head, county.inspectors, round_drawn=number != 1)

    def credit(self) -> None:
        """A past for the contractors of the staffed counties, cases of today, and one firm on a list."""
        made = Records(self.seed, self.today)
        province = list(User.objects.filter(role="province_officer").order_by("pk"))
        staffed = [county for county in self.counties if county.region.code in STAFFED]
        for number, county in enumerate(staffed):
            hands = CreditHands(county.inspectors[0], county.head, self.cities[county.region.path])
            for contractor in county.contractors:
                made.past_of(contractor, hands)
            busy = county.contractors[number % 2]
            made.open_ones(busy, hands, self.directors[busy.pk])
            if number == 0:
                made.listed(county.contractors[1], hands, province)
            if person := Person.objects.filter(employer=busy, post="项目经理").order_by("pk").first():
                made.of_person(person, hands)
        made.finish()
        self.credit_answers(province)

    def credit_answers(self, officers: Sequence[User]) -> None:
        """What is done today about the permit after the worst accident, about records and about tenders."""
        proposed = PermitCase.objects.filter(enterprise__in=self.directors).order_by("pk").first()
        if proposed:
            suspend_permit(proposed, self.directors[proposed.enterprise_id], officers, self.today)
        deciding = [*(county.head for county in self.counties), *self.cities.values()]
        apply_for_repairs(self.directors, {user.organisation_id: user for user in deciding})
        certify(self.directors, self.today)
        known = Enterprise.objects.filter(pk__in=self.directors).order_by("pk")
        ask_for_tenders(list(known[:3]), self.today, officers[0])

    def accidents(self) -> None:
        """Where firms have accounts; an inspector reports, the head of the station determines."""
        projects = Project.objects.filter(pk__in=self.crewed).order_by("pk")
        officers = {county.region.path: (county.inspectors[0], county.head) for county in self.counties}
        add_accidents(list(projects), officers, self.today)

    def province(self, region: Region) -> Organisation:
        bureau = office("bureau", region, "河北省住房和城乡建设厅（演示）")
        pool = office("expert_pool", region, "河北省危大工程专家库（演示）", bureau)
        for role in ("province_officer", "system_admin", "security_admin", "auditor"):
            self.staff.hire(role, bureau)
            self.staff.hire(role, bureau)
        self.staff.hire("expert", pool)
        self.staff.hire("expert", pool)
        return bureau

    def county(self, region: Region, above: Organisation) -> None:
        """A station with a head and two inspectors, two contractors, and the other firms that sites need."""
        station = office("station", region, f"{full_name(region)}建设工程安全监督站", above)
        head = self.staff.hire("station_head", station)
        inspectors = [self.staff.hire("inspector", station), self.staff.hire("inspector", station)]
        contractors = [firm(self.names, region, "contractor", words.CONTRACTORS) for _ in range(2)]
        if region.code == STAFFED[0]:
            self.entered_twice(contractors[1])
        others = {
            PartyRole.SUPERVISION_FIRM: firm(self.names, region, "supervision", words.SUPERVISORS),
            PartyRole.OWNER: firm(self.names, region, "owner", words.OWNERS),
        }
        if region.code in STAFFED:
            self.further_offices(region, above)
        for contractor in contractors:
            director = self.staff.hire("safety_director", contractor.organisation, contractor.uscc)
            self.directors[contractor.pk] = director
            self.crews.enter_leader(contractor, director)
            self.crews.enter_workers(contractor, 3)
        supervision = others[PartyRole.SUPERVISION_FIRM]
        engineer = self.staff.hire("supervising_engineer", supervision.organisation, supervision.uscc)
        self.counties.append(County(region, inspectors, head, contractors, others, engineer))

    def entered_twice(self, contractor: Enterprise) -> None:
        """The same firm once more, with another spelling and a code that somebody mistyped."""
        name = contractor.organisation.name.replace("有限公司", "有限责任公司")
        firm(self.names, contractor.organisation.region, "contractor", (), called=name)

    def further_offices(self, region: Region, above: Organisation) -> None:
        bureau = office("bureau", region, f"{full_name(region)}住房和城乡建设局", above)
        self.staff.hire("county_officer", bureau)
        enforcement = office("enforcement", region, f"{full_name(region)}城市管理综合执法局", above)
        self.staff.hire("enforcement_officer", enforcement)
        permits = office("permit_office", region, f"{full_name(region)}数据和政务服务局", above)
        self.staff.hire("permit_officer", permits)

    def projects(self, county: County) -> Iterator[Project]:
        categories = demo_categories()
        for serial in range(PROJECTS_PER_COUNTY[self.core]):
            contractor = county.contractors[serial % 2]
            firms = {PartyRole.GENERAL_CONTRACTOR: contractor, **county.others}
            project = make_project(self.rng, self.names, county.region, serial + 1, firms, self.today)
            add_works(project, self.rng, categories, self.today)
            engage(project, {POST_OF_ROLE["supervising_engineer"]: county.engineer})
            if county.region.code in STAFFED and serial < 2:
                self.crew(project, contractor, county)
            yield project

    def crew(self, project: Project, contractor: Enterprise, county: County) -> None:
        """Accounts for those who stand on the site."""
        firms = {
            "project_manager": contractor,
            "project_safety_officer": contractor,
            "owner": county.others[PartyRole.OWNER],
        }
        posts = {
            POST_OF_ROLE[role]: self.staff.hire(role, employer.organisation, employer.uscc)
            for role, employer in firms.items()
        }
        persons = {
            user.pk: self.crews.enter_leader(contractor, user) for user in posts.values() if user.role in LEADERS
        }
        engage(project, posts, persons)
        self.crewed.add(project.pk)

    def cases(self, projects: list[Project]) -> Iterator[Case]:
        """Every state in the staffed counties; the rest mostly closed, as in a ledger of some months."""
        by_path = {county.region.path: county for county in self.counties}
        staffed = [p for p in projects if p.pk in self.crewed]
        total = HAZARDS[self.core]
        for project, state in zip(cycle(staffed), [*PATHS, *PATHS, *PATHS, *OPEN_STATES, *OPEN_STATES], strict=False):
            yield self.case(project, by_path[project.region_path], state, self.rng.randint(0, 9))
            total -= 1
        for project in self.rng.choices(projects, k=max(0, total)):
            age = self.rng.randint(0, 240)
            state = self.rng.choice(OPEN_STATES) if self.rng.random() < (0.85 if age < 12 else 0.1) else State.CLOSED
            yield self.case(project, by_path[project.region_path], state, age)

    def case(self, project: Project, county: County, state: str, age: int) -> Case:
        found = self.today - timedelta(days=max(age, 1 if state in PATHS and len(PATHS[state]) > 3 else 0))
        first, second = self.rng.sample(county.inspectors, 2)
        hands = Hands(first, second, self.directors[project.enterprise_id or 0], county.engineer)
        return tell(self.rng, project, hands, state, found)


def demo_categories() -> dict[str, str]:
    """The codes of the categories that the invented works belong to, found by their names."""
    names = dict(category_choices())
    wanted = {"pit": "基坑", "formwork": "混凝土模板支撑", "scaffold": "落地式"}
    return {kind: next(code for code, name in names.items() if word in name) for kind, word in wanted.items()}
