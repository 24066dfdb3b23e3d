"""Celery's entrances to what inspections do by the clock."""

from apps.core.tasks import task
from apps.inspections.services import libraries, publication, zero_reports


@task(name="inspections.remind")
def remind() -> None:
    publication.remind_of_publication()
    libraries.remind_of_certificates()
    zero_reports.remind_of_reports()
