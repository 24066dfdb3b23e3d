"""联合惩戒: asked of another office, its feedback, and lifted with the listing that it follows from."""

from typing import Any

from apps.core.effects import stamp
from apps.core.workflow import Transition, Workflow
from apps.credit.models import JointMeasure, MeasureState

S = MeasureState


def is_asked(measure: JointMeasure, user: Any) -> str | None:
    """The office that was asked answers here; for one outside of the platform, the office that sent it."""
    asked = measure.addressee_id or measure.listing.organisation_id
    return None if user.organisation_id == asked or user.role == "province_officer" else "由实施单位反馈"


JOINT = Workflow(
    (
        Transition(
            "feed_back",
            "反馈落实情况",
            (S.SENT,),
            S.APPLIED,
            "credit.answer_jointmeasure",
            facts=("feedback",),
            guards=(is_asked,),
            effects=(stamp("fed_back"),),
            notify=("sender",),
        ),
        Transition(
            "lift",
            "解除",
            (S.SENT, S.APPLIED),
            S.LIFTED,
            "credit.decide_blacklisting",
            facts=("lifted_on",),
            notify=("asked",),
            by_itself=True,
        ),
    )
)
