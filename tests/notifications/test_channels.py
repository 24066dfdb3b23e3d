"""Which messages leave the platform, when and by which channel; what gateways answer and report."""

import ast
import json
import threading
from collections.abc import Iterator
from datetime import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.test import Client

from apps.core.workflow import Workflow
from apps.hazards.workflow import HAZARD
from apps.notifications import gateways
from apps.notifications.channels import CHANNELS, short
from apps.notifications.deliveries import MAX_ATTEMPTS, RETRY_AFTER, deliver_waiting, send_again
from apps.notifications.models import ChannelSetting, Delivery, DeliveryAttempt, Message, MessageKind
from apps.risks.workflow import RISK
from apps.supervision.workflow import LISTING, STOP_WORK, TRANSFER
from tests.notifications.helpers import MONDAY, at, crowd, tell
from tests.personas import persona, signed_in

pytestmark = pytest.mark.django_db
NOON, NIGHT = at(MONDAY, "12:00"), at(MONDAY, "23:30")


@pytest.fixture
def by_text(settings: Any, person: Any) -> Any:
    """Text messages are recorded, carry what is ordered, and rest at night."""
    settings.SMS_GATEWAY = "recorded"
    person.phone = "13800000000"
    person.save()
    MessageKind.objects.update_or_create(kind="hazard_ordered", defaults={"label": "下达整改", "channels": ["sms"]})
    return settings


def text(answer: Any) -> str:
    return str(answer.content.decode())


# Which and when -------------------------------------------------------------------------------------------------------


def test_a_message_goes_out_only_where_its_kind_a_gateway_and_a_number_say_so(by_text: Any, person: Any) -> None:
    silent = persona("inspector")
    tell(person, silent)
    tell(person, kind="hazard_unheard_of", key="other")
    assert [row.message.recipient for row in Delivery.objects.all()] == [person]
    by_text.SMS_GATEWAY = ""
    tell(person, key="later")
    assert Delivery.objects.count() == 1


def test_at_night_nothing_goes_out_and_in_the_morning_what_waited_does(by_text: Any, person: Any) -> None:
    tell(person)
    assert deliver_waiting(now=NIGHT) == 0
    assert Delivery.objects.get().attempts == 0
    assert deliver_waiting(now=NOON) == 1


def test_a_channel_that_is_switched_off_keeps_what_waits(by_text: Any, person: Any) -> None:
    ChannelSetting.objects.filter(channel="sms").update(is_on=False)
    tell(person)
    assert deliver_waiting(now=NOON) == 0
    ChannelSetting.objects.filter(channel="sms").update(is_on=True)
    assert deliver_waiting(now=NOON) == 1


@pytest.mark.parametrize(
    ("quiet", "clock", "is_quiet"),
    [
        ((time(22), time(7)), time(22), True),
        ((time(22), time(7)), time(6, 59), True),
        ((time(22), time(7)), time(7), False),
        ((time(12), time(14)), time(13), True),
        ((time(12), time(14)), time(14), False),
        ((None, None), time(3), False),
    ],
)
def test_quiet_hours_may_go_over_midnight(quiet: tuple[time, time], clock: time, is_quiet: bool) -> None:
    assert ChannelSetting(quiet_from=quiet[0], quiet_until=quiet[1]).is_quiet(clock) == is_quiet


def test_half_a_span_of_quiet_hours_is_refused_by_page_and_database(person: Any) -> None:
    client = signed_in(persona("system_admin"))
    answer = client.post("/system/channels/sms/edit/", {"is_on": "on", "quiet_from": "22:00", "quiet_until": ""})
    assert (answer.status_code, "须同时填写开始和结束时间" in text(answer)) == (422, True)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChannelSetting.objects.filter(channel="sms").update(quiet_until=None)
    assert (
        client.post(
            "/system/channels/sms/edit/", {"is_on": "on", "quiet_from": "21:00", "quiet_until": "06:30"}
        ).status_code
        == 302
    )
    kept = ChannelSetting.objects.get(channel="sms")
    assert (kept.quiet_from, kept.quiet_until, kept.is_sample) == (time(21), time(6, 30), False)


def test_what_waits_for_one_person_goes_out_as_one_text(by_text: Any, person: Any) -> None:
    for n in range(5):
        tell(person, key=f"hazard:{n}", title=f"隐患 A{n} 待签收")
    other = crowd(2)[1]
    other.phone = "13900000000"
    other.save()
    tell(other)
    assert deliver_waiting(now=NOON) == 6
    receipts = set(Delivery.objects.values_list("receipt", flat=True))
    assert len(receipts) == 2
    assert "与另外 4 条合并发出" in DeliveryAttempt.objects.order_by("pk")[0].told
    told = short(list(Message.objects.filter(recipient=person).order_by("pk")))
    assert told == "【建筑施工安全监管】隐患 A0 待签收；隐患 A1 待签收；隐患 A2 待签收；另有 2 条。请登录平台办理。"


def kinds_in_the_code() -> set[tuple[str, bool]]:
    """What stands behind `kind=` wherever people are told something, and whether more follows."""
    found = set()
    for path in Path(settings.BASE_DIR, "apps").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("notify", "Notice"):
                found |= {spelled(word.value) for word in call.keywords if word.arg == "kind"}
    return found - {("", True)}


def spelled(value: ast.expr) -> tuple[str, bool]:
    match value:
        case ast.Constant(value=str(text)):
            return text, False
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            return text, True
    return "", True


def test_every_kind_that_the_code_sends_stands_among_the_settings() -> None:
    known = set(MessageKind.objects.values_list("kind", flat=True))
    sent = kinds_in_the_code()
    assert {("listing_proposed", False), ("hazard_", True), ("paper_", True), ("list_to_sign", False)} <= sent
    assert [kind for kind, more in sent if not any(k.startswith(kind) if more else k == kind for k in known)] == []


@pytest.mark.parametrize(
    ("prefix", "table"),
    [("hazard", HAZARD), ("listing", LISTING), ("stopwork", STOP_WORK), ("transfer", TRANSFER), ("risk", RISK)],
)
def test_every_move_that_tells_somebody_has_its_kind(prefix: str, table: Workflow) -> None:
    kinds = {f"{prefix}_{move.name}" for move in table.transitions if move.notify}
    assert kinds - set(MessageKind.objects.values_list("kind", flat=True)) == set()


def test_the_channels_of_a_kind_are_ticked_on_its_page() -> None:
    client = signed_in(persona("system_admin"))
    address = "/system/message-kinds/hazard_order/"
    assert "短信" in text(client.get(address))
    assert client.post(f"{address}edit/", {"channels": ["sms", "wecom"]}).status_code == 302
    assert "短信、政务微信" in text(client.get(address))
    assert client.post(f"{address}edit/", {"channels": ["pigeon"]}).status_code == 422
    assert MessageKind.objects.get(kind="hazard_order").channels == ["sms", "wecom"]
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageKind.objects.filter(kind="hazard_order").update(channels=["pigeon"])


# After an outage ------------------------------------------------------------------------------------------------------


def test_what_was_given_up_is_sent_again_by_hand_as_one_text(by_text: Any, person: Any, settings: Any) -> None:
    settings.SMS_GATEWAY = "http://127.0.0.1:9/"
    for n in range(3):
        tell(person, key=f"hazard:{n}")
    for _ in range(MAX_ATTEMPTS):
        Delivery.objects.update(due_at=Now() - RETRY_AFTER)
        deliver_waiting(now=NOON)
    assert set(Delivery.objects.values_list("progress", flat=True)) == {"given_up"}
    assert DeliveryAttempt.objects.count() == 3 * MAX_ATTEMPTS
    settings.SMS_GATEWAY = "recorded"
    client = signed_in(persona("system_admin"))
    told = {"all": "1", "confirmed": "3"}
    assert client.post("/system/deliveries/bulk/resend/?view=given_up", told).status_code == 302
    assert deliver_waiting(now=NOON) == 3
    assert len(set(Delivery.objects.values_list("receipt", flat=True))) == 1
    assert send_again(Delivery.objects.all()) == 0


def test_the_ledger_of_deliveries_shows_whom_and_when_but_not_what(by_text: Any, person: Any) -> None:
    tell(person, title="某企业脚手架隐患")
    deliver_waiting(now=NOON)
    row = Delivery.objects.get()
    for role, status in (("system_admin", 200), ("auditor", 200), ("inspector", 403), ("province_officer", 403)):
        client = signed_in(persona(role))
        assert client.get("/system/deliveries/").status_code == status, role
        page = client.get(f"/system/deliveries/{row.pk}/")
        assert page.status_code == status
        if status == 200:
            assert "脚手架" not in text(page) + text(client.get("/system/deliveries/"))
            assert "已交付，回执号 recorded-" in text(page)


# Gateways -------------------------------------------------------------------------------------------------------------


class Gateway(ThreadingHTTPServer):
    """A service on this machine that notes what it was asked and answers what it was told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Clerk)
        self.asked: list[tuple[str, Any, str]] = []
        self.answers: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Clerk(BaseHTTPRequestHandler):
    server: Gateway

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((path, json.loads(body) if body else None, self.headers.get("Authorization", "")))
        answer = self.server.answers.get(path, {})
        self.send_response(200 if answer is not None else 503)
        self.end_headers()
        self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    server = Gateway()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_text_message_is_posted_with_number_words_and_a_key_that_stays_the_same(
    by_text: Any, person: Any, gateway: Gateway
) -> None:
    by_text.SMS_GATEWAY, by_text.SMS_TOKEN = f"{gateway.url}/send", "secret-of-the-gateway"
    gateway.answers["/send"] = None
    tell(person)
    assert deliver_waiting(now=NOON) == 0
    gateway.answers["/send"] = {"receipt": "R-1"}
    Delivery.objects.update(due_at=Now() - RETRY_AFTER)
    assert deliver_waiting(now=NOON) == 1
    (path, first, token), (_, second, _) = gateway.asked
    assert (path, token, first) == ("/send", "Bearer secret-of-the-gateway", second)
    assert (first["phone"], "隐患 A1 待签收" in first["text"]) == ("13800000000", True)
    assert Delivery.objects.get().receipt == "R-1"
    assert [t.was_sent for t in DeliveryAttempt.objects.order_by("pk")] == [False, True]


def test_wecom_is_asked_for_a_token_the_person_and_the_message(by_text: Any, person: Any, gateway: Gateway) -> None:
    by_text.WECOM_URL, by_text.WECOM_AGENT = gateway.url, "1000002"
    gateway.answers = {
        "/cgi-bin/gettoken": {"errcode": 0, "access_token": "T"},
        "/cgi-bin/user/getuserid": {"errcode": 0, "userid": "wang"},
        "/cgi-bin/message/send": {"errcode": 0, "msgid": "M-7"},
    }
    MessageKind.objects.filter(kind="hazard_ordered").update(channels=["wecom"])
    tell(person)
    assert deliver_waiting(now=NOON) == 1
    assert [path.rpartition("/")[2] for path, _, _ in gateway.asked] == ["gettoken", "getuserid", "send"]
    sent = gateway.asked[-1][1]
    assert (sent["touser"], sent["msgtype"], sent["agentid"]) == ("wang", "text", "1000002")
    assert Delivery.objects.get().receipt == "M-7"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"<html>", "不是 JSON"),
        (b"[]", "不是 JSON 对象"),
        ({"errcode": 60011, "errmsg": "no privilege"}, "60011 no privilege"),
    ],
)
def test_what_a_gateway_answers_otherwise_is_kept_as_the_reason(
    by_text: Any, person: Any, gateway: Gateway, answer: Any, why: str
) -> None:
    by_text.WECOM_URL = gateway.url
    gateway.answers["/cgi-bin/gettoken"] = answer
    MessageKind.objects.filter(kind="hazard_ordered").update(channels=["wecom"])
    tell(person)
    assert deliver_waiting(now=NOON) == 0
    assert why in Delivery.objects.get().error


def test_a_recorded_gateway_sends_nothing_and_says_so(by_text: Any, gateway: Gateway) -> None:
    assert gateways.send_sms("13800000000", "试", "7-1") == "recorded-7-1"
    by_text.WECOM_URL = "recorded"
    assert gateways.send_wecom("13800000000", "试", "7-1") == "recorded-7-1"
    assert gateway.asked == []
    assert set(CHANNELS) == {"email", "sms", "wecom"}


# Receipts -------------------------------------------------------------------------------------------------------------


def reported(told: Any, key: str = "a-key-of-the-gateway") -> Any:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return Client().post("/callbacks/receipts/", body, content_type="application/json", headers={"X-Receipt-Key": key})


@pytest.fixture
def sent(by_text: Any, person: Any) -> Delivery:
    by_text.RECEIPT_KEY = "a-key-of-the-gateway"
    tell(person)
    deliver_waiting(now=NOON)
    return Delivery.objects.get()


def test_a_receipt_marks_the_delivery_as_arrived_once(sent: Delivery) -> None:
    told = {"channel": "sms", "receipt": sent.receipt, "arrived": True}
    assert [reported(told).json(), reported(told).json()] == [{"deliveries": 1}, {"deliveries": 0}]
    sent.refresh_from_db()
    assert (sent.progress, sent.received_at is not None) == ("received", True)
    assert reported(told | {"arrived": False}).json() == {"deliveries": 0}


def test_a_text_that_did_not_arrive_is_given_up_with_the_reason(sent: Delivery) -> None:
    reported({"channel": "sms", "receipt": sent.receipt, "arrived": False, "why": "空号"})
    sent.refresh_from_db()
    assert (sent.progress, sent.error) == ("given_up", "空号")


def test_without_the_key_nothing_is_taken(sent: Delivery, settings: Any) -> None:
    told = {"channel": "sms", "receipt": sent.receipt, "arrived": True}
    assert [reported(told, "wrong").status_code, reported(told, "密").status_code] == [400, 400]
    settings.RECEIPT_KEY = ""
    assert "未启用回执" in reported(told, "").json()["detail"]
    sent.refresh_from_db()
    assert sent.received_at is None


@pytest.mark.parametrize(
    "wrong",
    [
        b"", b"\xff", b"[" * 9_000, b"null", {"channel": "sms"}, {"channel": "pigeon", "receipt": "R", "arrived": True},
        {"channel": "sms", "receipt": 7, "arrived": True}, {"channel": "sms", "receipt": "R", "arrived": "yes"},
        {"channel": "sms", "receipt": "R\0", "arrived": True}, {"channel": ["sms"], "receipt": "R", "arrived": True},
    ],
)  # fmt: skip
def test_a_report_that_makes_no_sense_is_refused(sent: Delivery, wrong: Any) -> None:
    assert reported(wrong).status_code == 400
