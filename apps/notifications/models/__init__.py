from apps.notifications.models.deliveries import Delivery, DeliveryAttempt, Progress
from apps.notifications.models.messages import (
    DIGEST,
    Digest,
    Level,
    Message,
    MessageQuerySet,
    ThisQuarter,
    digest_title,
)
from apps.notifications.models.ways import ChannelName, ChannelSetting, MessageKind

__all__ = [
    "DIGEST",
    "ChannelName",
    "ChannelSetting",
    "Delivery",
    "DeliveryAttempt",
    "Digest",
    "Level",
    "Message",
    "MessageKind",
    "MessageQuerySet",
    "Progress",
    "ThisQuarter",
    "digest_title",
]
