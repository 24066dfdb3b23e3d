"""Forms of training."""

from apps.training.forms.courses import CourseForm, HoursRuleForm, PlanForm
from apps.training.forms.sessions import MOVE_FORMS, EvidenceForm, PickForm, SessionForm, SignInForm

__all__ = [
    "MOVE_FORMS",
    "CourseForm",
    "EvidenceForm",
    "HoursRuleForm",
    "PickForm",
    "PlanForm",
    "SessionForm",
    "SignInForm",
]
