"""Numbers of papers (文号): one gap-free series per office, kind and year, such as 冀石建安改〔2026〕000123号.

A number is given in the transaction that issues the paper, under a lock on its series: what fails takes no number, two
never take the same one, and a paper that is voided keeps its own.
"""

from typing import Any

from apps.accounts.models import Organisation, OrganisationKind
from apps.core.scoping import lineage
from apps.documents.kinds import PaperKind
from apps.documents.models import IssuingOffice, PaperSeries
from apps.regions.models import Region

PROVINCE = "冀"
ENDINGS = {OrganisationKind.BUREAU: "建", OrganisationKind.STATION: "建安", OrganisationKind.ENFORCEMENT: "执"}
UNITS = ("土家族自治县", "满族自治县", "蒙古族自治县", "回族自治县", "自治县", "新区", "省", "市", "区", "县")


def take_serial(organisation_id: int, kind: str, year: int) -> int:
    """The next number of the series; whoever else wants one waits until this transaction has ended."""
    series = locked_series(organisation_id, kind, year)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last


def locked_series(organisation_id: int, kind: str, year: int) -> PaperSeries:
    key: dict[str, Any] = {"organisation_id": organisation_id, "kind": kind, "year": year}
    PaperSeries.objects.get_or_create(**key)
    return PaperSeries.objects.select_for_update().get(**key)


def number_of(prefix: str, kind: PaperKind, year: int, serial: int) -> str:
    return f"{prefix}{kind.character}〔{year}〕{serial:06d}号"


def office_of(organisation: Organisation) -> IssuingOffice:
    """How the office numbers its papers: as it has said, else by a sample of our own making, which is not kept yet."""
    known = IssuingOffice.objects.filter(pk=organisation.pk).first()
    return known or IssuingOffice(organisation=organisation, prefix=free_prefix(organisation))


def kept_office(organisation: Organisation) -> IssuingOffice:
    """The same as a row: numbers are given by it, so nobody else can take its words."""
    prefix = office_of(organisation).prefix
    return IssuingOffice.objects.get_or_create(organisation=organisation, defaults={"prefix": prefix})[0]


def free_prefix(organisation: Organisation) -> str:
    """The sample prefix, told apart by the office's key where another office has it already."""
    sample = sample_prefix(organisation)
    taken = IssuingOffice.objects.filter(prefix=sample).exclude(pk=organisation.pk).exists()
    return f"{sample}{organisation.pk}" if taken else sample


def sample_prefix(organisation: Organisation) -> str:
    """冀石长安建安: province, city's first character, county, kind of office.  No text prescribes it."""
    place = organisation.region
    above = [Region.objects.get(path=path).name for path in lineage(place.path)[1:-1]]
    first = above[0][:1] if above else ""
    own = "" if place.path == lineage(place.path)[0] else short(place.name)
    own = own if above else own[:1]
    return f"{PROVINCE}{first}{own}{ENDINGS.get(OrganisationKind(organisation.kind), '建')}"


def short(name: str) -> str:
    """长安区 -> 长安; a name that is all unit stays as it is."""
    for unit in UNITS:
        if name.endswith(unit) and len(name) > len(unit) + 1:
            return name.removesuffix(unit)
    return name
