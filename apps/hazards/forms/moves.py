"""One small form per move of a hazard."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts.models import User
from apps.core.forms import DayField, FactsForm, RecordForm, text
from apps.hazards.fields import PhotosField, WithPhotos
from apps.hazards.forms.parts import WithTerm
from apps.hazards.handlers import handlers_of
from apps.hazards.models import FIVE_COMMITMENTS, Disposal, Hazard, PhotoStage
from apps.hazards.workflow import MOST_EXTENSIONS


def person() -> forms.CharField:
    """Somebody responsible; the page suggests the people of the site."""
    widget = forms.TextInput(attrs={"list": "people", "autocomplete": "off"})
    return forms.CharField(label="整改责任人", max_length=50, required=False, widget=widget)


class MoveForm(RecordForm):
    """What a person says with one move of one hazard."""

    record: Hazard

    def lock(self) -> None:
        """Show the words without letting them be changed: the move is no longer open."""
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea | forms.TextInput | forms.NumberInput):
                field.widget.attrs["readonly"] = True


class OrderForm(WithTerm, MoveForm):
    """Major hazards have a deadline, ordinary ones may go without."""

    demands = text("整改要求", most=4000)
    disposal = forms.ChoiceField(label="处置措施", choices=Disposal)
    responsible_person = person()
    field_order = ("term", "deadline", "demands", "disposal", "responsible_person")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["term"].needed = self.record.is_major  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.record.is_major and not data.get("deadline") and not self.errors:
            self.add_error("term", "重大隐患必须规定整改期限")
        return data


class CommitmentsMixin(MoveForm):
    """五落实: five texts, asked of major hazards only, told as one fact."""

    commitments_required = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record.is_major:
            for key, label in FIVE_COMMITMENTS.items():
                told = self.record.commitments.get(key, "")
                field = text(label, rows=2, most=500, required=self.commitments_required, initial=told)
                self.fields[f"commitment_{key}"] = field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        told = {key: data.pop(f"commitment_{key}", "") for key in FIVE_COMMITMENTS}
        if any(told.values()):
            data["commitments"] = told
        return data


class StartForm(CommitmentsMixin):
    responsible_person = person()


class AnswerForm(WithPhotos, CommitmentsMixin):
    commitments_required = True
    photos = PhotosField(
        label="整改后照片",
        stage=PhotoStage.AFTER,
        help_text="请在同一位置拍摄",
        error_messages={"required": "整改后照片至少 1 张，须在现场拍摄"},
    )
    measures = text("整改措施", most=4000)
    responsible_person = person()
    funds = forms.DecimalField(
        label="整改资金（元）",
        max_digits=14,
        decimal_places=2,
        min_value=0,
        error_messages={"required": "填写整改资金，没有发生填 0"},
    )
    rectified_on = DayField(label="整改完成日期", initial=timezone.localdate)

    def clean_rectified_on(self) -> Any:
        day = self.cleaned_data["rectified_on"]
        if day > timezone.localdate():
            raise ValidationError("整改完成日期不能晚于今天")
        if day < self.record.found_on:
            raise ValidationError(f"整改完成日期不能早于检查日期 {self.record.found_on}")
        return day


class SpotForm(WithPhotos, MoveForm):
    measures = text("整改措施")
    photos = PhotosField(
        label="整改后照片", stage=PhotoStage.AFTER, error_messages={"required": "当场整改须有整改后照片"}
    )


class VerifyForm(WithPhotos, MoveForm):
    opinion = text("复查意见")
    photos = PhotosField(label="复查照片", stage=PhotoStage.VERIFICATION, required=False)


class ReturnForm(WithTerm, WithPhotos, MoveForm):
    reason = text("退回理由", most=1000)
    photos = PhotosField(label="复查照片", stage=PhotoStage.VERIFICATION, required=False)
    field_order = ("reason", "term", "deadline", "photos")


class ReasonForm(MoveForm):
    reason = text("理由", most=1000, min_length=5)


class VoidForm(MoveForm):
    void_reason = text("作废理由", most=1000, min_length=5)


class RemarkForm(MoveForm):
    remark = text("监理意见", most=1000, required=False)


class UrgingForm(FactsForm):
    """What is said to the firms of the hazards that are urged."""

    remark = text("催办说明", most=500, required=False, help_text="随催办消息发给企业安全总监和项目人员")


class UrgeForm(UrgingForm, MoveForm):
    pass


class HandlerField(forms.ModelChoiceField):
    def label_from_instance(self, user: Any) -> str:
        return f"{user.name}（{user.role_definition.label}）"


class HandlerForm(FactsForm):
    """Who of the own office handles a hazard, or many."""

    handler = HandlerField(
        User.objects.none(), label="经办人", help_text="本单位有复查权限的人员；指派后待复查的隐患由其办理"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        office = handlers_of(self.user.organisation_id)
        self.fields["handler"].queryset = office.order_by("name", "pk")  # type: ignore[attr-defined]


class AssignForm(HandlerForm, MoveForm):
    pass


class ExtensionForm(MoveForm):
    extension_until = DayField(
        label="申请延至",
        help_text=f"须晚于现在的整改期限；每条隐患最多延期 {MOST_EXTENSIONS} 次（示例值，以主管部门规定为准）",
    )
    extension_reason = text("延期理由", most=1000, min_length=5)
    interim_measures = text("临时安全措施", most=2000, min_length=5, help_text="整改完成之前怎样保证安全")

    def clean_extension_until(self) -> Any:
        day = self.cleaned_data["extension_until"]
        if self.record.deadline and day <= self.record.deadline:
            raise ValidationError(f"申请延至的日期须晚于现在的整改期限 {self.record.deadline}")
        return day


MOVE_FORMS: dict[str, type[MoveForm]] = {
    "order": OrderForm,
    "fix_on_spot": SpotForm,
    "receive": MoveForm,
    "start": StartForm,
    "answer": AnswerForm,
    "request_extension": ExtensionForm,
    "approve_extension": MoveForm,
    "reject_extension": ReasonForm,
    "remind": UrgeForm,
    "confirm": RemarkForm,
    "reject": ReasonForm,
    "verify": VerifyForm,
    "close": MoveForm,
    "return": ReturnForm,
    "contest": ReasonForm,
    "assign": AssignForm,
    "discard": VoidForm,
    "request_void": VoidForm,
    "approve_void": MoveForm,
    "reject_void": ReasonForm,
}
