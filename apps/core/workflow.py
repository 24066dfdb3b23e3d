"""States move by one table per model; buttons, API, imports and tasks all ask the same table."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.dispatch import Signal
from django.http import Http404

from apps.core.db import ClockTimestamp
from apps.core.events import record_event

transitioned = Signal()
"""Sent inside the transaction of every move: sender=model, record, move, event, facts."""

Guard = Callable[[Any, Any], str | None]
Effect = Callable[["Step"], None]
M = TypeVar("M", bound=models.Model)


class TransitionRefused(ValidationError):
    """The move is not open from here, or not to this person; the message is fit to show."""


class StaleRecord(Exception):
    """Somebody else changed the record since the caller read it; `record` is the newer one."""

    def __init__(self, record: Any) -> None:
        super().__init__(str(record))
        self.record = record


@dataclass(frozen=True)
class Step:
    """One move being made, as its effects see it: they may set fields, write rows, add facts, or refuse."""

    record: Any
    facts: dict[str, Any]
    by: Any
    at: datetime


@dataclass(frozen=True)
class Transition:
    """A move: from which states to which, who may, what must be told.

    An empty `target` leaves the state as it is.  `facts` must be given, `optional` ones may; those that are
    fields of the record are stored on it, all of them in the event.  `guards` return a Chinese sentence when
    this person may not move this record; `effects` run once the move is certain to be allowed.  `notify`
    names roles on the record, for the receivers of `transitioned`.  A move `by_itself` follows from something else:
    no page and no operation offers it.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    permission: str
    facts: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    notify: tuple[str, ...] = ()
    danger: bool = False
    by_itself: bool = False


@dataclass(frozen=True)
class Workflow:
    """The transition table of one model that has `state` and `version`."""

    transitions: tuple[Transition, ...]
    by_name: dict[str, Transition] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {t.name: t for t in self.transitions})

    def offers(self, name: str) -> bool:
        """Whether there is a move of this name that people make."""
        return name in self.by_name and not self.by_name[name].by_itself

    @property
    def offered(self) -> tuple[Transition, ...]:
        """The moves that people make."""
        return tuple(t for t in self.transitions if not t.by_itself)

    def pairs(self) -> set[tuple[str, str]]:
        """Every legal change of state; the database's trigger holds the same set."""
        return {(source, t.target) for t in self.transitions if t.target for source in t.sources}

    def refusal(self, record: Any, name: str, user: Any) -> str | None:
        """Why this user cannot make this move now, or None."""
        move = self.by_name[name]
        if record.state not in move.sources:
            return f"当前状态为“{record.get_state_display()}”，不能{move.label}"
        if not user.has_perm(move.permission):
            return f"您没有“{move.label}”的权限"
        return next(filter(None, (guard(record, user) for guard in move.guards)), None)

    def open_to(self, record: Any, user: Any) -> list[Transition]:
        """The moves to offer as buttons, in the order of the table."""
        return [t for t in self.offered if self.refusal(record, t.name, user) is None]

    @transaction.atomic
    def perform(self, record: M, name: str, *, by: Any, version: int | None = None, **facts: Any) -> M:
        """Make one move and return the changed record: lock, check, save, write the event, tell the others.

        Raises Http404 when the record is not visible to `by`, StaleRecord when `version` is no longer current,
        TransitionRefused when the move is not open.
        """
        fresh: Any = lock(record, by)
        if version is not None and version != fresh.version:
            raise StaleRecord(fresh)
        if reason := self.refusal(fresh, name, by):
            raise TransitionRefused(reason)
        return self._moved(fresh, name, by, facts)

    @transaction.atomic
    def happen(self, record: M, name: str, **facts: Any) -> M | None:
        """Make a move that the clock or another record brings about: nobody's, so neither scope nor right is asked.

        Only for moves `by_itself`.  None where the record has meanwhile left the states from which it happens.
        """
        if not self.by_name[name].by_itself:
            raise TypeError(f"{name} is made by people")
        rows = type(record)._base_manager.annotate(clock=ClockTimestamp()).select_for_update(of=("self",))
        fresh: Any = rows.get(pk=record.pk)
        return self._moved(fresh, name, None, facts) if fresh.state in self.by_name[name].sources else None

    def _moved(self, fresh: Any, name: str, by: Any, facts: dict[str, Any]) -> Any:
        move = self.by_name[name]
        _check_facts(move, facts)
        before = fresh.state
        _apply(move, Step(fresh, facts, by, fresh.clock))
        event = record_event(fresh, name, by=by, before=before, after=fresh.state, facts=facts, at=fresh.clock)
        transitioned.send(sender=type(fresh), record=fresh, move=move, event=event, facts=facts)
        return fresh


def lock(record: M, by: Any) -> M:
    """The row as it stands, locked and inside `by`'s scope; `clock` on it is the database's time.

    Records it hangs on are read anew too, by whichever guard asks: what the caller has read of them may be old.
    """
    rows = type(record)._default_manager.visible_to(by)  # type: ignore[attr-defined]
    fresh = rows.annotate(clock=ClockTimestamp()).select_for_update(of=("self",)).filter(pk=record.pk).first()
    if fresh is None:
        raise Http404
    return fresh


def _check_facts(move: Transition, facts: Mapping[str, Any]) -> None:
    missing, unknown = set(move.facts) - set(facts), set(facts) - set(move.facts) - set(move.optional)
    if missing or unknown:
        raise TypeError(f"{move.name}: missing {sorted(missing)}, unknown {sorted(unknown)}")


def _apply(move: Transition, step: Step) -> None:
    """Write what the move changes and no more: a column that is named costs its checks though it stays the same."""
    record = step.record
    before = deepcopy(values_of(record))
    record.state = move.target or record.state
    names = {f.name for f in record._meta.concrete_fields}
    for name, value in step.facts.items():
        if name in names:
            setattr(record, name, value)
    for effect in move.effects:
        effect(step)
    record.version += 1
    changed = [name for name, value in values_of(record).items() if value != before[name]]
    try:
        record.save(update_fields=changed)
    except IntegrityError as error:
        raise TransitionRefused(violated_rule(record, error)) from error


def values_of(record: models.Model) -> dict[str, Any]:
    """The record's columns by the names of their fields, keys in place of related records."""
    return {f.name: getattr(record, f.attname) for f in record._meta.concrete_fields if f.attname in record.__dict__}


def violated_rule(record: models.Model, error: IntegrityError) -> str:
    """The Chinese message of the constraint that the database names; other integrity errors go on.

    A trigger of our own says it itself, as the hint (`apps.core.freezing.refuse`); other rules hint nothing.
    """
    diagnosis = getattr(error.__cause__, "diag", None)
    if hint := getattr(diagnosis, "message_hint", None):
        return str(hint)
    name = getattr(diagnosis, "constraint_name", None)
    for constraint in record._meta.constraints:
        if constraint.name == name:
            return str(constraint.get_violation_error_message())
    raise error
