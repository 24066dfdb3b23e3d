"""A paper as one neutral text, from which page, PDF and DOCX are made: the wording of a template filled with contents.

A template is plain text.  An empty line parts paragraphs, a line that begins with “# ” is a heading, {标签} stands for
what the paper says under that label.  A paragraph that names only things left empty is left out as a whole; items stand
in a paragraph of their own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from apps.documents.kinds import KINDS, PaperKind
from apps.documents.models import Paper, PaperTemplate

PLACEHOLDER = re.compile(r"\{([^{}\n]{1,40})\}")
ISSUER, NUMBER = "发文机关", "文号"
OWN = (ISSUER, NUMBER)
UNNUMBERED = "（编号后生成文号）"


@dataclass(frozen=True)
class Block:
    """A part of the body: "heading", "text" or "fine" print with `text`, or "items" of text, clause and demand."""

    kind: str
    text: str = ""
    items: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Document:
    """All that stands on the paper, in the words in which it stands there.

    One that `is_electronic` is signed by the platform and served to nobody: it has no place for a seal and no receipt.
    """

    issuer: str
    title: str
    number: str
    addressees: list[str]
    blocks: list[Block]
    day: str
    copies: str
    copy_to: str
    contact: str
    is_draft: bool
    verify_url: str
    is_electronic: bool = False

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def compose(paper: Paper, template: PaperTemplate | None = None) -> Document:
    """The paper as it stands.  A draft is written by `template`, or by the one in force today.

    Raises ValidationError where there is none.
    """
    template = paper.template or template or PaperTemplate.objects.valid_on(paper.kind, timezone.localdate())
    if template is None:
        raise ValidationError(f"没有已启用的“{paper.get_kind_display()}”模板，请联系系统管理员")
    kind = paper.definition
    is_draft = paper.number is None
    return Document(
        issuer=paper.organisation.name,
        title=paper.title or template.title,
        number=paper.number or UNNUMBERED,
        addressees=[line["name"] for line in paper.addressees],
        blocks=list(blocks(template.body, kind, values_of(paper))),
        day=in_words(paper.issued_on) if paper.issued_on else "　　年　月　日",
        copies=f"本文书一式{paper.copies}份。",
        copy_to=paper.copy_to,
        contact=paper.contents.get("contact", ""),
        is_draft=is_draft,
        verify_url="" if is_draft else verify_url(paper),
    )


def verify_url(paper: Paper) -> str:
    """The address behind the QR code; it leads from paper to the public page, so it is a whole one."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("verify", args=[paper.token])


def values_of(paper: Paper) -> dict[str, Any]:
    """What each placeholder of this kind of paper stands for, by its label."""
    told = {field.label: value_of(paper.contents.get(field.name), field.kind) for field in paper.definition.fields}
    return told | {ISSUER: paper.organisation.name, NUMBER: paper.number or UNNUMBERED}


def value_of(value: Any, kind: str) -> Any:
    if kind == "items":
        return value or []
    if kind == "day" and value:
        return in_words(date.fromisoformat(value))
    return value or ""


def in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def blocks(body: str, kind: PaperKind, values: Mapping[str, Any]) -> Iterator[Block]:
    items = {field.label for field in kind.fields if field.kind == "items"}
    for paragraph in paragraphs(body):
        names = PLACEHOLDER.findall(paragraph)
        if names and not any(values.get(name) for name in names):
            continue
        if len(names) == 1 and names[0] in items:
            yield Block("items", items=[full_item(item) for item in values[names[0]]])
        elif paragraph.startswith("# "):
            yield Block("heading", filled(paragraph[2:], values))
        else:
            # Lines that somebody typed into a text stay lines, each a paragraph on the paper.
            yield from (Block("text", line.strip()) for line in filled(paragraph, values).splitlines() if line.strip())


def paragraphs(body: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", body) if part.strip()]


def filled(text: str, values: Mapping[str, Any]) -> str:
    """The values put in; what they hold is never looked at for placeholders again."""
    return PLACEHOLDER.sub(lambda found: str(values.get(found.group(1), found.group(0))), text)


def full_item(item: Mapping[str, str]) -> dict[str, str]:
    return {name: item.get(name, "") for name in ("text", "clause", "demand")}


# Judging a template ---------------------------------------------------------------------------------------------------


def problems_of(body: str, kind_code: str) -> list[str]:
    """What is wrong with a template's wording, as sentences; empty when papers can be written by it."""
    kind = KINDS.get(kind_code)
    if kind is None:
        return ["请选择文书种类"]
    named = PLACEHOLDER.findall(body)
    known = {field.label: field for field in kind.fields}
    told = [f"没有“{name}”这项内容；可用的有：{'、'.join([*known, *OWN])}" for name in unknown(named, [*known, *OWN])]
    told += [
        f"缺少必备内容“{field.label}”，请写入 {{{field.label}}}" for field in kind.required if field.label not in named
    ]
    items = [field.label for field in kind.fields if field.kind == "items"]
    for label in items:
        if any(f"{{{label}}}" in part and part != f"{{{label}}}" for part in paragraphs(body)):
            told.append(f"“{{{label}}}”须单独成段，前后各空一行")
    if len(PLACEHOLDER.sub("", body)) != len(PLACEHOLDER.sub("", body).replace("{", "").replace("}", "")):
        told.append("花括号须成对，里面写内容的名称，例如 {工程名称}")
    return told


def unknown(named: Sequence[str], known: Sequence[str]) -> list[str]:
    return [name for name in dict.fromkeys(named) if name not in known]


def example_of(template: PaperTemplate, organisation: Any) -> Paper:
    """A paper that was never written, for looking at a template: every field says its own label."""
    paper = Paper(organisation=organisation, kind=template.kind, copies=template.definition.copies)
    paper.addressees = [{"name": "示例建设集团有限公司", "organisation": None}]
    samples: dict[str, Any] = {
        "items": [
            {"text": "3号楼12层临边未设防护栏杆", "clause": "JGJ 80-2016第4.1.1条", "demand": "立即设置防护栏杆"}
        ],
        "day": "2026-12-01",
    }
    paper.contents = {f.name: samples.get(f.kind, f"（{f.label}示例）") for f in template.definition.fields}
    return paper
