"""Forms that somebody has begun: kept while they type, offered again, gone once the form is sent.

A draft holds the words of the form and nothing of its files, and belongs to the person who typed it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from apps.core.models import Draft
from apps.core.records import PERSONAL

MOST_BYTES = 64 * 1024
MOST_FIELDS = 200
MOST_DRAFTS = 50
KEPT_FOR = timedelta(days=30)
# What belongs to one answer of the server, not to what was typed.
NOT_TYPED = {"csrfmiddlewaretoken", "version", "photo_hint", "keep_draft", "from"}
FORM, JSON = "application/x-www-form-urlencoded", "application/json"

Typed = dict[str, list[str]]


class DraftName:
    """Part of an address: the form's own name, such as `hazard-new` or `hazard-YH-2026-000041-answer`."""

    regex = "[a-z][A-Za-z0-9_-]{0,79}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


@dataclass
class Begun:
    """The draft of one form on one page: whether there is one, and what of it goes back into the form."""

    request: HttpRequest
    name: str

    @cached_property
    def row(self) -> Draft | None:
        """Looked for only where it is offered; a form that comes back with errors holds its own words."""
        user: Any = self.request.user
        return Draft.objects.filter(user=user, name=self.name).first() if self.request.method == "GET" else None

    @property
    def is_taken_up(self) -> bool:
        return self.row is not None and self.request.GET.get("draft") == "1"

    def values(self, name: str) -> list[str]:
        return self.row.data.get(name, []) if self.row and self.is_taken_up else []

    def initial(self) -> dict[str, Any]:
        """What was typed, as initial values of the form; nothing until the draft is taken up."""
        typed = self.row.data if self.row and self.is_taken_up else {}
        return {name: values[0] if len(values) == 1 else values for name, values in typed.items() if values}

    def context(self) -> dict[str, Any]:
        """For templates/core/_draft_note.html and the form's data-draft attributes."""
        return {
            "draft_key": self.name,
            "draft_url": reverse("drafts:save", args=[self.name]),
            "draft": self.row,
            "draft_time": clock(self.row) if self.row else "",
            "draft_is_taken_up": self.is_taken_up,
        }


def clock(draft: Draft) -> str:
    """10:52 today, 11-20 10:52 before."""
    at = timezone.localtime(draft.saved_at)
    return f"{at:%H:%M}" if at.date() == timezone.localdate() else f"{at:%m-%d %H:%M}"


def keep(user: Any, name: str, typed: Mapping[str, Iterable[str]]) -> Draft:
    """Write the draft; the oldest of many and those of last month give way."""
    data = {field: [storable(v) for v in values] for field, values in typed.items() if may_be_kept(field)}
    draft, _ = Draft.objects.update_or_create(user=user, name=name, defaults={"data": data})
    own = Draft.objects.filter(user=user)
    own.filter(saved_at__lt=timezone.now() - KEPT_FOR).delete()
    own.filter(pk__in=own.order_by("-saved_at", "-pk").values("pk")[MOST_DRAFTS:]).delete()
    return draft


def may_be_kept(field: str) -> bool:
    """Identity and telephone numbers are typed anew: a draft waits for a month where nobody asks for a reason."""
    return field not in NOT_TYPED and not field.endswith(PERSONAL)


def forget(user: Any, name: str) -> None:
    Draft.objects.filter(user=user, name=name).delete()


def storable(text: str) -> str:
    """PostgreSQL takes neither NUL nor half a character."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


@require_POST
def save(request: HttpRequest, name: str) -> HttpResponse:
    """What drafts.js sends every 20 seconds.  Answers when it was kept."""
    if len(request.body) > MOST_BYTES:
        return JsonResponse({"message": "草稿超过 64 KB，没有保存"}, status=413)
    try:
        draft = keep(request.user, name, typed_in(request))
    except ValidationError as refusal:
        return JsonResponse({"message": refusal.messages[0]}, status=400)
    return JsonResponse({"saved_at": clock(draft)})


def typed_in(request: HttpRequest) -> Typed:
    """The fields of a form-encoded or JSON body.  Raises ValidationError."""
    if request.content_type == FORM:
        typed: Typed = dict(request.POST.lists())
    elif request.content_type == JSON:
        typed = from_json(request.body)
    else:
        raise ValidationError("草稿只接受表单或 JSON")
    if len(typed) > MOST_FIELDS:
        raise ValidationError("草稿的字段太多")
    return typed


def from_json(body: bytes) -> Typed:
    """{"field": "text"} or {"field": ["text", …]}."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise ValidationError("草稿不是有效的 JSON") from None
    typed = {k: v if isinstance(v, list) else [v] for k, v in told.items()} if isinstance(told, dict) else {}
    if not isinstance(told, dict) or not all(isinstance(text, str) for texts in typed.values() for text in texts):
        raise ValidationError("草稿应为字段名和文字")
    return typed


@require_POST
def discard(request: HttpRequest, name: str) -> HttpResponse:
    """放弃草稿, and back to the page it stood on."""
    forget(request.user, name)
    back = request.POST.get("next", "")
    is_own = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return redirect(back if is_own else "/")
