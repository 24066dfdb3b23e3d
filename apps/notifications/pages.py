"""The pages of the settings and of what went out, and what gateways report."""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import constant_time_compare
from django.utils.timezone import localtime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.core.record_page import record_page
from apps.core.registers import as_text, registry
from apps.notifications.deliveries import acknowledge
from apps.notifications.models import ChannelName, Delivery

MOST_BYTES = 10_000


def tries(delivery: Delivery, user: Any) -> list[dict[str, Any]]:
    made = delivery.tries.order_by("pk")
    facts = [{"label": as_text(localtime(attempt.made_at)), "value": attempt.told, "wide": True} for attempt in made]
    return [{"title": "各次尝试", "facts": facts or [{"label": "尝试", "value": "还没有尝试过", "wide": True}]}]


kind_page = record_page(registry["message_kinds"])
channel_page = record_page(registry["channels"])
delivery_page = record_page(registry["deliveries"], sections=tries)


@csrf_exempt
@login_not_required
@require_POST
def receipts(request: HttpRequest) -> JsonResponse:
    """A gateway reports what became of something it took: {channel, receipt, arrived, why?}.

    With the key in the header X-Receipt-Key.  Twice reported is counted once, so a gateway may repeat itself.
    """
    key = request.headers.get("X-Receipt-Key", "")
    if not settings.RECEIPT_KEY or not constant_time_compare(key.encode(), settings.RECEIPT_KEY.encode()):
        return JsonResponse({"detail": "X-Receipt-Key 与本平台的回执密钥不符，或本平台未启用回执"}, status=400)
    told = report(request.body[:MOST_BYTES])
    if told is None:
        return JsonResponse({"detail": "须为 JSON：channel、receipt、arrived（是否送达）、why（可选）"}, status=400)
    return JsonResponse({"deliveries": acknowledge(**told)})


def report(body: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.get("channel") not in ChannelName.values:
        return None
    receipt, arrived, why = told.get("receipt"), told.get("arrived"), told.get("why", "")
    if not isinstance(receipt, str) or not receipt or not isinstance(arrived, bool) or not isinstance(why, str):
        return None
    if "\0" in receipt + why:
        return None
    return {"channel": told["channel"], "receipt": receipt, "arrived": arrived, "why": why}
