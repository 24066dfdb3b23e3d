"""The forms of the settings by which messages leave the platform."""

from typing import Any

from django import forms

from apps.core.forms import ScopedModelForm
from apps.notifications.models import ChannelName, ChannelSetting, MessageKind


class ChannelsField(forms.TypedMultipleChoiceField):
    """Any of the channels besides the inbox, as boxes to tick."""

    def __init__(self, **told: Any) -> None:
        super().__init__(choices=ChannelName.choices, widget=forms.CheckboxSelectMultiple, required=False, **told)


class KindForm(ScopedModelForm):
    channels = ChannelsField(
        label="外发渠道", help_text="站内消息始终发送；勾选的渠道须已配置并启用，收件人须填有手机号或邮箱"
    )

    class Meta:
        model = MessageKind
        fields = ("channels",)


class ChannelForm(ScopedModelForm):
    class Meta:
        model = ChannelSetting
        fields = ("is_on", "quiet_from", "quiet_until")
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in ("quiet_from", "quiet_until")
        }
        help_texts = {"quiet_from": "此时段内不发出，结束后补发；可跨零点", "quiet_until": "两项均不填则全天可发"}
