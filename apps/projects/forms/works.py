"""Forms of dangerous works."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.forms import ScopedForm, ScopedModelForm, clean_text
from apps.projects.dangerous import Parameter, categories, grouped_choices, parameters
from apps.projects.models import DangerousWork, Project


class ProjectField(forms.Field):
    """A project by its number or its whole name, among those the user sees; for workbooks and programs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "项目编号", **kwargs})
        self.rows = Project.objects.none()

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            value = Project.objects.filter(pk=value).first()
        return value.number if isinstance(value, Project) else value

    def to_python(self, value: Any) -> Project | None:
        text = clean_text(str(self.prepare_value(value) or ""))
        if not text:
            return None
        found = list(self.rows.filter(number=text.upper()) or self.rows.filter(name=text)[:2])
        if len(found) > 1:
            raise ValidationError(f"有多个项目名为“{text[:40]}”，请填项目编号")
        if not found:
            raise ValidationError(f"您可查看的项目中没有编号或名称为“{text[:40]}”的项目")
        return found[0]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """By the project that is meant: what stood there is a key, what is sent a number or a name."""
        if self.disabled:
            return False
        try:
            found = self.to_python(data)
        except ValidationError:
            return True
        return (self.prepare_value(initial) or "") != (found.number if found else "")


def parameter_field(parameter: Parameter) -> forms.Field:
    if not parameter.unit:
        return forms.BooleanField(label=parameter.label, required=False)
    return forms.DecimalField(
        label=f"{parameter.label}（{parameter.unit}）", required=False, min_value=0, max_digits=9, decimal_places=3
    )


class DangerousWorkBase(ScopedModelForm):
    """Category first: which parameters are asked depends on it.

    A blank form has them all, for the template of an import.  `of_category` is sent by pages alone and names the
    category whose parameters were on the page, so that choosing another one shows its parameters before anything
    is saved.
    """

    project = ProjectField()
    category = forms.ChoiceField(label="危大工程类别", widget=forms.Select, choices=grouped_choices)
    of_category = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = DangerousWork
        fields = ("project", "category", "name", "place", "planned_start", "planned_end", "started_on", "ended_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = str(self.data.get("category") or self.initial.get("category") or "")
        asked = categories()[chosen].parameters if chosen in categories() else ()
        self.asked = [p.name for p in asked]
        if chosen in categories():
            for name in set(parameters()) - set(self.asked):
                del self.fields[name]
        self.initial.update({name: self.instance.parameters.get(name) for name in self.asked})
        self.initial["of_category"] = chosen
        project: Any = self.fields["project"]
        project.rows = Project.objects.visible_to(self.user)
        if self.instance.project_id:
            project.disabled = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        shown, category = data.pop("of_category", ""), data.get("category", "")
        if shown not in ("", category) and self.asked:
            posted: Any = self.data
            self.data = posted.copy()
            self.data["of_category"] = category  # type: ignore[index]
            raise ValidationError(f"请填写“{categories()[category].name}”的参数，不适用的不填")
        given = {name: data[name] for name in self.asked if data.get(name) not in (None, False)}
        self.instance.parameters = {name: value if value is True else float(value) for name, value in given.items()}
        return data


DangerousWorkForm: type[DangerousWorkBase] = type(
    "DangerousWorkForm",
    (DangerousWorkBase,),
    {
        "__module__": __name__,
        **{p.name: parameter_field(p) for p in parameters().values()},
        "field_order": ("project", "category", "name", "place", *parameters()),
    },
)


class ChooseWorkForm(ScopedForm):
    """Where a new dangerous work is and what kind it is; the form itself comes next."""

    project = ProjectField()
    category = forms.ChoiceField(label="危大工程类别", choices=grouped_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project: Any = self.fields["project"]
        project.rows = Project.objects.visible_to(self.user)
