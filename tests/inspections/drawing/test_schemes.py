"""Saved schemes of draws: made from one, chosen for the next, kept within the office; and announcing by order."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.core.models import Event
from apps.core.workdays import is_working
from apps.hazards.calendar import CALENDAR
from apps.inspections.drawing.drawing import commitment_of
from apps.inspections.models import Campaign, CampaignState, Draw, DrawScheme, DrawState
from apps.inspections.services.schemes import draw_from, drawn_at
from apps.inspections.workflow.draw import DRAW
from apps.notifications.models import Message
from tests.inspections import draw_stories as stories
from tests.personas import LUBEI, city_officer, persona, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SCHEMES = "/inspections/draws/schemes/"
NEW = "/inspections/draws/new/"


def as_sent(form: Any) -> dict[str, Any]:
    """What a browser sends when the form is left as it is."""
    sent = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, datetime):
            value = f"{value:%Y-%m-%dT%H:%M}"
        elif isinstance(value, time):
            value = f"{value:%H:%M}"
        if value is not None and value is not False:
            sent[bound.name] = getattr(value, "pk", value)
    return sent


def test_a_scheme_is_made_from_a_draw_and_fills_in_the_next_one() -> None:
    place = stories.office()
    draw = stories.announced(place)
    client = signed_in(place.officer)
    page = client.get(f"{SCHEMES}new/?draw={draw.pk}")
    answer = client.post(f"{SCHEMES}new/", as_sent(page.context["form"]))
    assert (answer.status_code, answer.headers.get("Location")) == (302, SCHEMES), answer.context["form"].errors
    scheme = DrawScheme.objects.get()
    assert (scheme.name, scheme.campaign, scheme.draw_after) == (place.campaign.title, place.campaign, 1)
    assert scheme.terms == {name: draw.terms[name] for name in ("recent_days", "rates")}

    form = client.get(f"{NEW}?scheme={scheme.pk}").context["form"]
    assert client.post(f"{NEW}?scheme={scheme.pk}", as_sent(form)).status_code == 302
    second = Draw.objects.latest("pk")
    assert (second.round, second.campaign, second.public_source) == (2, place.campaign, draw.public_source)
    assert (second.custodian_a, second.custodian_b) == place.custodians
    assert (second.announces_itself, second.terms["rates"]) == (True, draw.terms["rates"])
    assert is_working(CALENDAR, timezone.localdate(second.draw_at))
    assert second.state == DrawState.PREPARED


def test_a_scheme_outlives_its_campaign() -> None:
    place = stories.office()
    scheme = stories.scheme(stories.prepared(place))
    Campaign.objects.filter(pk=place.campaign.pk).update(state=CampaignState.FINISHED)
    other = stories.campaign(place.officer, theme="lifting")
    assert draw_from(scheme, place.officer, timezone.now())["campaign"] is None
    later = stories.campaign(place.officer, ends_on=timezone.localdate() + timedelta(days=12))
    told = draw_from(scheme, place.officer, timezone.now())
    assert (told["campaign"], told["round"]) == (later.pk, 1)
    assert told["visits_from"] <= told["visits_until"] <= max(later.ends_on, told["visits_from"])
    assert other.pk != later.pk


def test_a_scheme_draws_neither_on_days_off_nor_in_the_past() -> None:
    scheme = stories.scheme(stories.prepared(stories.office()), draw_after=0)
    for hour in range(0, 24 * 9, 5):
        now = timezone.now() + timedelta(hours=hour)
        at = drawn_at(scheme, now)
        assert at > now and is_working(CALENDAR, timezone.localdate(at)), now
        assert timezone.localtime(at).time() == scheme.draw_time


def test_a_scheme_is_changed_and_deleted_with_its_history_and_draws_stay() -> None:
    place = stories.office()
    draw = stories.prepared(place)
    scheme, client = stories.scheme(draw), signed_in(place.officer)
    url = scheme.get_absolute_url()
    sent = as_sent(client.get(url).context["form"])
    changed = client.post(url, sent | {"rate_a": 7, "version": 1})
    assert changed.status_code == 302, changed.context["form"].errors
    scheme.refresh_from_db()
    assert (scheme.terms["rates"]["A"], scheme.version) == (7, 2)
    stale = client.post(url, {"delete": "1", "version": 1})
    assert stale.status_code == 422 and "刚被他人办理过" in stale.content.decode()
    assert client.post(url, {"delete": "1", "version": 2}).status_code == 302
    assert not DrawScheme.objects.exists()
    assert list(Event.objects.of(scheme).order_by("pk").values_list("name", flat=True)) == [
        "registered",
        "changed",
        "removed",
    ]
    assert Draw.objects.get().pk == draw.pk


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "季度抽查"}, "本级已有同名方案"),
        ({"visits_days": 40}, "检查期为 1 至 32 天"),
        ({"draw_time": "25:00"}, "有效的时间"),
        ({f"rate_{grade}": 0 for grade in "abcde"}, "抽取比例不能全部为 0"),
        ({"same": True}, "两名保管人必须是不同的人"),
    ],
)
def test_what_is_wrong_with_a_scheme_is_said_and_nothing_is_lost(changes: dict[str, Any], words: str) -> None:
    place = stories.office()
    draw = stories.prepared(place)
    stories.scheme(draw, name="季度抽查")
    sent = stories.scheme_said(draw, name="月度抽查") | changes
    if sent.pop("same", False):
        sent["custodian_b"] = sent["custodian_a"]
    answer = signed_in(place.officer).post(f"{SCHEMES}new/", sent)
    page = answer.content.decode()
    assert (answer.status_code, words in page, draw.public_source in page) == (422, True, True)


def test_schemes_are_those_of_the_regions_own_offices() -> None:
    place = stories.office()
    scheme = stories.scheme(stories.prepared(place))
    above: User = city_officer()
    for stranger in (above, persona("county_officer", at=LUBEI)):
        client = signed_in(stranger)
        assert scheme.name not in client.get(SCHEMES).content.decode()
        assert client.get(scheme.get_absolute_url()).status_code == 404
        assert client.post(scheme.get_absolute_url(), {"delete": "1"}).status_code == 404
        assert client.get(f"{NEW}?scheme={scheme.pk}").status_code == 404
    assert signed_in(persona("safety_director")).get(SCHEMES).status_code == 403
    colleague = signed_in(place.head)
    assert scheme.name in colleague.get(SCHEMES).content.decode()
    assert f"按“{scheme.name}”抽取" in colleague.get("/inspections/draws/").content.decode()
    assert colleague.get(f"{NEW}?scheme=x").status_code == 404


# Announcing by order --------------------------------------------------------------------------------------------------


def both_commit(place: stories.Office, draw: Draw) -> Draw:
    for keeper, secret in zip(place.custodians, stories.SECRETS, strict=True):
        draw = DRAW.perform(draw, "commit_secret", by=keeper, commitment=commitment_of(secret))
    return draw


def asked_of(user: User) -> list[str]:
    rows = Message.objects.filter(recipient=user, level="must_do")
    return list(rows.order_by("pk").values_list("title", flat=True))


def test_a_draw_is_announced_with_the_second_commitment_where_that_was_ordered() -> None:
    place = stories.office()
    draw = both_commit(place, stories.prepared(place, announces_itself="on"))
    assert (draw.state, draw.announced_by, draw.pool_size) == (DrawState.ANNOUNCED, place.officer, 10)
    assert list(Event.objects.of(draw).order_by("pk").values_list("name", flat=True))[-3:] == [
        "commit_secret",
        "commit_secret",
        "announce_draw",
    ]
    assert asked_of(place.officer) == asked_of(place.custodians[1]) == []


def test_without_the_order_the_office_announces() -> None:
    place = stories.office()
    draw = both_commit(place, stories.prepared(place))
    assert draw.state == DrawState.PREPARED
    assert asked_of(place.officer) == [f"随机抽取交存承诺值：{place.campaign}"]


def test_what_hinders_the_announcement_keeps_the_commitment_and_is_told() -> None:
    place = stories.office()
    draw = stories.prepared(place, announces_itself="on")
    Draw.objects.filter(pk=draw.pk).update(draw_at=timezone.now() - timedelta(minutes=1))
    draw = both_commit(place, draw)
    assert (draw.state, bool(draw.commitment_a and draw.commitment_b)) == (DrawState.PREPARED, True)
    assert asked_of(place.officer) == [f"随机抽取未能自动公告：{place.campaign}"]
    assert "抽取时间已过" in Message.objects.filter(recipient=place.officer).latest("pk").body
