from datetime import date

from django.urls import include, path, register_converter

from apps.core.pages import register_urls
from apps.notifications import pages, views
from apps.notifications.registers import ChannelRegister, DeliveryRegister, MessageKindRegister


class DayConverter:
    """A day as 2026-11-22; anything else, also the 31st of November, is no address of ours."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")

patterns = [
    path("", views.inbox, name="list"),
    path("read/", views.mark_read, name="read"),
    path("<int:pk>/", views.open_message, name="open"),
    path("digests/<day:day>/", views.digest, name="digest"),
]
kinds = register_urls(MessageKindRegister, detail=pages.kind_page)
channels = register_urls(ChannelRegister, detail=pages.channel_page)
deliveries = register_urls(DeliveryRegister, detail=pages.delivery_page)
urlpatterns = [
    path("messages/", include((patterns, "messages"))),
    path("system/message-kinds/", include((kinds, "message_kinds"))),
    path("system/channels/", include((channels, "channels"))),
    path("system/deliveries/", include((deliveries, "deliveries"))),
    path("callbacks/receipts/", pages.receipts, name="receipts"),
]
