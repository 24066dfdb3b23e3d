"""Forms of risk points, of their moves, and of the rules that score them."""

from apps.risks.forms.moves import MOVE_FORMS, CheckPageForm, RiskMoveForm
from apps.risks.forms.risk import RiskForm
from apps.risks.forms.rule import RiskRuleForm

__all__ = ["MOVE_FORMS", "CheckPageForm", "RiskForm", "RiskMoveForm", "RiskRuleForm"]
