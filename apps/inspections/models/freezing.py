"""Triggers by which a record stays what it was once it has reached a state."""

import pgtrigger

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
