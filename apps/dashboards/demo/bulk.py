"""The rest of a province around the small demonstration: stations everywhere, firms, people, projects, ledger.

What stands in the small demonstration (every state, every role twice, pictures) stays as it is; its accounts, and
those of the stations made here, are the ones in the accounts file.  People of the firms made here have accounts,
because somebody must have answered each hazard, but none of them has a password.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from stdnum.cn import ric, uscc

from apps.accounts.models import Organisation, User
from apps.core.crypto import blind_index
from apps.credit.models import CreditEntry
from apps.dashboards.demo import words
from apps.dashboards.demo.credit_bulk import write_entries
from apps.dashboards.demo.ledger import Officers, Site, write_ledger
from apps.dashboards.demo.loading import load, prepare, reserve
from apps.dashboards.demo.people import Names, Staff, office
from apps.dashboards.demo.sites import POST_OF_ROLE, drawn_project, drawn_works, members_of, parties_of
from apps.enterprises.models import Enterprise, EnterpriseKind
from apps.people.identity import masked
from apps.people.models import Certificate, CertificateKind, Person
from apps.projects.models import PartyRole, Project, Stage
from apps.regions.choices import full_name
from apps.regions.models import Region, RegionLevel

# How much is built where, roughly: cities by size, districts before counties.  Invented, not statistics.
CITY_WEIGHTS = {
    "130100": 22.0,
    "130200": 14.0,
    "130300": 5.0,
    "130400": 11.0,
    "130500": 8.0,
    "130600": 11.0,
    "130700": 5.0,
    "130800": 4.0,
    "130900": 8.0,
    "131000": 8.0,
    "131100": 5.0,
    "XIONGAN": 4.0,
}
OTHERS_WEIGHT = 1.0
KIND_WEIGHTS = {"市辖区": 3.0, "县级市": 2.0, "县": 1.0, "自治县": 0.8, "开发区": 0.8}
DAYS = 900
"""The oldest projects began so many days ago, and the ledger with them."""
INSPECTORS_PER_WEIGHT = 2.5
BIGGEST = 60
"""A few projects have so many times the hazards of a quiet one."""
NO_PASSWORD = "!"  # noqa: S105  (a hash that no password has)
# Division 1399 does not exist, so no living person has such an identity number.
NOWHERE = "139900"
AFTER_CREWS = 100_001
"""The first serial of the certificates added in bulk; the crews of the small demonstration have those before."""
FIRM_KINDS: tuple[tuple[EnterpriseKind, float, Sequence[str]], ...] = (
    (EnterpriseKind.CONTRACTOR, 0.6, words.CONTRACTORS),
    (EnterpriseKind.SUPERVISION, 0.12, words.SUPERVISORS),
    (EnterpriseKind.OWNER, 0.2, words.OWNERS),
    (EnterpriseKind.TESTING, 0.04, ("工程检测有限公司",)),
    (EnterpriseKind.LIFTING, 0.04, ("起重设备租赁有限公司",)),
)
# Share, post, certificate; the trades of special work are two digits of the dictionary.
POSTS: tuple[tuple[float, str, CertificateKind | None], ...] = (
    (0.03, "企业负责人", CertificateKind.PRINCIPAL),
    (0.07, "项目经理", CertificateKind.PROJECT_LEADER),
    (0.03, "专职安全员（机械）", CertificateKind.OFFICER_MACHINERY),
    (0.04, "专职安全员（土建）", CertificateKind.OFFICER_CIVIL),
    (0.05, "专职安全员", CertificateKind.OFFICER_GENERAL),
    (0.28, "特种作业人员", CertificateKind.SPECIAL),
    (0.5, "工人", None),
)
TRADES = tuple(f"{n:02d}" for n in range(1, 12))


class Amounts(NamedTuple):
    """So many of each altogether, those of the small demonstration included."""

    hazards: int
    projects: int
    enterprises: int
    persons: int
    credit_entries: int


AMOUNTS = {
    "l": Amounts(100_000, 1_500, 2_000, 20_000, 100_000),
    "province": Amounts(1_000_000, 15_000, 20_000, 200_000, 1_000_000),
}


@dataclass
class Firm:
    enterprise: Enterprise
    people: list[User]


class Bulk:
    """Fills up a small demonstration that stands already; everything in the order of one generator."""

    def __init__(self, rng: random.Random, names: Names, staff: Staff, today: date) -> None:
        self.rng, self.names, self.staff, self.today = rng, names, staff, today
        self.officers: list[Officers] = []
        regions = Region.objects.current().filter(level__in=(RegionLevel.COUNTY, RegionLevel.ZONE))
        self.counties = list(regions.select_related("parent", "unit").order_by("path"))
        self.weights = county_weights(self.counties)

    def fill(self, amounts: Amounts, seed: int, *, present: int, categories: dict[str, str]) -> None:
        """`present` hazards stand already."""
        prepare()
        for region, weight in zip(self.counties, self.weights, strict=True):
            self.station(region, weight)
        firms = self.firms(amounts.enterprises - Enterprise.objects.count())
        load(person for person in self.persons(amounts.persons - Person.objects.count(), firms))
        load(certificate for certificate in self.certificates(amounts.persons))
        sites = self.sites(amounts, firms, present, categories)
        write_ledger(sites, self.officers, seed=seed, today=self.today, days=DAYS)
        officers = User.objects.filter(role="city_officer").order_by("pk").values_list("pk", flat=True)
        entries = amounts.credit_entries - CreditEntry.objects.count()
        write_entries(entries, list(officers), seed=seed, today=self.today)

    # Offices ------------------------------------------------------------------------------------------------------

    def station(self, region: Region, weight: float) -> None:
        """The station of a county with as many inspectors as there is to inspect; one that stands is filled up."""
        station = Organisation.objects.filter(kind="station", region=region).first()
        if station is None:
            above = Organisation.objects.filter(kind="bureau", region=region.unit).first()
            above = above or Organisation.objects.get(kind="bureau", region__level=RegionLevel.PROVINCE)
            station = office("station", region, f"{full_name(region)}建设工程安全监督站", above)
            self.staff.hire("station_head", station)
        present = User.objects.filter(organisation=station, role="inspector").count()
        for _ in range(max(3, round(weight * INSPECTORS_PER_WEIGHT)) - present):
            self.staff.hire("inspector", station)
        inspectors = User.objects.filter(organisation=station, role="inspector").order_by("pk")
        people = list(inspectors.values_list("pk", "name"))
        self.officers.append(Officers(region.path, station.pk, station.name, *map(list, zip(*people, strict=True))))

    # Firms and their people ---------------------------------------------------------------------------------------

    def firms(self, count: int) -> dict[EnterpriseKind, list[Firm]]:
        """Firms by kind, seated where much is built; those who act in the ledger have their people."""
        kinds = self.rng.choices([k for k, _, _ in FIRM_KINDS], [share for _, share, _ in FIRM_KINDS], k=count)
        endings = {kind: ends for kind, _, ends in FIRM_KINDS}
        seats = self.rng.choices(self.counties, self.weights, k=count)
        firms: dict[EnterpriseKind, list[Firm]] = {kind: [] for kind, _, _ in FIRM_KINDS}
        for serial, (key, kind, seat) in enumerate(zip(reserve(Organisation, count), kinds, seats, strict=True)):
            firms[kind].append(Firm(self.firm(key, kind, seat, serial, endings[kind]), []))
        everyone = [firm for of_kind in firms.values() for firm in of_kind]
        load(firm.enterprise.organisation for firm in everyone)
        load(firm.enterprise for firm in everyone)
        self.hire(firms[EnterpriseKind.CONTRACTOR], ("safety_director", "project_manager"))
        self.hire(firms[EnterpriseKind.SUPERVISION], ("supervising_engineer",))
        return firms

    def firm(self, key: int, kind: EnterpriseKind, seat: Region, serial: int, endings: Sequence[str]) -> Enterprise:
        place = (seat.unit or seat).name.removesuffix("市").removesuffix("新区")
        organisation = Organisation(
            pk=key,
            kind="enterprise",
            name=f"{place}{self.names.firm(tuple(endings))}",
            region=seat,
            region_path=seat.path,
        )
        code = seat.code if seat.code.isdigit() else NOWHERE
        body = f"91{code}MAD{serial:06d}"
        return Enterprise(
            organisation=organisation,
            uscc=body + uscc.calc_check_digit(body),
            kind=kind,
            legal_representative=self.names.person(),
            phone=self.names.phone(),
            region_path=seat.path,
            **self.names.permit(kind, self.today),
        )

    def hire(self, firms: Sequence[Firm], roles: Sequence[str]) -> None:
        for key, (firm, role) in zip(
            reserve(User, len(firms) * len(roles)), ((f, role) for f in firms for role in roles), strict=True
        ):
            user = User(
                pk=key,
                username=f"staff-{key}",
                name=self.names.person(),
                phone=self.names.phone(),
                role=role,
                organisation=firm.enterprise.organisation,
                password=NO_PASSWORD,
            )
            firm.people.append(user)
        load(user for firm in firms for user in firm.people)

    def persons(self, count: int, firms: dict[EnterpriseKind, list[Firm]]) -> Iterator[Person]:
        """Employed by contractors for the greater part; the first firms of each kind are the big ones."""
        employers = [
            *firms[EnterpriseKind.CONTRACTOR],
            *firms[EnterpriseKind.SUPERVISION],
            *firms[EnterpriseKind.LIFTING],
        ]
        self.posts = self.rng.choices(POSTS, [share for share, _, _ in POSTS], k=count)
        self.keys = reserve(Person, count)
        for serial, (key, (_, post, _)) in enumerate(zip(self.keys, self.posts, strict=True)):
            number = identity_number(serial)
            yield Person(
                pk=key,
                name=self.names.person(),
                id_number=number,
                id_index=blind_index(number),
                id_masked=masked(number),
                phone=self.names.phone(),
                employer=employers[int(len(employers) * self.rng.random() ** 2)].enterprise,
                post=post,
            )

    def certificates(self, count: int) -> Iterator[Certificate]:
        """Most are in force, some run out soon, some have run out."""
        held = [(key, kind) for key, (_, _, kind) in zip(self.keys, self.posts, strict=True) if kind]
        numbered = enumerate(zip(reserve(Certificate, len(held)), held, strict=True), AFTER_CREWS)
        for serial, (key, (person, kind)) in numbered:
            until = self.today + timedelta(days=self.rng.randint(-90, 3 * 365 - 90))
            issued = until - timedelta(days=3 * 365)
            special = kind == CertificateKind.SPECIAL
            trade = self.rng.choice(TRADES) if special else ""
            yield Certificate(
                pk=key,
                person_id=person,
                kind=kind,
                trade=trade,
                number=(
                    f"冀A{trade}{issued:%Y}{serial:06d}" if special else f"冀建安{kind}（{issued:%Y}）{serial:07d}"
                ),
                issued_on=issued,
                valid_until=until,
                issuer="河北省住房和城乡建设厅（演示）",
            )

    # Sites --------------------------------------------------------------------------------------------------------

    def sites(
        self, amounts: Amounts, firms: dict[EnterpriseKind, list[Firm]], present: int, categories: dict[str, str]
    ) -> list[Site]:
        """Projects with parties, posts and dangerous works, and how many hazards each will have."""
        count = amounts.projects - Project.objects.count()
        near = by_unit(firms)
        projects, parties, members, works, hands = [], [], [], [], []
        serials: Counter[tuple[str, date]] = Counter()
        for key, region in zip(
            reserve(Project, count), self.rng.choices(self.counties, self.weights, k=count), strict=True
        ):
            local = near.get(region.unit_id or region.pk, {})
            contractor, supervision, owner = (pick(self.rng, local, firms, kind) for kind, _, _ in FIRM_KINDS[:3])
            started = self.today - timedelta(days=self.rng.randint(30, DAYS))
            serials[region.code, started] += 1
            project = drawn_project(
                self.rng, region, 10 + serials[region.code, started], contractor.enterprise, started
            )
            project.pk = key
            if (self.today - started).days > 700 and self.rng.random() < 0.5:
                project.stage = Stage.COMPLETED
            projects.append(project)
            roles = {
                PartyRole.GENERAL_CONTRACTOR: contractor.enterprise,
                PartyRole.SUPERVISION_FIRM: supervision.enterprise,
                PartyRole.OWNER: owner.enterprise,
            }
            parties += parties_of(project, self.names, roles)
            director, manager, engineer = *contractor.people, *supervision.people
            posts = {"project_manager": manager, "supervising_engineer": engineer}
            members += members_of(project, {POST_OF_ROLE[role]: user for role, user in posts.items()})
            works += drawn_works(project, self.rng, categories, self.today)
            hands.append((director, manager, engineer))
        for records in (projects, parties, members, works):
            load(keyed(records))
        edges = scaled(list(accumulate(map(self.share, projects), initial=0.0)), amounts.hazards - present)
        return [
            Site(p, *h, low, high - low) for p, h, (low, high) in zip(projects, hands, pairwise(edges), strict=True)
        ]

    def share(self, project: Project) -> float:
        """How many hazards a project has beside others: by its age, and a few have very many."""
        assert project.started_on  # noqa: S101  (drawn above)
        return (self.today - project.started_on).days * min(BIGGEST, (1 - self.rng.random()) ** -0.9)


def county_weights(counties: Sequence[Region]) -> list[float]:
    """Each county's part of its city's weight."""
    within: Counter[Any] = Counter()
    for county in counties:
        within[county.unit_id] += KIND_WEIGHTS[county.kind]  # type: ignore[assignment]
    return [
        CITY_WEIGHTS.get(c.unit.code if c.unit else "", OTHERS_WEIGHT) * KIND_WEIGHTS[c.kind] / within[c.unit_id]
        for c in counties
    ]


def by_unit(firms: dict[EnterpriseKind, list[Firm]]) -> dict[Any, dict[EnterpriseKind, list[Firm]]]:
    """The firms of each city by kind."""
    near: dict[Any, dict[EnterpriseKind, list[Firm]]] = {}
    for kind, of_kind in firms.items():
        for firm in of_kind:
            seat = firm.enterprise.organisation.region
            near.setdefault(seat.unit_id or seat.pk, {}).setdefault(kind, []).append(firm)
    return near


def pick(rng: random.Random, local: Any, firms: dict[EnterpriseKind, list[Firm]], kind: EnterpriseKind) -> Firm:
    """A firm of the same city four times of five, else one from anywhere."""
    return rng.choice(local[kind] if local.get(kind) and rng.random() < 0.8 else firms[kind])


def keyed(records: Sequence[Any]) -> Iterator[Any]:
    """Records with keys of their model's sequence where they have none."""
    missing = [record for record in records if record.pk is None]
    for record, key in zip(missing, reserve(type(records[0]), len(missing)) if missing else (), strict=True):
        record.pk = key
    return iter(records)


def scaled(shares: Sequence[float], total: int) -> list[int]:
    """Cumulated shares as whole numbers from 0 to `total`."""
    return [round(share * total / shares[-1]) for share in shares]


def identity_number(serial: int) -> str:
    """A number with a right check digit in a division that does not exist."""
    born = date(1962, 1, 1) + timedelta(days=serial // 900)
    body = f"{NOWHERE}{born:%Y%m%d}{serial % 900 + 100}"
    return body + ric.calc_check_digit(f"{body}0")
