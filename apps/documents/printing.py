"""Merged printing (合并打印): the ticked papers as one PDF, each as it was stored."""

from contextlib import ExitStack
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from apps.core.bulk import Selection
from apps.core.files import open_stored
from apps.documents.models import Paper, PaperState
from apps.documents.rendering.pdf import merged
from apps.documents.services import PDF, made_files

MOST = 50
NAMED = 3


def not_printable(paper: Paper, user: Any) -> str | None:
    if paper.number is None:
        return "草稿没有文号，不打印"
    return "已作废，不打印" if paper.state == PaperState.VOID else None


def print_answer(selection: Selection) -> HttpResponse:
    """One PDF of at most fifty papers, in the order of the list.  Raises ValidationError with what to do."""
    if selection.count == 0:
        raise ValidationError("请先勾选要打印的文书")
    if selection.count > MOST:
        raise ValidationError(f"一次最多合并打印 {MOST} 份，选中了 {selection.count} 份。请分批勾选")
    papers = list(selection.rows)
    refused = [(paper, reason) for paper in papers if (reason := not_printable(paper, selection.user))]
    if refused:
        named = "、".join(f"{paper}（{reason}）" for paper, reason in refused[:NAMED])
        raise ValidationError(f"有 {len(refused)} 份不能打印：{named}。请取消勾选后再打印")
    stored = [made.pdf for paper in papers if (made := made_files(paper.pk)).pdf]
    with ExitStack() as opened:
        content = merged([opened.enter_context(open_stored(pdf)) for pdf in stored if pdf])
    return pdf_answer(content, f"执法文书{len(stored)}份.pdf")


def pdf_answer(content: bytes, name: str, *, inline: bool = False) -> HttpResponse:
    """A PDF that was made just now and is kept nowhere."""
    answer = HttpResponse(content, content_type=PDF)
    answer["Content-Disposition"] = content_disposition_header(not inline, name) or "inline"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
