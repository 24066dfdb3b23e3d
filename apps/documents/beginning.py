"""Drafting a paper from the record that asks for it: a page that shows what it will say, and what stands of papers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from apps.accounts.models import Organisation
from apps.documents.kinds import KINDS
from apps.documents.models import Paper, PaperState
from apps.documents.services import draft_paper, papers_of


@dataclass(frozen=True)
class Outline:
    """What a paper about a record will say before anybody has edited it; names as `draft_paper` has them."""

    contents: Mapping[str, Any]
    addressees: Iterable[Organisation | str]
    project_id: int | None = None
    copy_to: str = ""


@dataclass(frozen=True)
class PaperAsked:
    """A kind of paper that a record may ask for: `refusal(record)` says why not now, `outline(record, user)` what."""

    kind: str
    outline: Callable[[Any, Any], Outline]
    refusal: Callable[[Any], str | None] = field(default=lambda record: None)

    @property
    def label(self) -> str:
        return f"出具{KINDS[self.kind].label}"


def begin_page(request: HttpRequest, record: Any, asked: PaperAsked, crumbs: Sequence[dict[str, str]]) -> HttpResponse:
    """What the draft will say; posting makes it and leads to it, where it is edited, checked and numbered."""
    user: Any = request.user
    if not user.has_perm("documents.add_paper"):
        raise PermissionDenied
    if reason := asked.refusal(record):
        messages.error(request, reason)
        return redirect(record)
    outline = asked.outline(record, user)
    if request.method == "POST":
        paper = draft_paper(asked.kind, by=user, subject=record, **vars(outline))
        messages.success(request, f"已生成{paper.get_kind_display()}草稿，请核对后编号。")
        return redirect(paper)
    kind = KINDS[asked.kind]
    told = [
        {"label": one.label, "value": in_words(outline.contents.get(one.name)), "wide": True} for one in kind.fields
    ]
    addressees = "、".join(getattr(addressee, "name", str(addressee)) for addressee in outline.addressees)
    facts = [{"label": "受送达单位", "value": addressees, "wide": True}, *told]
    context = {
        "title": f"{asked.label}：{record}",
        "form": Form(),
        "caution": already(record, asked.kind, user),
        "summary": [{"title": f"{kind.label}（草稿）", "facts": facts}],
        "submit_label": "生成草稿",
        "cancel_url": record.get_absolute_url(),
        "crumbs": [*crumbs, {"label": asked.label}],
    }
    return render(request, "core/move.html", context)


def already(record: models.Model, kind: str, user: Any) -> str:
    """A second notice of the same is mostly a slip; a mistake in the first is put right by replacing or voiding it."""
    standing = papers_of(record).filter(kind=kind, state__in=(PaperState.DRAFT, PaperState.ISSUED))
    paper = (standing & Paper.objects.visible_to(user)).first()
    if paper is None:
        return ""
    label = f"{paper.get_kind_display()}{paper.number or '（草稿）'}"
    return f"已有{label}。内容有误的，请在该文书上替换或作废；确需另行出具的再继续。"


def in_words(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join("；".join(part for part in row.values() if part) for row in value)
    return "" if value is None else str(value)


def papers_shown(record: models.Model, user: Any, also: models.QuerySet[Paper] | None = None) -> list[dict[str, Any]]:
    """The papers about a record that the user may see, as templates/core/_further.html draws them.

    `also` are papers about something wider, such as a notice for several hazards.
    """
    if not user.has_perm("documents.view_paper"):
        return []
    return [
        {
            "title": f"{paper.get_kind_display()} {paper.number or '（草稿）'}",
            "url": paper.get_absolute_url(),
            "state": paper.get_state_display(),
            "note": f"{paper.first_served_on} 送达" if paper.first_served_on else "",
        }
        for paper in about(record, also) & Paper.objects.visible_to(user)
    ]


def about(record: models.Model, also: models.QuerySet[Paper] | None) -> models.QuerySet[Paper]:
    return papers_of(record) if also is None else papers_of(record) | also.order_by("-pk")


def earlier_number(record: models.Model, kind: str) -> str:
    """The number of the latest valid paper of this kind about the record."""
    issued = papers_of(record).filter(kind=kind, state=PaperState.ISSUED)
    return issued.values_list("number", flat=True).first() or ""
