"""The life of a paper as one table: numbered, served, and in the end replaced or void.

`serve` leaves the state as it is, for a paper is served to each addressee; its event and the signal `transitioned`
carry `served_on`, the day from which a deadline counts (起算日), for the apps above.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.outbox import enqueue
from apps.core.workflow import Step, Transition, TransitionRefused, Workflow
from apps.documents.models import Paper, PaperState, PaperTemplate, Service, TemplateState
from apps.documents.numbering import kept_office, number_of, take_serial

# Guards ---------------------------------------------------------------------------------------------------------------


def is_of_the_office(paper: Paper, user: Any) -> str | None:
    return None if paper.organisation_id == user.organisation_id else "由发文机关办理"


def says_all_it_must(paper: Paper, user: Any) -> str | None:
    """A number is given to nothing incomplete: of a listing, 158号 itself prescribes the five contents."""
    missing = paper.missing
    return f"{paper.get_kind_display()}还缺必备内容：{'、'.join(missing)}" if missing else None


def has_a_template(paper: Paper, user: Any) -> str | None:
    if PaperTemplate.objects.valid_on(paper.kind, timezone.localdate()) is None:
        return f"没有已启用的“{paper.get_kind_display()}”模板，请联系系统管理员"
    return None


# Effects --------------------------------------------------------------------------------------------------------------


def give_number(step: Step) -> None:
    """Number and template of the day; the series is locked last, so that it is held for the shortest time."""
    paper, day = step.record, timezone.localdate(step.at)
    template = PaperTemplate.objects.valid_on(paper.kind, day)
    if template is None:
        raise TransitionRefused(f"没有已启用的“{paper.get_kind_display()}”模板，请联系系统管理员")
    office = kept_office(paper.organisation)
    serial = take_serial(paper.organisation_id, paper.kind, day.year)
    paper.template, paper.title = template, template.title
    paper.year, paper.serial = day.year, serial
    paper.number = number_of(office.prefix, paper.definition, day.year, serial)
    paper.issued_at, paper.issued_on, paper.issued_by = step.at, day, step.by
    step.facts.update(number=paper.number, wording=str(template), contents=paper.contents)


def make_files_later(step: Step) -> None:
    """The files are made once the number is certain, and outside of the transaction that holds the series."""
    enqueue("documents.make_files", paper_id=step.record.pk)


def note_service(step: Step) -> None:
    """Write the receipt (送达回证); the first one is the day from which the paper counts as served."""
    paper, facts = step.record, step.facts
    if facts["served_on"] > timezone.localdate(step.at):
        raise TransitionRefused("送达日期不能晚于今天")
    if facts["served_on"] < paper.issued_on:
        raise TransitionRefused(f"送达日期不能早于成文日期 {paper.issued_on}")
    told = {name: facts[name] for name in RECEIPT if facts.get(name) not in (None, "")}
    receipt = Service(paper=paper, recorded_by=step.by, **told)
    try:
        receipt.full_clean()
    except ValidationError as error:
        raise TransitionRefused("；".join(error.messages)) from error
    receipt.save(force_insert=True)
    # The paper itself keeps the first day alone: who was served later is told by the receipts.
    paper.first_served_on = paper.first_served_on or facts["served_on"]
    # The event tells the manner in words; the receipt has its code.
    facts.update(manner=receipt.get_manner_display(), starts_clock=paper.definition.starts_clock)


RECEIPT = ("addressee", "recipient", "manner", "served_on", "is_refused", "witnesses", "remark")


def has_a_successor(step: Step) -> None:
    """Only an issued paper of the same office and kind takes another's place, and never one that it replaced itself."""
    paper, successor = step.record, step.record.replaced_by
    fits = (
        successor.pk != paper.pk
        and successor.state == PaperState.ISSUED
        and (successor.kind, successor.organisation_id) == (paper.kind, paper.organisation_id)
    )
    if not fits:
        raise TransitionRefused("替换它的必须是本机关已编号、有效的同种文书")
    step.facts["replaced_by_number"] = successor.number


PAPER = Workflow(
    (
        Transition(
            "issue",
            "核对编号",
            (PaperState.DRAFT,),
            PaperState.ISSUED,
            "documents.issue_paper",
            guards=(is_of_the_office, says_all_it_must, has_a_template),
            effects=(give_number, make_files_later),
            notify=("addressees",),
        ),
        Transition(
            "serve",
            "登记送达",
            (PaperState.ISSUED,),
            "",
            "documents.serve_paper",
            facts=("addressee", "manner", "served_on"),
            optional=("recipient", "is_refused", "witnesses", "remark"),
            guards=(is_of_the_office,),
            effects=(note_service,),
            notify=("addressees",),
        ),
        Transition(
            "replace",
            "登记替换",
            (PaperState.ISSUED,),
            PaperState.REPLACED,
            "documents.void_paper",
            facts=("replaced_by", "reason"),
            guards=(is_of_the_office,),
            effects=(has_a_successor,),
            notify=("addressees",),
            danger=True,
        ),
        Transition(
            "void",
            "作废",
            (PaperState.ISSUED,),
            PaperState.VOID,
            "documents.void_paper",
            facts=("void_reason",),
            guards=(is_of_the_office,),
            notify=("addressees",),
            danger=True,
        ),
        Transition(
            "discard",
            "作废草稿",
            (PaperState.DRAFT,),
            PaperState.VOID,
            "documents.change_paper",
            facts=("void_reason",),
            guards=(is_of_the_office,),
            danger=True,
        ),
    )
)

TEMPLATE = Workflow(
    (
        Transition(
            "enforce",
            "启用",
            (TemplateState.DRAFT,),
            TemplateState.IN_FORCE,
            "documents.enforce_papertemplate",
            danger=True,
        ),
    )
)
