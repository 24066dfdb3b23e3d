"""Pages of records that move by a workflow: the case file, and one page for each move.

For registers whose records have no pages of their own; papers and risk points have, and make their moves as here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.forms import RecordForm
from apps.core.history import history
from apps.core.models import Event
from apps.core.pages import crumbs, int_or_none, need, register_urls
from apps.core.registers import Register
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import StaleRecord, Transition, Workflow

Sections = list[dict[str, Any]]
STALE = "这条记录刚被他人办理过，请核对后重新提交；您填写的内容仍在"


@dataclass(frozen=True)
class Case:
    """What the pages of one kind of record show.

    `sections(record, user)` are {title, facts, note?}; `way` is how the strip shows the usual way: label and the states
    that stand on this step.  `further(record, user)` are blocks of what hangs on the record, as
    templates/core/_further.html draws them.  `withheld(user)` are the facts that the history does not tell this user.
    `move_templates` are the pages of moves that need more than their form.
    """

    register: Register
    workflow: Workflow
    forms: Mapping[str, type[RecordForm]]
    sections: Callable[[Any, Any], Sections]
    way: Sequence[tuple[str, Sequence[str]]]
    further: Callable[[Any, Any], Sections] = field(default=lambda record, user: [])
    withheld: Callable[[Any], Sequence[str]] = field(default=lambda user: ())
    move_templates: Mapping[str, str] = field(default_factory=dict)

    def found(self, request: HttpRequest, key: str) -> Any:
        need(self.register, request.user, "view")
        return get_visible_or_404(self.register.rows(request.user), request.user, **{self.register.key: key})

    def marks(self, record: Any) -> list[str]:
        """The state, as the list shows it."""
        return [column.cell(record) for column in self.register.columns if column.path == "state" and column.cell]

    def steps(self, record: Any) -> list[dict[str, str]]:
        """Where the record stands, and when it came there; one that left the usual way stands on none of the steps."""
        reached = next((n for n, (_, states) in enumerate(self.way) if record.state in states), None)
        if reached is None:
            return [{"label": label, "state": "", "note": ""} for label, _ in self.way]
        days = dict(Event.objects.of(record).order_by("id").values_list("after", "happened_at"))
        is_last = reached == len(self.way) - 1
        states = ["done"] * reached + ["done" if is_last else "now"] + [""] * (len(self.way) - reached - 1)
        return [
            {
                "label": label,
                "state": state,
                "note": record.get_state_display() if n == reached else day_of(days, here) if n < reached else "",
            }
            for n, ((label, here), state) in enumerate(zip(self.way, states, strict=True))
        ]


def line(label: str, value: Any, *, wide: bool = False, url: str = "") -> dict[str, Any]:
    """One fact of a section; a day as 2026-11-26."""
    told = value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value
    return {"label": label, "value": told, "wide": wide, "url": url}


def moment(value: datetime | str | None) -> str:
    """A time as people here read it, also where a document holds it as ISO text; "" for none."""
    at = parse_datetime(value) if isinstance(value, str) else value
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def day_of(days: Mapping[str, datetime], states: Sequence[str]) -> str:
    """The last day on which one of these states was reached."""
    reached = [days[state] for state in states if state in days]
    return f"{timezone.localtime(max(reached)):%m-%d}" if reached else ""


def move_url(case: Case, record: Any, move: Transition) -> str:
    return reverse(f"{case.register.name}:move", args=[getattr(record, case.register.key), move.name])


@require_GET
def detail_page(request: HttpRequest, key: str, *, case: Case) -> HttpResponse:
    return render(request, "core/case.html", detail_context(case, case.found(request, key), request.user))


def detail_context(case: Case, record: Any, user: Any) -> dict[str, Any]:
    """What core/case.html shows; a page with more to show extends it."""
    moves = case.workflow.open_to(record, user)
    main = next((move for move in moves if not move.danger), None)
    return {
        "title": f"{record._meta.verbose_name} {record}",
        "record": record,
        "marks": case.marks(record),
        "crumbs": crumbs(case.register, str(record)),
        "steps": case.steps(record),
        "sections": case.sections(record, user),
        "timeline": history([record], without=case.withheld(user)),
        "further": case.further(record, user),
        "actions": [
            {"label": move.label, "url": move_url(case, record, move), "primary": move is main} for move in moves
        ],
    }


@require_http_methods(["GET", "POST"])
def move_page(request: HttpRequest, key: str, move: str, *, case: Case) -> HttpResponse:
    """The form of a move, and making it.  One that is no longer open says why, and keeps what was typed."""
    record = case.found(request, key)
    if not case.workflow.offers(move):
        raise Http404
    transition = case.workflow.by_name[move]
    if not request.user.has_perm(transition.permission):
        raise PermissionDenied
    refusal = case.workflow.refusal(record, move, request.user)
    if refusal and request.method == "GET":
        messages.error(request, refusal)
        return redirect(record)
    form = case.forms[move](asked(request), user=request.user, record=record)
    answer, status = attempted(request, form, partial(moved, request, case.workflow, record, move, form))
    if answer is not None:
        return answer
    template = case.move_templates.get(move, "core/move.html")
    return render(request, template, move_context(case, request.user, record, transition, form), status=status)


def asked(request: HttpRequest) -> QueryDict | None:
    """What was sent; a move that asks nothing is sent with nothing but its token."""
    return request.POST if request.method == "POST" else None


def attempted(
    request: HttpRequest, form: RecordForm, make: Callable[[], HttpResponse]
) -> tuple[HttpResponse | None, int]:
    """The answer of a move that could be made; else none, and the status of the page that shows the form again.

    What the workflow raises is told on the form, which keeps what was typed.
    """
    if request.method != "POST":
        return None, 200
    if form.is_valid():
        try:
            return make(), 302
        except StaleRecord:
            form.add_error(None, STALE)
            return None, 409
        except ValidationError as refused:
            form.add_error(None, refused)
    return None, 422


def now_stands(done: Any, move: Transition) -> str:
    """What was done, and the state where it is another than before and called otherwise."""
    said, state = f"已{move.label}", done.get_state_display()
    is_said = not move.target or state == said
    return f"{done}：{said}。" if is_said else f"{done}：{said}，现为“{state}”。"


def moved(
    request: HttpRequest,
    workflow: Workflow,
    record: Any,
    move: str,
    form: RecordForm,
    said: Callable[[Any, Transition], str] = now_stands,
) -> HttpResponse:
    """Make the move, say so, and lead to the record.  Raises what the workflow raises."""
    version = int_or_none(request.POST.get("version"))
    done = workflow.perform(record, move, by=request.user, version=version, **form.facts())
    messages.success(request, said(done, workflow.by_name[move]))
    return redirect(done)


def move_context(case: Case, user: Any, record: Any, move: Transition, form: RecordForm) -> dict[str, Any]:
    fresh = case.register.rows(user).filter(pk=record.pk).first() or record
    return {
        "title": f"{move.label}：{record}",
        "record": fresh,
        "form": form,
        "danger": move.danger,
        "summary": case.sections(fresh, user)[:1],
        "submit_label": move.label,
        "cancel_url": fresh.get_absolute_url(),
        "crumbs": crumbs(case.register, move.label, fresh),
    }


def case_urls(case: Case, register_class: type[Register]) -> list[URLPattern]:
    """The addresses of a register whose records have the pages of this module."""
    return [
        *register_urls(register_class, detail=partial(detail_page, case=case)),
        path("<str:key>/<slug:move>/", partial(move_page, case=case), name="move"),
    ]
