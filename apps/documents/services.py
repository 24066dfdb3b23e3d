"""Verbs that write papers.  Apps above draft, issue and serve through these, in their own transaction if they like.

    paper = draft_paper("rectification_notice", by=officer, subject=hazard, project_id=hazard.project_id,
                        addressees=[firm.organisation, "某监理单位"], contents={"project": …, "items": […]})
    issue(paper, by=officer)
    serve(paper, by=officer, addressee=…, manner="direct", recipient=…, served_on=today)

Every move sends `apps.core.workflow.transitioned` with sender=Paper; that of `serve` tells in its facts `served_on` and
`starts_clock`, and the paper itself names what it is about by `record_type` and `record_id`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from io import BytesIO
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.core import files
from apps.core.canonical import plain
from apps.core.events import record_event
from apps.core.records import save_form
from apps.core.workflow import TransitionRefused
from apps.documents.composing import compose, problems_of
from apps.documents.kinds import KINDS
from apps.documents.models import IssuingOffice, Paper, PaperTemplate, TemplateState
from apps.documents.numbering import kept_office
from apps.documents.rendering.pdf import as_pdf
from apps.documents.rendering.word import as_docx
from apps.documents.workflow import PAPER

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Addressee = Organisation | str
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")

# Drafting -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def draft_paper(
    kind: str,
    *,
    by: Any,
    addressees: Iterable[Addressee],
    contents: Mapping[str, Any],
    subject: models.Model | None = None,
    project_id: int | None = None,
    copy_to: str = "",
    copies: int | None = None,
) -> Paper:
    """A new draft of the drafter's own office.  What it lacks is told when it is to be issued, not here.

    `contents` by the field names of `kinds.KINDS[kind]`; days as dates or ISO text, items as texts or as
    {"text", "clause", "demand"}.  Raises ValidationError for a kind or a field that there is not.
    """
    if kind not in KINDS:
        raise ValidationError(f"没有“{kind}”这种文书")
    paper = Paper(
        organisation=by.organisation,
        region_path=by.organisation.region_path,
        project_id=project_id,
        kind=kind,
        copy_to=copy_to,
        copies=copies or KINDS[kind].copies,
        contents=clean_contents(kind, contents),
        drafted_by=by,
        **named_subject(subject),
    )
    paper.address_to([addressee_line(addressee) for addressee in addressees])
    paper.save(force_insert=True)
    told = {"kind": kind, "addressees": paper.addressee_names, "contents": paper.contents}
    record_event(paper, "registered", by=by, after=paper.state, facts=told)
    return paper


def addressee_line(addressee: Addressee) -> dict[str, Any]:
    if isinstance(addressee, Organisation):
        return {"name": addressee.name, "organisation": addressee.pk}
    return {"name": addressee, "organisation": None}


def named_subject(subject: models.Model | None) -> dict[str, str]:
    if subject is None:
        return {}
    page = getattr(subject, "get_absolute_url", None)
    return {
        "record_type": subject._meta.label_lower,
        "record_id": str(subject.pk),
        "record_label": str(subject)[:100],
        "record_url": page() if page else "",
    }


def clean_contents(kind: str, contents: Mapping[str, Any]) -> dict[str, Any]:
    """The contents as they are kept: text, ISO days, items of three texts; what is empty is left out."""
    fields = {field.name: field for field in KINDS[kind].fields}
    if strange := [name for name in contents if name not in fields]:
        raise ValidationError(f"{KINDS[kind].label}没有这些内容：{'、'.join(strange)}")
    told = {name: clean_value(value, fields[name].kind) for name, value in contents.items()}
    return {name: value for name, value in told.items() if value}


def clean_value(value: Any, kind: str) -> Any:
    match kind, value:
        case "items", _:
            rows = [{"text": row} if isinstance(row, str) else row for row in value or ()]
            return [{key: str(row[key]) for key in ("text", "clause", "demand") if row.get(key)} for row in rows]
        case "day", date():
            return value.isoformat()
        case "day", str():
            return date.fromisoformat(value).isoformat() if value else ""
    return str(value).strip() if value is not None else ""


@transaction.atomic
def save_paper(form: Any, *, by: Any, version: int | None = None) -> Paper:
    """Write a draft from its form, new or corrected.  Raises what `core.records.save_form` raises."""
    paper: Paper = form.instance
    if paper._state.adding:
        paper.organisation, paper.region_path, paper.drafted_by = by.organisation, by.organisation.region_path, by
    elif paper.organisation_id != by.organisation_id:
        raise PermissionDenied
    return save_form(form, by=by, version=version)


@transaction.atomic
def copy_as_draft(paper: Paper, *, by: Any) -> Paper:
    """A new draft that says the same, to be corrected and issued in the place of an earlier paper."""
    draft = Paper(
        organisation=by.organisation,
        region_path=by.organisation.region_path,
        drafted_by=by,
        **{name: getattr(paper, name) for name in COPIED},
    )
    draft.save(force_insert=True)
    record_event(draft, "registered", by=by, after=draft.state, facts={"copied_from": str(paper)})
    return draft


COPIED = (
    "project_id",
    "kind",
    "addressees",
    "addressee_names",
    "copy_to",
    "copies",
    "contents",
    "record_type",
    "record_id",
    "record_label",
    "record_url",
)

# Moving ---------------------------------------------------------------------------------------------------------------


def issue(paper: Paper, *, by: Any, version: int | None = None) -> Paper:
    """Give the paper its number.  Raises TransitionRefused, naming what is missing, and what `perform` raises."""
    return PAPER.perform(paper, "issue", by=by, version=version)


def serve(paper: Paper, *, by: Any, version: int | None = None, **facts: Any) -> Paper:
    """Write a receipt of service: `addressee`, `manner`, `served_on`; `recipient`, or `is_refused` with `witnesses`."""
    return PAPER.perform(paper, "serve", by=by, version=version, **facts)


def papers_of(record: models.Model) -> models.QuerySet[Paper]:
    """The papers about one record, newest first; pages still ask `visible_to`."""
    return Paper.objects.filter(record_type=record._meta.label_lower, record_id=str(record.pk)).order_by("-pk")


# Files ----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def made_files(paper_id: int) -> Paper:
    """The paper with its PDF and DOCX, made now if they are not there yet; a draft has none.

    Made once: who comes second waits for the lock and finds them.  They are what is verified by their hash for ever.
    """
    paper = Paper.objects.select_related("organisation", "template").select_for_update(of=("self",)).get(pk=paper_id)
    if paper.number is None or (paper.pdf_id and paper.docx_id):
        return paper
    document = compose(paper)
    paper.pdf = files.store(
        BytesIO(as_pdf(document, at=paper.issued_at)),
        name=f"{file_name(paper)}.pdf",
        by=paper.issued_by,
        content_type=PDF,
    )
    paper.docx = files.store(
        BytesIO(as_docx(document, at=paper.issued_at)),
        name=f"{file_name(paper)}.docx",
        by=paper.issued_by,
        content_type=DOCX,
    )
    paper.save(update_fields=["pdf", "docx"])
    return paper


def file_name(paper: Paper) -> str:
    return f"{paper.number or '草稿'} {paper.get_kind_display()}"


# Templates and prefixes -----------------------------------------------------------------------------------------------


@transaction.atomic
def save_template(form: Any, *, by: Any, version: int | None = None) -> PaperTemplate:
    """A new edition, or a correction of one that is not in force yet."""
    template: PaperTemplate = form.instance
    if told := problems_of(template.body, template.kind):
        raise ValidationError(told)
    if template._state.adding:
        last = PaperTemplate.objects.filter(kind=template.kind).aggregate(last=models.Max("edition"))["last"] or 0
        template.edition, template.written_by = last + 1, by
    elif template.state != TemplateState.DRAFT:
        raise TransitionRefused("模板已启用，不能修改；请另拟新版")
    return save_form(form, by=by, version=version)


@transaction.atomic
def copy_template(template: PaperTemplate, *, by: Any) -> PaperTemplate:
    """The next edition of its kind, a draft with the same words."""
    copied = {name: getattr(template, name) for name in ("kind", "title", "body")}
    last = PaperTemplate.objects.filter(kind=template.kind).aggregate(last=models.Max("edition"))["last"]
    draft = PaperTemplate(edition=last + 1, effective_from=timezone.localdate(), written_by=by, **copied)
    draft.save(force_insert=True)
    record_event(draft, "registered", by=by, after=draft.state, facts={"copied_from": str(template)})
    return draft


@transaction.atomic
def set_prefix(organisation: Organisation, prefix: str, *, by: Any, version: int | None = None) -> IssuingOffice:
    """The office's own words before its numbers; papers already numbered keep theirs, series go on."""
    office = IssuingOffice.objects.select_for_update().get(pk=kept_office(organisation).pk)
    before = office.prefix
    if IssuingOffice.objects.filter(prefix=prefix).exclude(pk=office.pk).exists():
        raise ValidationError({"own_prefix": "这个字号已由其他机关使用"})
    office.prefix, office.is_sample = prefix, False
    office.version += 1
    office.save()
    record_event(office, "changed", by=by, facts=plain({"prefix": [before, prefix]}))
    return office


def public_paper(token: str) -> Paper | None:
    """The paper behind a public address; drafts, also those given up, are nobody's business outside."""
    if not TOKEN.fullmatch(token):
        return None
    return Paper.objects.filter(token=token).exclude(number=None).select_related("organisation").first()
