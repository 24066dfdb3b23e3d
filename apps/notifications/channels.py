"""Ways out of the platform besides the inbox, which needs none: there the row itself is the delivery."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage

from apps.notifications.models import DIGEST, Message, MessageQuerySet


@dataclass(frozen=True)
class Channel:
    """`takes` narrows messages to those that this channel carries; `send` raises when one could not be handed over."""

    name: str
    label: str
    is_configured: Callable[[], bool]
    takes: Callable[[MessageQuerySet], MessageQuerySet]
    send: Callable[[Message], None]


def send_email(message: Message) -> None:
    """Title and text only: mail passes through strangers' hands, so it neither names persons nor opens the page."""
    text = f"{message.recipient.name}，您好：\n\n{message.title}\n{message.body}\n\n请登录平台，在“消息”中查看并办理。"
    EmailMessage(subject=" ".join(message.title.split()), body=text, to=[message.recipient.email]).send()


EMAIL = Channel(
    name="email",
    label="电子邮件",
    is_configured=lambda: settings.EMAIL_CONFIGURED,
    # One mail a day: reminders reach the inbox at once and a mailbox only as the digest.
    takes=lambda messages: messages.filter(kind=DIGEST).exclude(recipient__email=""),
    send=send_email,
)
CHANNELS = {channel.name: channel for channel in (EMAIL,)}


def configured() -> list[Channel]:
    return [channel for channel in CHANNELS.values() if channel.is_configured()]
