"""Ways out of the platform besides the inbox, which needs none: there the row itself is the delivery."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from apps.notifications import gateways
from apps.notifications.models import ChannelName, Message

NAMED = 3
"""So many of several messages are named in one text."""


@dataclass(frozen=True)
class Channel:
    """`address` is the recipient's field that must be filled; `send` takes what waits for one person.

    It answers the gateway's receipt, "" where there is none, and raises when nothing could be handed over.
    """

    name: str
    is_configured: Callable[[], bool]
    address: str
    send: Callable[[Any, Sequence[Message]], str]


def send_email(recipient: Any, messages: Sequence[Message]) -> str:
    """Title and text only: mail passes through strangers' hands, so it neither names persons nor opens the page."""
    text = "\n\n".join(f"{message.title}\n{message.body}" for message in messages)
    letter = f"{recipient.name}，您好：\n\n{text}\n\n请登录平台，在“消息”中查看并办理。"
    EmailMessage(subject=subject(messages), body=letter, to=[recipient.email]).send()
    return ""


def send_sms(recipient: Any, messages: Sequence[Message]) -> str:
    return gateways.send_sms(recipient.phone, short(messages), key_of(messages))


def send_wecom(recipient: Any, messages: Sequence[Message]) -> str:
    return gateways.send_wecom(recipient.phone, short(messages), key_of(messages))


def subject(messages: Sequence[Message]) -> str:
    first = " ".join(messages[0].title.split())
    return first if len(messages) == 1 else f"{first} 等 {len(messages)} 条消息"


def short(messages: Sequence[Message]) -> str:
    """Titles alone, the first few of many."""
    named = [" ".join(message.title.split()) for message in messages[:NAMED]]
    rest = f"；另有 {len(messages) - NAMED} 条" if len(messages) > NAMED else ""
    return f"【建筑施工安全监管】{'；'.join(named)}{rest}。请登录平台办理。"


def key_of(messages: Sequence[Message]) -> str:
    """The same for every attempt at the same messages."""
    return f"{messages[0].pk}-{len(messages)}"


CHANNELS = {
    channel.name: channel
    for channel in (
        Channel(ChannelName.EMAIL, lambda: settings.EMAIL_CONFIGURED, "email", send_email),
        Channel(ChannelName.SMS, lambda: bool(settings.SMS_GATEWAY), "phone", send_sms),
        Channel(ChannelName.WECOM, lambda: bool(settings.WECOM_URL), "phone", send_wecom),
    )
}


def configured() -> list[Channel]:
    return [channel for channel in CHANNELS.values() if channel.is_configured()]
