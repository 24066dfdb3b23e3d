"""The form of a day's safety log: some items, each normal, not concerned, or a problem with note and photograph."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.forms import RecentDayField, ScopedForm, text
from apps.core.widgets import FastSelect
from apps.duty.forms.days import clock
from apps.duty.forms.signature import WithSignature
from apps.duty.models import Answer, LogItem, Weather
from apps.duty.services.days import IN_FUTURE
from apps.duty.services.logs import Line
from apps.hazards.fields import PhotosField, PhotosInput, WithPhotos
from apps.hazards.models import Photo, PhotoStage


class ItemPhotosInput(PhotosInput):
    """Photographs of one item: what is kept of them stands under its own name."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.kept_name, self.hint_name = f"kept_{code}", f"hint_{code}"


class SafetyLogForm(WithSignature, WithPhotos, ScopedForm):
    """Fields `answer_`, `note_`, `at_` and `photo_` of each item by its code; `rest_is_normal` answers all others."""

    day = RecentDayField(label="日期", initial=timezone.localdate)
    weather = forms.ChoiceField(label="天气", choices=Weather, widget=FastSelect)
    summary = text("当日施工和安全工作", rows=2, help_text="部位、主要作业内容、安全工作")
    rest_is_normal = forms.BooleanField(label="以上未选的项目均为“正常”", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(LogItem.objects.in_force(timezone.localdate()).order_by("position", "code"))
        self.kept_of: dict[str, list[Photo]] = {item.code: [] for item in self.items}
        for item in self.items:
            self.ask(item)

    def ask(self, item: LogItem) -> None:
        tiles, code = forms.RadioSelect({"class": "tiles"}), item.code
        answer = forms.ChoiceField(label=item.name, choices=Answer, widget=tiles, required=False, help_text=item.hint)
        answer.needed = True  # type: ignore[attr-defined]
        self.fields[f"answer_{code}"] = answer
        self.fields[f"note_{code}"] = text(f"{item.name}：问题说明", rows=2, most=500, required=False)
        if item.asks_time:
            self.fields[f"at_{code}"] = clock(f"{item.name}：发生时间", required=False)
        self.fields[f"photo_{code}"] = PhotosField(
            label=f"{item.name}：现场照片", stage=PhotoStage.BEFORE, required=False, widget=ItemPhotosInput(code)
        )

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError(IN_FUTURE)
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.lines = [self.line(item, data) for item in self.items]
        open_items = [f"“{line.item.name}”" for line in self.lines if not self.is_told(line)]
        if open_items:
            self.add_error("rest_is_normal", f"还没有选择：{'、'.join(open_items)}。请逐项选择，或者勾选本项")
        return data

    def is_told(self, line: Line) -> bool:
        """Or what is wrong with the answer is said beside it."""
        return bool(line.answer) or f"answer_{line.item.code}" in self.errors

    def clean_photos(self) -> list[str]:
        """There is no field of that name; each item has its own."""
        return []

    def line(self, item: LogItem, data: dict[str, Any]) -> Line:
        """What was said of one item; its photographs are taken in whatever else is wrong."""
        code = item.code
        answer = data.get(f"answer_{code}") or (Answer.NORMAL if data.get("rest_is_normal") else "")
        photos = self.photos_of(code, data)
        if answer != Answer.PROBLEM:
            return Line(item, answer, data.get(f"note_{code}") or "")
        self.must_be_told(item, data, photos)
        return Line(item, answer, data.get(f"note_{code}") or "", data.get(f"at_{code}"), photos)

    def photos_of(self, code: str, data: dict[str, Any]) -> list[str]:
        if f"photo_{code}" not in data:
            return []
        try:
            return self.taken_in(f"photo_{code}", data[f"photo_{code}"], self.kept_of[code])
        except ValidationError as refusal:
            self.add_error(f"photo_{code}", refusal)
        return []

    def must_be_told(self, item: LogItem, data: dict[str, Any], photos: list[str]) -> None:
        code = item.code
        if not data.get(f"note_{code}") and f"note_{code}" not in self.errors:
            self.add_error(f"note_{code}", "发现问题的，请写明情况")
        if not photos and f"photo_{code}" not in self.errors:
            self.add_error(f"photo_{code}", "发现问题的，请拍照")
        if item.asks_time and not data.get(f"at_{code}") and f"at_{code}" not in self.errors:
            self.add_error(f"at_{code}", "请填写时间，精确到分钟")


class RemarkForm(ScopedForm):
    text = text("补充说明", most=1000, min_length=2, help_text="原日志不变，补充说明记明补充人和时间")
