"""A paper as PDF, by typst: its own fonts embedded, the same on every machine."""

import io
import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import IO

import segno
import typst
from django.conf import settings
from django.utils import timezone
from pypdf import PdfReader, PdfWriter

from apps.documents.composing import Document

FRAME = Path(__file__).resolve().parent / "frame.typ"
FONTS = settings.BASE_DIR / "assets" / "fonts" / "noto-serif-sc"


@cache
def fonts() -> typst.Fonts:
    """Read once for a process; the machine's own are left out, or the paper would look different on each."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def as_pdf(document: Document, *, at: datetime | None = None) -> bytes:
    """All words go in as JSON beside the sheet, so that none of them can be markup.

    `at` is the time that the file says it was made.
    """
    inputs = {"paper": json.dumps(document.as_data(), ensure_ascii=False)}
    if document.verify_url:
        inputs["qr"] = qr_svg(document.verify_url)
    moment = int((at or timezone.now()).timestamp())
    return typst.compile(FRAME.read_bytes(), font_paths=fonts(), sys_inputs=inputs, format="pdf", timestamp=moment)


def qr_svg(url: str, *, any_size: bool = False) -> str:
    """Level M bears a fold or a stain; `any_size` leaves to a page how large it is drawn."""
    out = io.BytesIO()
    code = segno.make(url, error="m", micro=False)
    code.save(out, kind="svg", border=1, xmldecl=False, svgns=True, omitsize=any_size)
    return out.getvalue().decode()


def qr_png(url: str) -> io.BytesIO:
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="png", border=1, scale=8)
    out.seek(0)
    return out


def merged(files: Sequence[IO[bytes]]) -> bytes:
    """Several papers as one PDF, each beginning on a page of its own, as they were stored."""
    writer = PdfWriter()
    for file in files:
        writer.append(PdfReader(file), import_outline=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
