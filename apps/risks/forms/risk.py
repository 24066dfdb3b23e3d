"""The form of a risk point, for page, API and import alike."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.forms import RecentDayField, ScopedModelForm
from apps.core.widgets import FastSelect
from apps.enterprises.forms import EnterpriseField
from apps.projects.forms.works import ProjectField
from apps.projects.models import DangerousWork, Project
from apps.risks.dictionaries import accident_types
from apps.risks.forms.fields import LinesField, WorkField
from apps.risks.grading import Verdict, plain
from apps.risks.models import MEASURE_FIELDS, ControlLevel, MeasureKind, Method, RiskLevel, RiskPoint, RiskRule
from apps.risks.selectors import keeps_risks
from apps.risks.services import assess
from apps.risks.words import FACTOR_NAMES

FEW = 200
"""Up to so many projects are listed on the page; with more of them one types a number or name."""
VALUES = ("likelihood", "exposure", "consequence")
LABELS = {name: f"{kind.label}" for name, kind in MEASURE_FIELDS.items()}


def number_field(label: str, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=5, decimal_places=2, widget=FastSelect, **kwargs)


class RiskForm(ScopedModelForm):
    """Which values may be chosen depends on the method.

    A blank form has those of LEC.  `of_method` is sent by pages alone and names the method whose values were on the
    page, so that choosing another one shows its values before anything is judged.
    """

    project = ProjectField(label="项目")
    dangerous_work = WorkField(label="危大工程", required=False, help_text="属于危大工程的，等级不低于规则规定")
    enterprise = EnterpriseField(
        label="责任单位", required=False, help_text="不填为施工总承包单位；填企业全称或统一社会信用代码"
    )
    accident_type = forms.ChoiceField(label="可能事故类型", widget=FastSelect)
    method = forms.ChoiceField(
        label="评价方法", choices=Method, initial=Method.LEC, widget=forms.RadioSelect(attrs={"class": "tiles"})
    )
    of_method = forms.CharField(required=False, widget=forms.HiddenInput)
    likelihood = number_field("可能性（L）")
    exposure = number_field("暴露频次（E）", required=False)
    consequence = number_field("后果（C）或严重性（S）")
    raised_to = forms.TypedChoiceField(
        label="人工提高至",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "按评价结果"), *((level.value, level.label) for level in reversed(RiskLevel))],
        widget=FastSelect,
        help_text="只能提高，不能低于评价结果",
    )
    measures_engineering = LinesField(label=MeasureKind.ENGINEERING.label, help_text="每行一条")
    measures_management = LinesField(label=MeasureKind.MANAGEMENT.label, help_text="每行一条")
    measures_training = LinesField(label=MeasureKind.TRAINING.label, help_text="每行一条")
    measures_protection = LinesField(label=MeasureKind.PROTECTION.label, help_text="每行一条")
    measures_emergency = LinesField(label=MeasureKind.EMERGENCY.label, help_text="每行一条")

    sections = (
        (
            "风险点",
            ("project", "dangerous_work", "name", "kind", "activity", "place", "nature", "accident_type", "factors"),
        ),
        ("评价", ("method", *VALUES, "raised_to", "raised_reason")),
        ("管控措施", tuple(MEASURE_FIELDS)),
        (
            "责任与检查",
            ("enterprise", "responsible_person", "control_level", "check_every_days", "starts_on", "ends_on"),
        ),
    )

    class Meta:
        model = RiskPoint
        fields = (
            "project",
            "dangerous_work",
            "name",
            "kind",
            "activity",
            "place",
            "nature",
            "factors",
            "accident_type",
            "method",
            *VALUES,
            "raised_reason",
            "enterprise",
            "responsible_person",
            "control_level",
            "check_every_days",
            "starts_on",
            "ends_on",
        )
        field_classes = {"starts_on": RecentDayField, "ends_on": RecentDayField}
        widgets = {
            "kind": FastSelect,
            "nature": FastSelect,
            "control_level": FastSelect,
            "factors": forms.Textarea({"rows": 2}),
        }

    verdict: Verdict | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        adding = self.instance._state.adding
        self.fields["accident_type"].choices = [("", "请选择"), *self._accident_types()]  # type: ignore[attr-defined]
        self.fields["control_level"].required = False
        self.fields["control_level"].choices = [("", "按等级确定"), *ControlLevel.choices]  # type: ignore[attr-defined]
        if adding:
            self.initial.setdefault("starts_on", timezone.localdate())
            self.initial.setdefault("check_every_days", 1)
        self.initial["raised_to"] = self.instance.level if not adding and self.instance.is_raised else None
        self._tell_measures()
        self._offer_values()
        self._offer_projects()

    # What is offered -----------------------------------------------------------------------------------------------

    def _accident_types(self) -> list[tuple[str, str]]:
        """The dictionary's, and the record's own where that is there no more."""
        known, own = accident_types(), self.instance.accident_type
        return known if not own or (own, own) in known else [*known, (own, own)]

    def _tell_measures(self) -> None:
        told: dict[str, list[str]] = {name: [] for name in MEASURE_FIELDS}
        if not self.instance._state.adding:
            for measure in self.instance.measures.current():
                told[f"measures_{measure.kind}"].append(measure.text)
        self.initial.update({name: "\n".join(texts) for name, texts in told.items()})

    def chosen_method(self) -> str:
        asked = str(self.data.get("method") or "") if self.is_bound else str(self.initial.get("method") or "")
        return asked if asked in Method.values else Method.LEC

    def _offer_values(self) -> None:
        """The values of the edition in force for the chosen method; the matrix has no exposure."""
        method = self.chosen_method()
        rule = RiskRule.objects.in_force(method, timezone.localdate())
        for name in VALUES:
            choices = rule.tables.choices.get(name, ()) if rule else ()
            field: Any = self.fields[name]
            field.widget.choices = [
                ("", "请选择"),
                *((plain(number), f"{plain(number)}　{words}") for number, words in choices),
            ]
            if name in FACTOR_NAMES[method]:
                field.label = FACTOR_NAMES[method][name]

    def _offer_projects(self) -> None:
        project: Any = self.fields["project"]
        project.rows = Project.objects.visible_to(self.user)
        if self.instance.project_id:
            project.disabled = True

    def for_page(self) -> "RiskForm":
        """With what only a page needs: lists to choose from, and only the values of the chosen method."""
        rows = list(self.fields["project"].rows.order_by("name", "pk")[: FEW + 1])  # type: ignore[attr-defined]
        if len(rows) <= FEW and not self.fields["project"].disabled:
            mine = [("", "请选择"), *((p.number, p.name) for p in rows)]
            self.fields["project"].widget = FastSelect({"data-pick": "", "data-placeholder": "输入项目名称查找"}, mine)
        self.fields["dangerous_work"].widget = FastSelect(choices=[("", "不属于危大工程"), *self._works()])
        self.initial["of_method"] = self.chosen_method()
        self.fields["exposure"].needed = True  # type: ignore[attr-defined]
        if self.chosen_method() == Method.LS:
            del self.fields["exposure"]
        return self

    def _works(self) -> list[tuple[int, str]]:
        """The dangerous works of the project, or of all the user's while none is chosen."""
        project = self._known_project()
        rows = DangerousWork.objects.visible_to(self.user).filter(is_dangerous=True).select_related("project")
        rows = rows.filter(project=project) if project else rows.order_by("project__name", "pk")
        return [(w.pk, w.name if project else f"{w.project.name}　{w.name}") for w in rows[:FEW]]

    def _known_project(self) -> Project | None:
        try:
            return self.fields["project"].to_python(self["project"].value())
        except ValidationError:
            return None

    # What is judged ------------------------------------------------------------------------------------------------

    def clean_method(self) -> str:
        """Another method than the one whose values were on the page: they are asked for first."""
        method, shown = self.cleaned_data["method"], str(self.data.get("of_method") or "")
        if shown not in ("", method):
            sent: Any = self.data
            data = sent.copy()
            data["of_method"] = method
            for name in VALUES:
                data[name] = ""
            self.data = data
            raise ValidationError(f"已改用{Method(method).label}，请按该方法选择取值")
        return method

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        project = data.get("project") or (self.instance.project if self.instance.project_id else None)
        if project is not None:
            self._belongs(project, data)
        else:
            data["dangerous_work"] = None  # a name until its project is known
        if data.get("method") == Method.LS:
            data["exposure"] = None
        elif data.get("exposure") is None and "exposure" not in self.errors:
            self.add_error("exposure", "请选择暴露频次 E")
        if not self.errors:
            self._judge(data)
        return data

    def _belongs(self, project: Project, data: dict[str, Any]) -> None:
        """Unit and dangerous work are those of the project; whoever is not at work on it enters nothing."""
        if self.instance._state.adding and not keeps_risks(self.user, project):
            self.add_error("project", f"您不在“{project.name}”任职，不能登记其风险点")
        firm = data.get("enterprise")
        if firm is None:
            data["enterprise"] = self.instance.enterprise if self.instance.enterprise_id else project.enterprise
        elif not project.parties.filter(enterprise=firm, ended_on=None).exists():
            self.add_error("enterprise", f"{firm.name}不是“{project.name}”现在的参建单位，请改填或先登记参建单位")
        if data.get("enterprise") is None and "enterprise" not in self.errors:
            self.add_error("enterprise", "该项目还没有登记施工总承包单位，请填写责任单位")
        self._find_work(project, data)

    def _find_work(self, project: Project, data: dict[str, Any]) -> None:
        told = data.get("dangerous_work")
        if not told:
            data["dangerous_work"] = None
            return
        works = project.dangerous_works.all()
        is_key = told.isascii() and told.isdigit() and len(told) < 19
        found = list(works.filter(pk=int(told)) if is_key else works.filter(name=told)[:2])
        data["dangerous_work"] = found[0] if len(found) == 1 else None
        if len(found) != 1:
            reason = "有多个" if found else "没有"
            self.add_error("dangerous_work", f"“{project.name}”{reason}名为“{told[:40]}”的危大工程")

    def _judge(self, data: dict[str, Any]) -> None:
        """Score and colour, on the record and for the page that shows them before anything is kept."""
        for name in ("project", "dangerous_work", "method", *VALUES, "raised_reason", "control_level"):
            setattr(self.instance, name, data.get(name))
        self.instance.raised_reason = data.get("raised_reason") or ""
        # What nobody has touched moves up with the level; what somebody chose is judged.
        kept = 0 if "control_level" in self.changed_data else self.instance.control_level or 0
        if kept:
            self.instance.control_level = None
        try:
            self.verdict = assess(self.instance, timezone.localdate(), raised_to=data.get("raised_to"))
        except ValidationError as wrong:
            for name, errors in wrong.message_dict.items():
                self.add_error(name if name in self.fields else None, errors)
            return
        self.instance.control_level = max(kept, self.instance.control_level)
        data["control_level"], data["raised_reason"] = self.instance.control_level, self.instance.raised_reason
