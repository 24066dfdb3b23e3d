"""The sheet of one hazard, as it is entered or, while a draft, corrected."""

from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils import timezone

from apps.core.forms import DayField, ScopedModelForm
from apps.hazards import dictionaries, sites
from apps.hazards.fields import PhotosField, WithPhotos
from apps.hazards.forms.parts import WithTerm
from apps.hazards.models import Criterion, Grade, Hazard, PhotoStage, RiskLevel, Source
from apps.projects.models import Project
from apps.risks.models import RiskPoint

FIRM_SOURCES = (Source.SELF_CHECK, Source.SUPERVISION_FIRM)
RISK_OF_GRADE = {Grade.MAJOR: RiskLevel.MAJOR, Grade.ORDINARY: RiskLevel.GENERAL}


class HazardForm(WithTerm, WithPhotos, ScopedModelForm):
    found_on = DayField(label="检查日期", initial=timezone.localdate)
    photos = PhotosField(
        label="现场照片", stage=PhotoStage.BEFORE, required=False, help_text="整改前照片，下达前至少 1 张"
    )

    # By number, from the page of the risk point whose control has failed.
    risk_point = forms.ModelChoiceField(
        RiskPoint.objects.all(), to_field_name="number", required=False, label="风险点", widget=forms.HiddenInput
    )

    class Meta:
        model = Hazard
        fields = (
            "project",
            "risk_point",
            "enterprise",
            "responsible_person",
            "source",
            "found_on",
            "inspectors",
            "description",
            "category",
            "grade",
            "risk_level",
            "criterion",
            "clause",
            "building",
            "floor",
            "axis",
            "place",
            "longitude",
            "latitude",
            "accuracy_m",
            "deadline",
            "demands",
            "disposal",
        )
        widgets = {
            "grade": forms.RadioSelect(attrs={"class": "tiles"}),
            "description": forms.Textarea(attrs={"rows": 3}),
            "clause": forms.Textarea(attrs={"rows": 2}),
            "demands": forms.Textarea(attrs={"rows": 3}),
            "project": forms.Select(attrs={"data-pick": "", "data-placeholder": "输入项目名称查找"}),
            "criterion": forms.Select(attrs={"data-pick": "", "data-placeholder": "输入条款号或关键词查找"}),
        }

    def __init__(self, *args: Any, ordering: bool = False, **kwargs: Any) -> None:
        """`ordering`: the draft is to be ordered at once, so all that an order needs must be there."""
        self.ordering = ordering
        super().__init__(*args, **kwargs)
        self.fields["category"] = forms.ChoiceField(
            label="隐患类别",
            choices=[("", "请选择"), *self._categories()],
            error_messages={"required": "请选择隐患类别"},
        )
        self.fields["enterprise"].required = False
        self.fields["responsible_person"].help_text = "不填时为项目经理"
        self.fields["grade"].choices = [(g.value, g.label) for g in (Grade.MAJOR, Grade.ORDINARY)]  # type: ignore[attr-defined]
        for name in ("term", "demands"):
            self.fields[name].needed = True  # type: ignore[attr-defined]
        self._risk_follows_grade()
        self._offer_criteria()
        self._offer_sources()

    def _categories(self) -> list[tuple[str, str]]:
        """The dictionary's, and the record's own where that came from elsewhere."""
        known = list(dictionaries.label_choices(dictionaries.CATEGORY))
        own = self.instance.category
        return known if not own or (own, own) in known else [*known, (own, own)]

    def _risk_follows_grade(self) -> None:
        """The level is a field of its own; who leaves it open gets that of the grade."""
        field: Any = self.fields["risk_level"]
        field.required = False
        field.choices = [("", "随隐患等级"), *((r.value, r.label) for r in reversed(RiskLevel))]
        if self.instance._state.adding:
            field.initial = ""

    def _offer_criteria(self) -> None:
        """Clauses of the edition in force on the day of discovery, by chapter; any edition is judged, not ignored."""
        field: Any = self.fields["criterion"]
        field.help_text = "选择条款后，隐患等级自动定为重大隐患"
        field.queryset = Criterion.objects.select_related("edition")
        field.widget.choices = [("", "不引用"), *criteria_by_topic(self.day_of_discovery(), self.instance.criterion)]

    def day_of_discovery(self) -> date:
        try:
            day = self.fields["found_on"].clean(self["found_on"].value())
        except ValidationError:
            day = None
        return day or timezone.localdate()

    def _offer_sources(self) -> None:
        """A firm records what it found itself, an authority all the rest."""
        is_firm = self.user.role_definition.side != "regulator"
        offered = [(s.value, s.label) for s in Source if (s in FIRM_SOURCES) == is_firm]
        self.fields["source"].choices = offered  # type: ignore[attr-defined]
        if is_firm and not self.instance.pk:
            self.fields["source"].initial = Source.SELF_CHECK

    def offer_sites(self, find: str) -> bool:
        """List the projects a recorder can choose from on the page; answers whether there are more than listed."""
        field: Any = self.fields["project"]
        chosen = self.data.get("project") if self.is_bound else self.initial.get("project")
        projects, there_are_more = sites.listed(self.user, find, chosen)
        if len(projects) == 1 and not there_are_more:
            field.initial = projects[0].pk
        field.widget.choices = [("", "请选择"), *((p.pk, p.name) for p in projects)]
        if there_are_more:
            field.widget.attrs["data-pick-url"] = f"{SITES}?q="
        field.widget.attrs |= {"hx-get": GIVEN, "hx-trigger": "change", "hx-target": "#given", "hx-swap": "outerHTML"}
        return there_are_more

    def offer_firms(self, project: Project | None) -> None:
        """Only firms at work on the chosen site can be named; the general contractor need not be."""
        field: Any = self.fields["enterprise"]
        field.widget.choices = [("", "施工总承包单位"), *(sites.firms_of(project) if project else ())]

    def clean_found_on(self) -> Any:
        day = self.cleaned_data["found_on"]
        if day > timezone.localdate():
            raise ValidationError("检查日期不能晚于今天")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._responsible_firm(data)
        self._criterion_decides(data)
        self._risk_is_of_the_site(data)
        data["risk_level"] = data.get("risk_level") or RISK_OF_GRADE[Grade(data.get("grade") or Grade.ORDINARY)]
        self.instance.deadline_basis = data.get("deadline_basis", {})
        if self.ordering:
            self._may_be_ordered(data)
        if bool(data.get("longitude")) != bool(data.get("latitude")):
            self.add_error("longitude", "经度和纬度要一起填写")
        return data

    def _responsible_firm(self, data: dict[str, Any]) -> None:
        """The firm named must work on the project; unnamed it is the general contractor, and its project manager."""
        project, firm = data.get("project"), data.get("enterprise")
        if project is None:
            return
        if firm is None:
            data["enterprise"] = project.enterprise
            data["responsible_person"] = data.get("responsible_person") or sites.answerable(project).manager
        elif not project.parties.filter(enterprise=firm, ended_on=None).exists():
            self.add_error("enterprise", f"{firm.name}不是“{project.name}”现在的参建单位，请改选或先登记参建单位")
        if data.get("enterprise") is None:
            self.add_error("enterprise", "该项目还没有登记施工总承包单位，请选择整改企业")

    def _criterion_decides(self, data: dict[str, Any]) -> None:
        """A clause of the 判定标准 makes the hazard major; its edition is that of the day of discovery."""
        criterion, day = data.get("criterion"), data.get("found_on")
        if criterion is None:
            return
        data["grade"] = Grade.MAJOR
        self._show("grade", Grade.MAJOR)
        if day and not criterion.edition.in_force_on(day):
            self.add_error("criterion", f"{day} 适用的不是 {criterion.edition.code} 版判定标准，请选当日有效版本的条款")

    def _risk_is_of_the_site(self, data: dict[str, Any]) -> None:
        """A hazard moved to another site came of no risk point there."""
        risk, project = data.get("risk_point"), data.get("project")
        if risk and project and risk.project_id != project.pk:
            data["risk_point"] = None
            self._show("risk_point", "")

    def _show(self, name: str, value: str) -> None:
        """Should the form come back, it shows what was decided and not what was sent."""
        data: Any = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        data[self.add_prefix(name)] = value
        self.data = data

    def _may_be_ordered(self, data: dict[str, Any]) -> None:
        """Told beside the fields, before anything is written."""
        has_photo = data.get("photos") or (self.instance.pk and self.instance.photos.exists())
        if not has_photo and "photos" not in self.errors:
            self.add_error("photos", "下达前至少要有 1 张整改前照片")
        if not data.get("demands") and "demands" not in self.errors:
            self.add_error("demands", "请填写整改要求")
        if data.get("grade") == Grade.MAJOR and not data.get("deadline") and not self.errors.get("deadline"):
            self.add_error("term", "重大隐患必须规定整改期限")


SITES, GIVEN = reverse_lazy("hazards:sites"), reverse_lazy("hazards:given")


def criteria_by_topic(day: date, chosen: Criterion | None = None) -> list[tuple[str, list[tuple[int, str]]]]:
    """The clauses in force on the day as groups of options; one that was chosen before stays to be seen."""
    criteria = list(Criterion.objects.in_force_on(day).order_by("position"))
    if chosen and chosen not in criteria:
        criteria.append(chosen)
    return [(topic, [(c.pk, str(c)) for c in group]) for topic, group in groupby(criteria, key=lambda c: c.topic)]
