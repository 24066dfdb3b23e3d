"""Triggers by which a record stays what it was, and how one of them says in Chinese why it refuses."""

from collections.abc import Sequence

import pgtrigger

TODAY = "(clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date"
"""The day in Hebei by the database's clock."""


def stays(name: str, states: Sequence[str], columns: Sequence[str]) -> pgtrigger.Trigger:
    """These columns of the database keep their values once a row stands in one of these states."""
    told = ", ".join(f"'{state}'" for state in states)
    old, new = (f"({', '.join(f'{row}.{column}' for column in columns)})" for row in ("OLD", "NEW"))
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(f"OLD.state IN ({told}) AND {old} IS DISTINCT FROM {new}"),
        func=f"RAISE EXCEPTION '{name}: % stays as it is', OLD.id;",
    )


def refuse(name: str, sentence: str) -> str:
    """The statement by which a trigger refuses as a constraint of this name does; the sentence is fit to show.

    `apps.core.workflow.violated_rule` finds it where a form was passed by and the database alone said no.
    """
    return f"RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', HINT = '{sentence}';"
