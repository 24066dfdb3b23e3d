"""A heavy visit without a net against the same visit on it: twenty photographs, and in the end nothing differs."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from apps.hazards.models import Hazard
from apps.inspections.models import PhotoArrival, Visit
from tests.hazards.stories import site
from tests.inspections import stories
from tests.inspections.phone.handling import Handheld
from tests.inspections.phone.pictures import held, photograph
from tests.inspections.phone.test_offline import final, steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]
Start = Callable[[Any], Handheld]
PHOTOGRAPHS = 20
HALF = 4
"""The photograph of which the second piece does not arrive at first."""
SLOW_MS = 60_000
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:]+\+08:00")
KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def shots(tmp_path: Path) -> list[Path]:
    return [photograph(tmp_path / f"{number}.jpg", number) for number in range(PHOTOGRAPHS)]


def visits() -> tuple[Visit, Visit]:
    """Two of the same team to the same site on the same day."""
    place = site()
    team = [stories.certified(place.inspector), stories.certified(place.second)]
    place.project.parties.update(leader="赵伟", phone="13800000000")
    return stories.planned(place, team=team), stories.planned(place, team=team)


def frozen(visit: Visit) -> dict[str, Any]:
    """The record that was handed in, without what differs from visit to visit: keys and their order, numbers, times.

    The later visit takes along what the earlier one found; that is told apart.
    A photograph bears its time in the picture, so it is known by what the phone said of the camera's own; what was
    drawn and what was signed for are hashes over all of that.
    """
    told = {name: value for name, value in visit.record.items() if name != "second_looks"}
    drawn = {"sha256": bool, "signed_content": bool}
    signed = [{name: drawn[name](v) if name in drawn else v for name, v in one.items()} for one in told["signatures"]]
    told["signatures"] = sorted(signed, key=lambda one: (one["role"], one["name"]))
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    for photo in visit.photos.select_related("original"):
        text = text.replace(photo.original.sha256, photo.camera_sha256)
    for name in (visit.number, *told["papers"], *told["hazards"]):
        text = text.replace(name, "number")
    record: dict[str, Any] = json.loads(KEY.sub("key", TIME.sub("time", text)))
    return record


def ended(phone: Handheld) -> None:
    expect(phone.page.locator("#dock")).to_contain_text("已提交", timeout=SLOW_MS)
    phone.uploaded()
    assert phone.faults == []


def test_twenty_photographs_without_a_net_end_as_on_the_net(handheld: Start, shots: list[Path]) -> None:
    """Tabs die three times, a photograph breaks off between its pieces, the clock is four days slow."""
    online, offline = visits()
    first, *more = shots
    phone = handheld(stories.lead(online)).take_along()
    for _ in steps(phone, first, more):
        pass
    ended(phone)
    assert online.number in phone.page.url

    phone = handheld(stories.lead(offline))
    phone.context.clock.set_system_time(timezone.now() - timedelta(days=4))
    phone.take_along().sees("手机时间比服务器慢 4 天").cut()
    dying = {"photograph 7": phone.killed, "graded hazard": phone.crashed, "signature 1": phone.killed}
    for step in steps(phone, first, more):
        if step in dying:
            dying.pop(step)()
    assert dying == {}
    kept = phone.hashes()
    assert len(set(kept.values())) == PHOTOGRAPHS
    assert not offline.photos.exists()

    pieces: list[str] = []

    def break_off(route: Route) -> None:
        pieces.append(route.request.url)
        seconds = [url for url in pieces if url.endswith("/pieces/1/")]
        route.abort() if len(seconds) == HALF and pieces[-1] == seconds[-1] else route.continue_()

    phone.context.route(re.compile("/pieces/"), break_off)
    phone.back_on_the_net()
    expect(phone.page.locator("#net")).to_contain_text("没有网络", timeout=SLOW_MS)
    assert PhotoArrival.objects.get().pieces.count() == 1
    ended(phone.killed())
    assert len(pieces) == len(set(pieces)) + 1  # what had arrived of the half one was not sent again

    for visit in (online, offline):
        visit.refresh_from_db()
    assert final(offline) == final(online)
    assert frozen(offline) == frozen(online)
    carried = [[one["number"] for one in visit.record["second_looks"]] for visit in (online, offline)]
    assert carried == [[], [Hazard.objects.get(finding__visit=online).number]]
    taken = sorted(hashlib.sha256(shot.read_bytes()).hexdigest() for shot in shots)
    for visit in (online, offline):
        assert sorted(visit.photos.values_list("camera_sha256", flat=True)) == taken
    assert held(offline.photos.select_related("original")) == kept
    assert (Hazard.objects.count(), offline.answers.count(), PhotoArrival.objects.count()) == (2, 10, 0)
