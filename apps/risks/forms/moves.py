"""One small form per move of a risk point."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.forms import RecentDayField, RecordForm, text
from apps.risks.models import ControlMeasure, RiskPoint

EFFECTIVE, FAILED = "effective", "failed"
VERDICTS = ((EFFECTIVE, "有效"), (FAILED, "失效"))


class RiskMoveForm(RecordForm):
    """What a person says with one move."""

    record: RiskPoint


class RemarkForm(RiskMoveForm):
    remark = text("备注", most=1000, required=False)


class ReassessForm(RiskMoveForm):
    reason = text("重新评价的理由", most=1000)


class LiftForm(RiskMoveForm):
    lift_reason = text("解除理由", most=1000, help_text="例如：工序已完成、设备已拆除")


class CheckForm(RiskMoveForm):
    """For programs: which measures work and which do not, by their texts; every one must stand in one of the lists."""

    checked_on = RecentDayField(label="检查日期", initial=timezone.localdate)
    effective = forms.ModelMultipleChoiceField(
        ControlMeasure.objects.none(), to_field_name="text", label="有效的措施", required=False, help_text="措施原文"
    )
    failed = forms.ModelMultipleChoiceField(
        ControlMeasure.objects.none(), to_field_name="text", label="失效的措施", required=False, help_text="措施原文"
    )
    remark = text("备注", most=1000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (EFFECTIVE, FAILED):
            self.fields[name].queryset = self.record.measures.current()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        works, not_works = set(data.get(EFFECTIVE) or ()), set(data.get(FAILED) or ())
        if works & not_works:
            raise ValidationError("同一条措施不能既有效又失效")
        missing = [m.text for m in self.record.measures.current() if m not in works | not_works]
        if missing and not self.errors:
            raise ValidationError(f"还有 {len(missing)} 条措施没有检查结果：{'；'.join(missing)[:100]}")
        return data

    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        results = {m.pk: True for m in data[EFFECTIVE]} | {m.pk: False for m in data[FAILED]}
        told = {"checked_on": data["checked_on"], "results": results}
        return told | ({"remark": data["remark"]} if data["remark"] else {})


class CheckPageForm(RiskMoveForm):
    """For the page: one tap a measure."""

    checked_on = RecentDayField(label="检查日期", initial=timezone.localdate)
    remark = text("备注", most=1000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measures = list(self.record.measures.current())
        for measure in self.measures:
            self.fields[f"measure_{measure.pk}"] = forms.ChoiceField(
                label=measure.text,
                choices=VERDICTS,
                widget=forms.RadioSelect(attrs={"class": "tiles"}),
                error_messages={"required": f"请选择“{measure.text[:30]}”有效还是失效"},
            )
        self.order_fields([*(f"measure_{m.pk}" for m in self.measures), "checked_on", "remark"])

    def by_kind(self) -> list[tuple[str, list[Any]]]:
        """The radios of the measures under the names of their kinds."""
        groups: dict[str, list[Any]] = {}
        for measure in self.measures:
            groups.setdefault(measure.get_kind_display(), []).append(self[f"measure_{measure.pk}"])
        return list(groups.items())

    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        told = {
            "checked_on": data["checked_on"],
            "results": {m.pk: data[f"measure_{m.pk}"] == EFFECTIVE for m in self.measures},
        }
        return told | ({"remark": data["remark"]} if data["remark"] else {})


MOVE_FORMS: dict[str, type[RiskMoveForm]] = {
    "put_in_force": RemarkForm,
    "check": CheckForm,
    "confirm": RemarkForm,
    "reassess": ReassessForm,
    "lift": LiftForm,
}
