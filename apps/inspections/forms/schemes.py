"""The form of a saved scheme."""

from typing import Any

from django import forms

from apps.inspections.forms.terms import DrawTermsForm
from apps.inspections.models import Campaign, DrawScheme
from apps.inspections.services.schemes import DRAWN_KINDS, said_of


class DrawSchemeForm(DrawTermsForm):
    draw_time = forms.TimeField(label="抽取时刻", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    sections = (
        ("方案", ("name", "campaign")),
        ("抽取", ("draw_after", "draw_time", "public_source", "announces_itself")),
        ("密语保管人", ("custodian_a", "custodian_b")),
        ("检查时间和排除", ("visits_after", "visits_days", "recent_days")),
        DrawTermsForm.RATES,
    )
    in_threes = ("检查时间和排除", DrawTermsForm.RATES[0])

    class Meta:
        model = DrawScheme
        fields = (
            "name",
            "campaign",
            "draw_after",
            "draw_time",
            "public_source",
            "announces_itself",
            "custodian_a",
            "custodian_b",
            "visits_after",
            "visits_days",
        )
        help_texts = {
            "campaign": "检查范围、抽查事项、检查表和检查数量按该任务；任务结束后按同类型、同主题的最新任务",
            "announces_itself": "只是新抽取的预填值，准备抽取时可以改",
        }

    def __init__(self, *args: Any, instance: DrawScheme | None = None, **kwargs: Any) -> None:
        if instance is not None and instance.pk:
            kwargs["initial"] = {**said_of(instance), **kwargs.get("initial", {})}
        super().__init__(*args, instance=instance, **kwargs)
        own = Campaign.objects.visible_to(self.user).filter(kind__in=DRAWN_KINDS)
        self.fields["campaign"].queryset = own.filter(  # type: ignore[attr-defined]
            region_path=self.user.organisation.region_path
        ).order_by("-pk")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        here = self.instance.region_path or self.user.organisation.region_path
        same = DrawScheme.objects.filter(region_path=here, name=data.get("name") or "")
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("name", "本级已有同名方案，请换一个名称")
        if not self.errors:
            self.instance.terms = self.terms(data)
        return data
