"""Invented projects with their parties, posts and dangerous works."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from apps.accounts.models import User
from apps.dashboards.demo import words
from apps.dashboards.demo.people import Names
from apps.enterprises.models import Enterprise
from apps.people.models import Person
from apps.projects.dangerous import classify
from apps.projects.models import (
    DangerousWork,
    PartyRole,
    Post,
    Project,
    ProjectKind,
    ProjectMember,
    ProjectParty,
    Stage,
    Structure,
)
from apps.regions.models import Region

UNDER_WAY = (Stage.FOUNDATION, Stage.STRUCTURE, Stage.STRUCTURE, Stage.DECORATION)


def make_project(
    rng: random.Random,
    names: Names,
    region: Region,
    serial: int,
    firms: Mapping[Any, Enterprise],
    today: date,
) -> Project:
    """One project at a place near the region's centre, with owner, general contractor and supervision firm."""
    started = today - timedelta(days=rng.randint(60, 700))
    project = drawn_project(rng, region, serial, firms[PartyRole.GENERAL_CONTRACTOR], started)
    project.save()
    ProjectParty.objects.bulk_create(parties_of(project, names, firms))
    return project


def drawn_project(rng: random.Random, region: Region, serial: int, contractor: Enterprise, started: date) -> Project:
    code = region.code if region.code.isdigit() else "130000"
    return Project(
        number=f"{code}{started:%y%m%d}01{serial % 100:02d}",
        name=f"{region.name}{rng.choice(words.PROJECT_PLACES.split('|'))}{rng.choice(words.PROJECT_KINDS)}",
        region=region,
        region_path=region.path,
        enterprise=contractor,
        address=f"{region.name}{rng.choice(words.PROJECT_PLACES.split('|'))}路 {rng.randint(1, 300)} 号",
        # One of a county's sites at most in three is at rest, or a workbench would have none under way.
        stage=rng.choice(UNDER_WAY) if serial % 3 else Stage.SUSPENDED,
        kind=rng.choice((ProjectKind.RESIDENTIAL, ProjectKind.PUBLIC, ProjectKind.MUNICIPAL)),
        structure=rng.choice((Structure.FRAME, Structure.SHEAR_WALL, Structure.FRAME_SHEAR_WALL)),
        area_m2=Decimal(rng.randint(30, 1500) * 100),
        contract_amount=Decimal(rng.randint(800, 60000)),
        permit_number=f"{code}{started:%Y%m%d}{serial % 100:02d}01",
        permit_date=started,
        started_on=started,
        planned_end=started + timedelta(days=rng.randint(760, 1100)),
        **near(rng, region),
    )


def parties_of(project: Project, names: Names, firms: Mapping[Any, Enterprise]) -> list[ProjectParty]:
    return [
        ProjectParty(
            project=project,
            role=role,
            enterprise=firm,
            leader=names.person(),
            phone=names.phone(),
            started_on=project.started_on,
        )
        for role, firm in firms.items()
    ]


def near(rng: random.Random, region: Region) -> dict[str, Decimal | None]:
    """A point within some kilometres of the region's centre, where that is known."""
    if region.longitude is None or region.latitude is None:
        return {"longitude": None, "latitude": None}
    return {
        "longitude": region.longitude + Decimal(rng.randint(-40000, 40000)) / 1_000_000,
        "latitude": region.latitude + Decimal(rng.randint(-30000, 30000)) / 1_000_000,
    }


def engage(project: Project, posts: Mapping[Any, User], persons: Mapping[Any, Person] | None = None) -> None:
    ProjectMember.objects.bulk_create(members_of(project, posts, persons))


def members_of(
    project: Project, posts: Mapping[Any, User], persons: Mapping[Any, Person] | None = None
) -> list[ProjectMember]:
    """Accounts on their posts, together with the persons behind them where those are entered."""
    known = persons or {}
    return [
        ProjectMember(project=project, user=user, person=known.get(user.pk), post=post, started_on=project.started_on)
        for post, user in posts.items()
    ]


POST_OF_ROLE = {
    "project_manager": Post.PROJECT_MANAGER,
    "project_safety_officer": Post.PROJECT_SAFETY_OFFICER,
    "supervising_engineer": Post.SUPERVISING_ENGINEER,
    "owner": Post.OWNER_REPRESENTATIVE,
}

# Category code, name, place, parameters: some above the threshold of 超危大, some below.
WORKS: tuple[tuple[str, str, str, dict[str, Decimal]], ...] = (
    ("pit", "深基坑开挖与支护", "地下室", {"excavation_depth": Decimal("9.8")}),
    ("formwork", "大堂高支模", "1# 楼首层大堂", {"support_height": Decimal("8.4"), "span": Decimal("12")}),
    ("scaffold", "落地式钢管脚手架", "2# 楼外立面", {"scaffold_height": Decimal("32")}),
)


def add_works(project: Project, rng: random.Random, categories: dict[str, str], today: date) -> None:
    DangerousWork.objects.bulk_create(drawn_works(project, rng, categories, today))


def drawn_works(project: Project, rng: random.Random, categories: dict[str, str], today: date) -> list[DangerousWork]:
    """One to three dangerous works, classified as any other would be."""
    works = []
    for kind, name, place, parameters in rng.sample(WORKS, rng.randint(1, 3)):
        verdict = classify(categories[kind], parameters)
        works.append(
            DangerousWork(
                project=project,
                category=categories[kind],
                name=name,
                place=place,
                parameters=parameters,
                is_dangerous=verdict.is_dangerous,
                is_super=verdict.is_super,
                criterion="；".join(verdict.reasons),
                planned_start=today - timedelta(days=30),
                planned_end=today + timedelta(days=90),
                started_on=rng.choice((None, today - timedelta(days=20))),
            )
        )
    return works
