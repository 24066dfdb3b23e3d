"""The form of a rule: an edition is added from a day on."""

from apps.core.edition_forms import EditionForm
from apps.core.widgets import FastSelect
from apps.coverage.models import CoverageRule


class CoverageRuleForm(EditionForm):
    sections = (
        ("口径", ("denominator", "window_days", "absent_days", "effective_from", "source", "certainty")),
        ("要求", ("needs_induction", "needs_yearly", "needs_certificate")),
    )
    in_threes = ("要求",)

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
            "needs_yearly",
            "needs_certificate",
        )
        widgets = {"denominator": FastSelect}
        help_texts = {
            "window_days": "只用于“在册且近期有考勤的人员”",
            "absent_days": "在册人员超过这些天没有考勤的，本项目不能显示100%；填0为不核对",
            "needs_yearly": "学时数见“学时标准”",
            "certainty": "例如：待主管部门确认",
            "needs_certificate": "特种作业人员、专职安全员、项目负责人",
        }
