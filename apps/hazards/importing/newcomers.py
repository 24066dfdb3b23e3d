"""Projects and firms that a ledger names and the platform did not know: minimal records, to be completed (待补全)."""

from typing import Any

from apps.accounts.models import OrganisationKind
from apps.accounts.services.organisations import create_organisation
from apps.core.events import record_event
from apps.enterprises.codes import PROVISIONAL, problem
from apps.enterprises.models import Enterprise, EnterpriseKind
from apps.enterprises.services import stay_known_to
from apps.projects.models import Project, ProjectKind
from apps.projects.services import give_number
from apps.regions.models import Region

KINDS = {"contractor": EnterpriseKind.CONTRACTOR, "owner_firm": EnterpriseKind.OWNER}
UNNAMED = "未填写名称的工程"


def new_firm(name: str, named_in: str, region: Region, by: Any) -> Enterprise:
    """A firm of which only the name is known; its true code is entered when it is completed."""
    organisation = create_organisation(kind=OrganisationKind.ENTERPRISE, name=name, region=region, by=by)
    firm = Enterprise(
        organisation=organisation,
        uscc=stand_in(organisation.pk),
        kind=KINDS.get(named_in, EnterpriseKind.OTHER),
        region_path=region.path,
    )
    firm.save(force_insert=True)
    stay_known_to(firm, by)
    record_event(firm, "registered", by=by, facts={"name": name, "uscc": firm.uscc, "incomplete": True})
    return firm


def stand_in(number: int) -> str:
    """Unique, of the form the column demands, and never a valid code: its check digit is wrong."""
    code = f"{PROVISIONAL}X{number:09d}"
    return code if problem(code) else f"{PROVISIONAL}W{number:09d}"


def new_project(name: str, region: Region, by: Any) -> Project:
    project = Project(name=name or UNNAMED, region=region, region_path=region.path, kind=ProjectKind.OTHER)
    give_number(project)
    project.save(force_insert=True)
    record_event(project, "registered", by=by, facts={"name": project.name, "region": region.pk, "incomplete": True})
    return project
