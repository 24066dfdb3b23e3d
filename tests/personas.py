"""People of each role in a region, for tests: one line says who acts."""

from itertools import count
from typing import Any

from django.test import Client

from apps.accounts.models import Organisation, OrganisationKind, User
from apps.accounts.roles import ROLES
from apps.regions.models import Region
from apps.regions.services import load_regions

PASSWORD = "Anquan-Diyi-2026"

PROVINCE = "130000"
SHIJIAZHUANG = "130100"
CHANGAN = "130102"  # 长安区, a district of 石家庄
QIAOXI = "130104"  # 桥西区, its neighbour
LUBEI = "130203"  # 路北区, a district of 唐山
DINGZHOU = "130682"  # carries a code of 保定 but answers to the province

KINDS = {
    "province_officer": OrganisationKind.BUREAU,
    "city_officer": OrganisationKind.BUREAU,
    "county_officer": OrganisationKind.BUREAU,
    "station_head": OrganisationKind.STATION,
    "inspector": OrganisationKind.STATION,
    "enforcement_officer": OrganisationKind.ENFORCEMENT,
    "permit_officer": OrganisationKind.PERMIT_OFFICE,
    "expert": OrganisationKind.EXPERT_POOL,
    "system_admin": OrganisationKind.BUREAU,
    "security_admin": OrganisationKind.BUREAU,
    "auditor": OrganisationKind.BUREAU,
}
HOMES = {
    "province_officer": PROVINCE,
    "city_officer": SHIJIAZHUANG,
    "expert": PROVINCE,
    "system_admin": PROVINCE,
    "security_admin": PROVINCE,
    "auditor": PROVINCE,
}
_numbers = count(1)


def region(code: str = CHANGAN) -> Region:
    """A region of the real tree, which tests that truncate tables have to load again."""
    if not Region.objects.exists():
        load_regions()
    return Region.objects.get(code=code)


def organisation(kind: str = OrganisationKind.STATION, at: str = CHANGAN, **fields: Any) -> Organisation:
    """The one authority of this kind in the region; every call for an enterprise makes a new one."""
    place = region(at)
    known = Organisation.objects.filter(kind=kind, region=place).first()
    if known and kind != OrganisationKind.ENTERPRISE and not fields:
        return known
    label = OrganisationKind(kind).label
    name = f"第{next(_numbers)}建筑公司" if kind == OrganisationKind.ENTERPRISE else f"{place.name}{label}"
    return Organisation.objects.create(
        **{"kind": kind, "name": name, "region": place, "region_path": place.path} | fields
    )


def persona(role: str, *, at: str | None = None, organisation: Organisation | None = None, **fields: Any) -> User:
    """An account of this role; without an organisation the usual one of the region, or a new enterprise.

    Not the same person twice: two calls are two colleagues.
    """
    number = next(_numbers)
    home = organisation or _home(role, at or HOMES.get(role, CHANGAN))
    label = ROLES[role].label if role else "新人"
    values = {
        "username": f"{role or 'nobody'}-{number}",
        "name": f"{label}{number}",
        "role": role,
        "organisation": home,
    }
    user = User(**values | fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def _home(role: str, at: str) -> Organisation:
    return organisation(KINDS.get(role, OrganisationKind.ENTERPRISE), at)


def inspector(at: str = CHANGAN, **fields: Any) -> User:
    return persona("inspector", at=at, **fields)


def station_head(at: str = CHANGAN, **fields: Any) -> User:
    return persona("station_head", at=at, **fields)


def city_officer(at: str = SHIJIAZHUANG, **fields: Any) -> User:
    return persona("city_officer", at=at, **fields)


def province_officer(**fields: Any) -> User:
    return persona("province_officer", **fields)


def everyone(at: str = CHANGAN) -> dict[str, User]:
    """One account of each role: officers of this region, its city and the province, staff of one new enterprise."""
    firm = organisation(OrganisationKind.ENTERPRISE, at)
    city = region(at).unit
    homes = {"city_officer": organisation(OrganisationKind.BUREAU, city.code if city else at)}
    return {
        code: persona(code, at=HOMES.get(code, at), organisation=firm if role.side == "enterprise" else homes.get(code))
        for code, role in ROLES.items()
    }


def signed_in(user: User) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(user)
    return client
