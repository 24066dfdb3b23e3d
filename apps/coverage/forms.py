"""The form of a rule: an edition is added from a day on."""

from apps.core.edition_forms import EditionForm
from apps.core.widgets import FastSelect
from apps.coverage.models import HOURS_OF, CoverageRule
from apps.coverage.models.rules import INDUCTION_HOURS


class CoverageRuleForm(EditionForm):
    sections = (
        ("口径", ("denominator", "window_days", "absent_days", "effective_from", "source", "certainty")),
        ("三级教育", ("needs_induction", *INDUCTION_HOURS)),
        ("年度学时", ("needs_yearly", *HOURS_OF.values())),
        ("证书", ("needs_certificate",)),
    )
    in_threes = ("三级教育", "年度学时")

    class Meta:
        model = CoverageRule
        fields = (
            "denominator",
            "window_days",
            "absent_days",
            "effective_from",
            "source",
            "certainty",
            "needs_induction",
            *INDUCTION_HOURS,
            "needs_yearly",
            *HOURS_OF.values(),
            "needs_certificate",
        )
        widgets = {"denominator": FastSelect}
        help_texts = {
            "window_days": "只用于“在册且近期有考勤的人员”",
            "absent_days": "在册人员超过这些天没有考勤的，本项目不能显示100%；填0为不核对",
            "certainty": "例如：待主管部门确认",
            "needs_certificate": "特种作业人员、专职安全员、项目负责人",
        }
