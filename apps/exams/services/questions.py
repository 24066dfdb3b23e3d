"""Keeping the bank: what has been asked stays as it was, and a change of it makes another question."""

from typing import Any

from django.db import transaction

from apps.core.events import record_event
from apps.core.records import inserted, refuse_if_stale, save_form
from apps.core.workflow import TransitionRefused
from apps.exams.models import Question
from apps.exams.models.questions import CONTENT, FROZEN
from apps.exams.papers import content_sha256
from apps.exams.pools import content_of

NOT_YOURS = "这是其他单位或者主管部门的试题，您可以使用，不能修改"


def filled(question: Question, told: dict[str, Any]) -> Question:
    """The question with the options and right ones of the form, and its hash anew."""
    question.options, question.right = told["options"], told["right"]
    question.sha256 = content_sha256(content_of(question))
    return question


@transaction.atomic
def save_question(form: Any, *, by: Any, version: int | None = None) -> Question:
    """Write a question.  One that stood in a pool keeps its words: then a new one is made, and the old put out of use.

    Raises TransitionRefused with a sentence to show, StaleRecord for one that somebody else has changed meanwhile.
    """
    question: Question = form.instance
    if question._state.adding:
        question.enterprise_id = by.own_firm_id
        return save_form_with_content(form, by)
    if question.enterprise_id != by.own_firm_id:
        raise TransitionRefused(NOT_YOURS)
    before = Question.objects.get(pk=question.pk)
    filled(question, form.cleaned_data)
    if content_of(before) == content_of(question) or not before.pooled.exists():
        return save_form_with_content(form, by, version)
    refuse_if_stale(before, by, version)
    return successor(before, question, by)


def save_form_with_content(form: Any, by: Any, version: int | None = None) -> Question:
    filled(form.instance, form.cleaned_data)
    return save_form(form, by=by, version=version)


def successor(before: Question, changed: Question, by: Any) -> Question:
    """A new question with the changed words in place of one that stays as it was asked."""
    if hasattr(before, "replaced_by"):
        raise TransitionRefused("这道试题已有替代的新题，请修改新题")
    before.is_active = False
    before.version += 1
    before.save(update_fields=["is_active", "version"])
    values = {name: getattr(changed, name) for name in (*FROZEN, "enterprise_id", "classes", "is_active", "is_sample")}
    new = inserted(Question(replaces=before, **values))
    record_event(before, "replaced", by=by, facts={"replaced_by": new.pk})
    record_event(new, "registered", by=by, facts={"replaces": before.pk, **{n: values[n] for n in CONTENT}})
    return new
