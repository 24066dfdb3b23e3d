"""Entering and correcting risk points with their measures."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core.events import record_event
from apps.core.numbers import next_numbers
from apps.core.records import save_form
from apps.core.workflow import TransitionRefused
from apps.risks.models import MEASURE_FIELDS, ControlMeasure, RiskPoint, RiskRule, State
from apps.risks.selectors import controls, keeps_risks
from apps.risks.services.assessing import assess

PREFIX = "FX"


@transaction.atomic
def save_risk(form: Any, *, by: Any, version: int | None = None) -> RiskPoint:
    """Write a valid form of a risk point with its measures, new or as a correction while it waits for approval."""
    risk: RiskPoint = form.instance
    if not (keeps_risks(by, risk.project) if risk._state.adding else controls(by, risk)):
        raise TransitionRefused("您不在本项目任职，不能登记或修改其风险点")
    if risk.state != State.PROPOSED:
        raise TransitionRefused("风险点已批准管控，修改前请先“重新评价”")
    complete(risk)
    risk = save_form(form, by=by, version=version)
    told = {name: form.cleaned_data[name] for name in MEASURE_FIELDS if name in form.cleaned_data}
    keep_measures(risk, {name: lines_of(text) for name, text in told.items()})
    return risk


def complete(risk: RiskPoint) -> None:
    """Fill what nobody types: number and scope key."""
    risk.number = risk.number or next_numbers(PREFIX, "risks_number_seq")[0]
    risk.region_path = risk.project.region_path


def lines_of(text: str) -> list[str]:
    """The measures of one kind as they are typed, one a line."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def keep_measures(risk: RiskPoint, told: Mapping[str, Iterable[str]]) -> None:
    """Make the current measures those that are told, by kind; the others are retired and may come back."""
    known = {(m.kind, m.text): m for m in risk.measures.all()}
    wanted = [(str(MEASURE_FIELDS[name]), text) for name, texts in told.items() for text in texts]
    places = {pair: position for position, pair in enumerate(wanted)}
    new = [
        ControlMeasure(risk=risk, kind=kind, text=text, position=position)
        for (kind, text), position in places.items()
        if (kind, text) not in known
    ]
    kinds = {str(MEASURE_FIELDS[name]) for name in told}
    for pair, measure in known.items():
        place = (pair not in places, places.get(pair, measure.position))
        if measure.kind in kinds and place != (measure.is_retired, measure.position):
            measure.is_retired, measure.position = place
            measure.save(update_fields=["is_retired", "position"])
    ControlMeasure.objects.bulk_create(new)
    risk.refresh_from_db(fields=["measure_count"])


@transaction.atomic
def record_risk(
    *, by: Any, measures: Mapping[str, Iterable[str]], raised_to: int | None = None, **values: Any
) -> RiskPoint:
    """Enter a risk point from plain values: for other modules and demonstrations, where no form is filled."""
    risk = RiskPoint(**values)
    assess(risk, timezone.localdate(), raised_to=raised_to)
    complete(risk)
    risk.full_clean()
    risk.save(force_insert=True)
    keep_measures(risk, measures)
    told = {name: "\n".join(texts) for name, texts in measures.items()}
    record_event(risk, "registered", by=by, after=risk.state, facts={**values, **told})
    return risk


def save_rule(form: Any, *, by: Any, version: int | None = None) -> RiskRule:
    """Add an edition of the rules; none is ever changed."""
    return save_form(form, by=by)
