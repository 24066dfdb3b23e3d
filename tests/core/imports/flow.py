"""An import as its user goes through it, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from apps.accounts.models import User
from apps.core import jobs
from apps.core.models import ImportBatch, Job


def workbook(*rows: Sequence[Any], merges: Sequence[str] = (), name: str = "台账.xlsx") -> SimpleUploadedFile:
    """A file of one sheet."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    for area in merges:
        sheet.merge_cells(area)
    return as_upload(book, name)


def as_upload(book: Workbook, name: str = "台账.xlsx") -> SimpleUploadedFile:
    out = BytesIO()
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue())


def content(answer: Any) -> bytes:
    """The bytes of a file that was answered, which is closed by reading them."""
    return b"".join(answer.streaming_content)


def run_jobs() -> list[Job]:
    """What the workers would do by now."""
    waiting = list(Job.objects.open().order_by("created_at"))
    for job in waiting:
        jobs.run(str(job.pk))
        job.refresh_from_db()
    return waiting


@dataclass
class Flow:
    """One user's way through one import; each step answers with the page that follows it."""

    user: User
    register: str
    client: Client = field(default_factory=Client)
    batch: ImportBatch | None = None

    def __post_init__(self) -> None:
        self.client.force_login(self.user)

    @property
    def url(self) -> str:
        return f"/imports/{self.the_batch.pk}/"

    @property
    def the_batch(self) -> ImportBatch:
        assert self.batch is not None
        self.batch.refresh_from_db()
        return self.batch

    @property
    def job(self) -> Job:
        """The job of the step that was begun last."""
        assert self.the_batch.job is not None
        return self.the_batch.job

    def upload(self, file: Any) -> Any:
        answer = self.client.post(f"/imports/{self.register}/new/", {"file": file})
        if answer.status_code == 302:
            self.batch = ImportBatch.objects.get(pk=answer["Location"].split("/")[2])
        return self.client.get(answer["Location"], follow=True) if answer.status_code == 302 else answer

    def match(self, **changes: str) -> Any:
        """Accept the proposal, with changes such as column_3="" or value_grade_0="major-4"."""
        page = self.client.get(f"{self.url}columns/")
        fields = page.context["form"].fields
        data = {name: form_field.initial or "" for name, form_field in fields.items()}
        data |= {name.replace("_", "-"): value for name, value in changes.items()}
        return self.client.post(f"{self.url}columns/", data, follow=True)

    def decide(self, button: str = "confirm", *, unknown: str = "", **answers: Any) -> Any:
        """Press a button of the preview; `unknown` answers for every name that has no suggestion."""
        form = self.client.get(self.url).context["form"]
        data = {name: form_field.initial or "" for name, form_field in form.fields.items()}
        for number in range(len(form.unknown)):
            data[f"name-{number}"] = data[f"name-{number}"] or unknown
        data = {name: value for name, value in (data | answers).items() if value != ""}
        return self.client.post(self.url, data | {button: "1"}, follow=True)

    def through(self, file: Any, **changes: str) -> Any:
        """Up to the preview."""
        self.upload(file)
        return self.match(**changes)

    def whole(self, file: Any, **answers: Any) -> Any:
        """To the very end."""
        self.through(file)
        self.decide(**answers)
        run_jobs()
        return self.client.get(self.url)


def problems(page: Any) -> list[tuple[int, str, str, str]]:
    """What the preview lists: row, column, value, reason."""
    return [(p["row"], p["column"], p["value"], p["reason"]) for p in page.context["problems"]]
