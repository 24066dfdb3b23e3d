"""A trigger by which a record stays what it was once it has reached a state."""

from collections.abc import Sequence

import pgtrigger


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
