"""Celery's entrances to what inspections do by the clock."""

from apps.core.tasks import task
from apps.inspections.services import libraries, publication, zero_reports
from apps.inspections.sync import arrivals


@task(name="inspections.remind")
def remind() -> None:
    publication.remind_of_publication()
    libraries.remind_of_certificates()
    zero_reports.remind_of_reports()


@task(name="inspections.forget_abandoned_photos")
def forget_abandoned_photos() -> None:
    arrivals.forget_abandoned()
