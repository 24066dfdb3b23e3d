"""Triggers by which a record stays what it was once it has reached a state."""

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


FROZEN_WITH_ITS_VISIT = """
    IF EXISTS (SELECT 1 FROM inspections_visit v
               WHERE v.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.visit_id ELSE NEW.visit_id END
                 AND v.state IN ('submitted', 'published', 'cancelled')) THEN
        RAISE EXCEPTION 'the visit is closed';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
"""


def frozen_with_its_visit() -> pgtrigger.Trigger:
    """What hangs on a visit is written while the visit is open, and not afterwards."""
    return pgtrigger.Trigger(
        name="frozen_with_its_visit",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=FROZEN_WITH_ITS_VISIT,
    )
