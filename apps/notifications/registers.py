"""Which messages leave the platform, by which channel, and what became of them, as registers."""

from typing import Any

from django import forms
from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value

from apps.core.bulk import BulkAction
from apps.core.markup import drawn
from apps.core.records import save_form
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.core.words import words_of
from apps.notifications.channels import CHANNELS
from apps.notifications.deliveries import send_again
from apps.notifications.forms import ChannelForm, KindForm
from apps.notifications.models import ChannelName, ChannelSetting, Delivery, MessageKind, Progress

TONES = {Progress.WAITING: "blue", Progress.SENT: "green", Progress.RECEIVED: "green", Progress.GIVEN_UP: "red"}


ChannelsInWords = words_of(ChannelName)


@registry.add
class MessageKindRegister(Register):
    name = "message_kinds"
    label = "消息类别"
    model = MessageKind
    key = "kind"
    scope_kind = "public"
    form_class = KindForm
    search = ("label", "kind")
    order = ("label", "pk")
    columns = (
        Column("label", "类别", sortable=True, width=34),
        Column("channels_in_words", "外发渠道", width=30),
        Column("kind", "代码", width=24),
    )
    views = (View("outside", "外发的", lambda user: ~Q(channels=[])),)

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).annotate(channels_in_words=ChannelsInWords(F("channels")))


def save_channel(form: forms.ModelForm, *, by: Any, version: int | None = None) -> ChannelSetting:
    """Hours that an office has set are no sample any more."""
    form.instance.is_sample = False
    return save_form(form, by=by, version=version)


def configured_cell(setting: ChannelSetting) -> str:
    known = CHANNELS[setting.channel].is_configured()
    return ui.state_dot("green", "已配置") if known else ui.state_dot("grey", "未配置")


def hour(name: str) -> Func:
    """As `as_text` shows it."""
    return Func(F(name), Value("HH24:MI"), function="to_char", output_field=TextField())


@registry.add
class ChannelRegister(Register):
    name = "channels"
    label = "外发渠道"
    model = ChannelSetting
    key = "channel"
    scope_kind = "public"
    form_class = ChannelForm
    save = staticmethod(save_channel)
    order = ("pk",)
    columns = (
        Column("channel", "渠道", width=14, cell=lambda setting: drawn("{}　{}", setting, configured_cell(setting))),
        Column("is_on", "启用", width=8),
        Column("quiet_from", "免打扰开始", width=12, expression=hour("quiet_from")),
        Column("quiet_until", "免打扰结束", width=12, expression=hour("quiet_until")),
        Column("is_sample", "样例值", width=8),
    )


def not_given_up(delivery: Delivery, user: Any) -> str | None:
    return None if delivery.given_up_at else f"{Progress(delivery.progress).label}，只有已放弃的可以重新发送"


def again(delivery: Delivery, *, by: Any) -> None:
    send_again(Delivery.objects.filter(pk=delivery.pk))


@registry.add
class DeliveryRegister(Register):
    """What went out to whom and when; what it says is the recipient's alone."""

    name = "deliveries"
    label = "外发记录"
    model = Delivery
    scope_kind = "system"
    related = ("message__recipient",)
    search = ("receipt",)
    actions = (
        BulkAction(
            "resend",
            "重新发送",
            "notifications.resend_delivery",
            not_given_up,
            again,
            consequence="重新计算尝试次数，同一收件人的多条合并发出。",
        ),
    )
    columns = (
        Column("id", "编号", width=10),
        Column("message.recipient.name", "收件人", filter="icontains", width=14),
        Column("kind_label", "类别", width=30),
        Column("channel", "渠道", filter="exact", width=12),
        Column(
            "progress",
            "进度",
            filter="exact",
            width=12,
            cell=lambda d: ui.state_dot(TONES[d.progress], Progress(d.progress).label),
        ),
        Column("attempts", "尝试次数", width=10),
        Column("message.created_at", "消息时间", width=18),
        Column("sent_at", "发出时间", filter="range", sortable=True, width=18),
        Column("received_at", "送达时间", width=18),
        Column("due_at", "下次尝试时间", shown=False, width=18),
        Column("receipt", "回执号", shown=False, width=24),
        Column("error", "最近错误", width=36),
    )
    views = (
        View("waiting", "待发出", lambda user: Q(progress=Progress.WAITING)),
        View("given_up", "已放弃", lambda user: Q(progress=Progress.GIVEN_UP), hot=True),
        View("sent", "已发出", lambda user: Q(progress=Progress.SENT)),
        View("received", "已送达", lambda user: Q(progress=Progress.RECEIVED)),
    )

    def rows(self, user: Any) -> QuerySet:
        label = MessageKind.objects.filter(kind=OuterRef("message__kind")).values("label")[:1]
        return super().rows(user).annotate(kind_label=Subquery(label))
