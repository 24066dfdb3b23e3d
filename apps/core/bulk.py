"""One thing done to many rows of a list (批量办理): counted and confirmed first, then done row by row.

Each row is judged by its own rights: one that may not be touched is passed over with its reason, the others are done,
each in a transaction of its own.
Done twice it is harmless: what is done already refuses itself.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from tempfile import TemporaryFile
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.core.excel.layout import ExportColumn
from apps.core.excel.writing import write_styled
from apps.core.exports import XLSX, about, chosen, of_the_list, ticked
from apps.core.files import store
from apps.core.forms import ScopedForm
from apps.core.jobs import Progress, job_kind, run_at_once, start_job
from apps.core.listing import Listing
from apps.core.models import Job
from apps.core.registers import Register, registry
from apps.core.workflow import Workflow

KIND = "core.bulk"
AT_ONCE = 200
"""Up to so many rows are judged on the confirm page and done while the user waits; more of them are a job."""
MOST = 10_000
"""More than a worker does within its time; who means more narrows the filter."""
SHOWN = 20
DONE = "已办理"


class NothingAsked(ScopedForm):
    """The form of an action that needs no more than its confirmation."""


def nothing_done(record: Any, *, by: Any, **facts: Any) -> None:
    """What an action does that only answers."""


@dataclass(frozen=True)
class BulkAction:
    """What can be done to the rows of a register; `form` asks once for all of them, its `facts()` go to `act`.

    `refusal(record, user)` says why this row can't be done now, or None; `act(record, by=…, **facts)` does it and
    may raise ValidationError with a reason of its own.  An action with `answer(selection)` changes nothing and is not
    confirmed: it answers with something made of the rows, or raises ValidationError.
    """

    name: str
    label: str
    permission: str
    refusal: Callable[[Any, Any], str | None]
    act: Callable[..., object] = nothing_done
    form: type[ScopedForm] = NothingAsked
    consequence: str = ""
    danger: bool = False
    answer: Callable[["Selection"], HttpResponse] | None = None


def of_move(workflow: Workflow, name: str, *, label: str = "", **told: Any) -> BulkAction:
    """The move of a transition table, made for many."""
    move = workflow.by_name[name]

    def refusal(record: Any, user: Any) -> str | None:
        return workflow.refusal(record, name, user)

    def act(record: Any, *, by: Any, **facts: Any) -> object:
        return workflow.perform(record, name, by=by, **facts)

    return BulkAction(name, label or f"批量{move.label}", move.permission, refusal, act, danger=move.danger, **told)


@dataclass
class Selection:
    """The rows that were ticked, or all that the list finds."""

    register: Register
    user: Any
    query: QueryDict
    keys: list[Any] | None

    @cached_property
    def listing(self) -> Listing:
        return Listing(self.register, self.user, of_the_list(self.query))

    @cached_property
    def rows(self) -> QuerySet:
        return chosen(self.listing, self.keys)

    @cached_property
    def count(self) -> int:
        return self.rows.order_by().count()

    @property
    def params(self) -> dict[str, Any]:
        return {"register": self.register.name, "query": self.listing.query.urlencode(), "keys": self.keys}


# Asking ---------------------------------------------------------------------------------------------------------------


def offered(register: Register, user: Any) -> list[BulkAction]:
    return [action for action in register.actions if user.has_perm(action.permission)]


def action_of(register: Register, user: Any, name: str) -> BulkAction:
    action = next((a for a in register.actions if a.name == name), None)
    if action is None:
        raise Http404
    if not register.may(user, "view") or not user.has_perm(action.permission):
        raise PermissionDenied
    return action


@require_http_methods(["GET", "POST"])
def bulk_page(request: HttpRequest, register: Register, action: str) -> HttpResponse:
    """First the confirm page, which says how many and which not; sent from there, the action is done."""
    user: Any = request.user
    wanted = action_of(register, user, action)
    selection = Selection(register, user, request.GET.copy(), ticked(request, register))
    back = f"{reverse(f'{register.name}:list')}{selection.listing.url()}"
    if request.method == "GET":
        return redirect(back)
    confirmed = "confirmed" in request.POST
    form = wanted.form(request.POST if confirmed else None, user=user)
    if selection.count > MOST:
        messages.error(request, f"一次最多办理 {MOST} 条，符合条件的有 {selection.count} 条。请缩小筛选范围后再办理。")
        return redirect(back)
    if wanted.answer:
        return answered(wanted.answer, selection, request, back)
    if confirmed and form.is_valid() and request.POST["confirmed"] == str(selection.count):
        return redirect("jobs:detail", run(wanted, selection, request.POST).pk)
    context = {
        "title": wanted.label,
        "action": wanted,
        "form": form,
        "keys": selection.keys,
        "count": selection.count,
        "changed": confirmed and not form.errors,
        "at_once": AT_ONCE,
        "cancel_url": back,
        "crumbs": [{"label": register.label, "url": back}, {"label": wanted.label, "url": ""}],
        **judged(wanted, selection),
    }
    return render(request, "core/bulk.html", context, status=422 if form.errors else 200)


def answered(
    answer: Callable[[Selection], HttpResponse], selection: Selection, request: HttpRequest, back: str
) -> HttpResponse:
    """The answer itself, or the list again with the reason why there is none."""
    try:
        return answer(selection)
    except ValidationError as refusal:
        messages.error(request, "；".join(refusal.messages))
        return redirect(back)


def judged(action: BulkAction, selection: Selection) -> dict[str, Any]:
    """While they are few, which rows will not be done and why; of many, that each is judged when it is its turn."""
    if selection.count > AT_ONCE:
        return {"is_judged": False}
    refused = [
        {"record": record, "url": selection.register.row_url(record), "reason": reason}
        for record in selection.rows
        if (reason := action.refusal(record, selection.user))
    ]
    left = selection.count - len(refused)
    return {"is_judged": True, "refused": refused[:SHOWN], "refused_count": len(refused), "left": left}


def run(action: BulkAction, selection: Selection, data: QueryDict) -> Job:
    """The job that does it: done at once while the rows are few."""
    asked = {name: data.getlist(name) for name in action.form.base_fields}
    params = selection.params | {"action": action.name, "asked": asked}
    title = f"{action.label}（{selection.register.label}）"
    if selection.count > AT_ONCE:
        return start_job(KIND, by=selection.user, title=title, params=params, total=selection.count)
    return run_at_once(KIND, by=selection.user, title=title, params=params)


# Doing ----------------------------------------------------------------------------------------------------------------


@job_kind(KIND)
def do(job: Job, progress: Progress) -> None:
    """Row by row, with the rights that the user has at this moment; the result of each goes into a workbook."""
    user, register = job.created_by, registry[job.params["register"]]
    try:
        action = action_of(register, user, job.params["action"])
    except (PermissionDenied, Http404) as error:
        raise ValidationError("您已没有办理的权限") from error
    selection = Selection(register, user, QueryDict(job.params["query"]), job.params["keys"])
    data = QueryDict(mutable=True)
    for name, values in job.params["asked"].items():
        data.setlist(name, values)
    form = action.form(data, user=user)
    if not form.is_valid():
        raise ValidationError([error for errors in form.errors.values() for error in errors])
    facts = form.facts() if hasattr(form, "facts") else dict(form.cleaned_data)
    pks = list(selection.rows.values_list("pk", flat=True))
    progress.of(len(pks))
    told: list[tuple[str, str]] = []
    try:
        for line in lines(action, register, user, pks, facts):
            told.append(line)
            progress.advance()
    finally:
        keep(job, selection, told)


def lines(
    action: BulkAction, register: Register, user: Any, pks: list[Any], facts: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """Key and result of each row, as it is done."""
    for pk in pks:
        record = register.rows(user).filter(pk=pk).first()
        if record is None:
            continue
        yield str(getattr(record, register.key)), done(action, record, user, facts)


def done(action: BulkAction, record: Any, user: Any, facts: dict[str, Any]) -> str:
    if reason := action.refusal(record, user):
        return reason
    try:
        action.act(record, by=user, **facts)
    except Http404:
        return "记录已不在您的辖区"
    except ValidationError as refusal:
        return "；".join(refusal.messages)
    return DONE


def keep(job: Job, selection: Selection, told: list[tuple[str, str]]) -> None:
    """What was done and what not, in figures and as a workbook with every row; also of a job that was called off."""
    results = Counter(result for _, result in told)
    job.result = {
        "done": results.pop(DONE, 0),
        "reasons": [{"reason": reason, "count": count} for reason, count in results.most_common(SHOWN)],
        "refused": results.total(),
    }
    columns = [ExportColumn(selection.register.columns[0].label, width=24), ExportColumn("办理结果", width=60)]
    with TemporaryFile() as file:
        write_styled(
            file,
            title=job.title,
            subtitle_lines=about(selection.listing, len(told), ticked=selection.keys is not None),
            columns=columns,
            rows=told,
            sheet_name="办理结果",
        )
        name = f"{job.title}-办理结果.xlsx"
        job.result_file = store(file, name=name, by=job.created_by, content_type=XLSX)
