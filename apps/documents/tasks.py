"""Work of this app after its transactions."""

from apps.core.tasks import task
from apps.documents import services


@task(name="documents.make_files")
def make_files(paper_id: int) -> None:
    services.made_files(paper_id)
