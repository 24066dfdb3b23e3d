"""A hazard from finding to closing by programs alone, and every way in which a move is refused."""

from typing import Any

import pytest
from django.utils import timezone

from apps.core.models import Event
from apps.hazards.models import Hazard, Photo
from apps.hazards.workflow import HAZARD
from tests.api_client import Api
from tests.core.pictures import jpeg
from tests.hazards import stories
from tests.personas import QIAOXI, inspector

pytestmark = pytest.mark.django_db

LIST = "/api/hazards/"


@pytest.fixture
def site() -> stories.Site:
    return stories.site()


def address(hazard: Any, move: str = "") -> str:
    number = hazard["number"] if isinstance(hazard, dict) else hazard.number
    return f"{LIST}{number}/{move and move + '/'}"


def uploaded(api: Api, stage: str, seed: int = 1) -> str:
    answer = api.upload(f"{LIST}photos/", {"file": jpeg(seed), "stage": stage})
    assert answer.status_code == 201, answer.content.decode()
    return answer.json()["id"]


def body_of_new(site: stories.Site, **more: Any) -> dict[str, Any]:
    return {
        "project": site.project.number,
        "description": "五层预留洞口未封闭",
        "category": "高处作业",
        "found_on": timezone.localdate().isoformat(),
        **more,
    }


def moved(api: Api, hazard: dict[str, Any], move: str, **facts: Any) -> dict[str, Any]:
    answer = api.post(address(hazard, move), facts)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


@pytest.mark.slow
def test_three_programs_take_a_hazard_from_finding_to_closing(site: stories.Site) -> None:
    officer, firm, engineer = Api(site.inspector), Api(site.director), Api(site.engineer)
    made = officer.post(LIST, body_of_new(site, photos=[uploaded(officer, "before")]))
    assert (made.status_code, made.json()["state"]["code"]) == (201, "draft")
    hazard = moved(officer, made.json(), "order", demands="立即封闭", disposal="rectify", term="calendar:3")
    assert [m["name"] for m in firm.get(address(hazard)).json()["moves"]] == ["receive"]
    moved(firm, hazard, "receive")
    photo = uploaded(firm, "after", 2)
    told = {"measures": "已加盖板", "rectified_on": timezone.localdate().isoformat(), "funds": "120.50"}
    answered = moved(firm, hazard, "answer", photos=[photo], **told)
    assert (answered["funds"], answered["state"]["label"]) == ("120.50", "待监理确认")
    moved(engineer, hazard, "confirm", remark="属实")
    verified = moved(officer, hazard, "verify", opinion="合格")
    assert verified["state"]["code"] == "verified"
    closed = moved(officer, hazard, "close")
    assert (closed["state"]["code"], closed["version"]) == ("closed", 7)
    record = Hazard.objects.get(number=hazard["number"])
    names = Event.objects.of(record).values_list("name", flat=True)
    assert list(names) == ["registered", "order", "receive", "answer", "confirm", "verify", "close"]


def test_move_that_is_not_open_is_409_with_the_reason(site: stories.Site) -> None:
    hazard = stories.taken_to("ordered", site)
    answer = Api(site.inspector).post(address(hazard, "close"))
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_refused")
    assert answer.json()["message"] == HAZARD.refusal(hazard, "close", site.inspector)


def test_move_of_another_role_is_403_and_of_another_county_404(site: stories.Site) -> None:
    hazard = stories.taken_to("ordered", site)
    assert Api(site.engineer).post(address(hazard, "close")).status_code == 403
    assert Api(inspector(QIAOXI)).post(address(hazard, "close")).status_code == 404


def test_move_on_an_outdated_version_is_412_with_the_newer_record(site: stories.Site) -> None:
    hazard = stories.taken_to("ordered", site)
    answer = Api(site.director).post(address(hazard, "receive"), **{"If-Match": '"1"'})
    assert (answer.status_code, answer["ETag"], answer.json()["current"]["version"]) == (412, '"2"', 2)
    answer = Api(site.director).post(address(hazard, "receive"), **{"If-Match": '"2"'})
    assert (answer.status_code, answer["ETag"]) == (200, '"3"')


@pytest.mark.parametrize(
    ("facts", "status", "field"),
    [
        ({}, 422, "opinion"),
        ({"opinion": ""}, 400, "opinion"),
        ({"opinion": "合格", "state": "closed"}, 400, "state"),
        ({"opinion": "合格", "verified_at": "2020-01-01"}, 400, "verified_at"),
        ({"opinion": ["合格"]}, 400, "opinion"),
        ({"opinion": "合格", "photos": "x"}, 400, "photos"),
    ],
)
def test_move_without_its_facts_names_them(site: stories.Site, facts: dict[str, Any], status: int, field: str) -> None:
    hazard = stories.taken_to("confirmed", site)
    answer = Api(site.inspector).post(address(hazard, "verify"), facts)
    assert (answer.status_code, list(answer.json()["fields"])) == (status, [field])
    hazard.refresh_from_db()
    assert hazard.state == "confirmed"


def test_open_moves_come_with_their_fields(site: stories.Site) -> None:
    hazard = stories.draft(site)
    moves = {m["name"]: m for m in Api(site.inspector).get(address(hazard, "moves")).json()["moves"]}
    assert list(moves) == [m.name for m in HAZARD.open_to(hazard, site.inspector)]
    fields = {f["name"]: f for f in moves["order"]["fields"]}
    assert (fields["demands"]["required"], fields["responsible_person"]["required"]) == (True, False)
    assert fields["disposal"]["choices"][0] == {"code": "rectify", "label": "责令限期整改"}
    assert moves["discard"]["danger"] is True


def test_major_hazard_asks_for_the_five_commitments(site: stories.Site) -> None:
    hazard = stories.taken_to("received", site, grade="major")
    moves = {m["name"]: m for m in Api(site.director).get(address(hazard, "moves")).json()["moves"]}
    asked = {f["name"] for f in moves["answer"]["fields"] if f["required"]}
    assert {"commitment_goal", "commitment_funds", "commitment_staff", "commitment_time", "commitment_safety"} <= asked


def test_ordered_hazard_is_locked(site: stories.Site) -> None:
    hazard = stories.taken_to("ordered", site)
    answer = Api(site.inspector).patch(address(hazard), {"description": "改写"}, version=hazard.version)
    assert (answer.status_code, answer.json()["code"]) == (409, "locked")


def test_draft_is_corrected_and_keeps_its_photographs(site: stories.Site) -> None:
    hazard = stories.draft(site)
    answer = Api(site.inspector).patch(address(hazard), {"description": "改写"}, version=1)
    assert (answer.status_code, answer.json()["description"]) == (200, "改写")
    assert hazard.photos.count() == 1


def test_same_move_sent_twice_is_made_once(site: stories.Site) -> None:
    hazard, firm = stories.taken_to("ordered", site), Api(site.director)
    first, again = (firm.post(address(hazard, "receive"), key="k-1") for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert Event.objects.of(hazard).filter(name="receive").count() == 1


# Photographs


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"stage": "before"}, 400),
        ({"file": "no file", "stage": "before"}, 400),
        ({"file": jpeg, "stage": "never"}, 400),
        ({"file": lambda: broken(b""), "stage": "before"}, 400),
        ({"file": lambda: broken(b"GIF89a"), "stage": "before"}, 422),
        ({"file": lambda: broken(b"\xff\xd8\xff\xe0" + b"\0" * 100), "stage": "before"}, 422),
    ],
    ids=range(6),
)
def test_unusable_photograph_is_refused(site: stories.Site, data: dict[str, Any], status: int) -> None:
    sent = {name: value() if callable(value) else value for name, value in data.items()}
    answer = Api(site.inspector).upload(f"{LIST}photos/", sent)
    assert (answer.status_code, bool(answer.json()["message"])) == (status, True)
    assert not Photo.objects.exists()


def broken(content: bytes) -> Any:
    file = jpeg()
    file.seek(0)
    file.truncate()
    file.write(content)
    file.seek(0)
    return file


def test_upload_sent_twice_is_one_photograph(site: stories.Site) -> None:
    api = Api(site.inspector)
    first, again = (api.upload(f"{LIST}photos/", {"file": jpeg(), "stage": "before"}, key="k-1") for _ in range(2))
    assert (first.json(), Photo.objects.count()) == (again.json(), 1)
    other = api.upload(f"{LIST}photos/", {"file": jpeg(2), "stage": "before"}, key="k-1")
    assert other.json()["code"] == "idempotency_key_reused"


def test_picture_used_before_is_a_warning_that_names_only_visible_hazards(site: stories.Site) -> None:
    first = Api(site.inspector)
    used = uploaded(first, "before", 3)
    number = first.post(LIST, body_of_new(site, photos=[used])).json()["number"]
    same = {"file": jpeg(3), "stage": "before"}
    assert number in str(first.upload(f"{LIST}photos/", same).json()["warnings"])
    stranger = Api(inspector(QIAOXI)).upload(f"{LIST}photos/", {"file": jpeg(3), "stage": "before"}).json()
    assert "与其他隐患的照片相同或极相近" in stranger["warnings"]
    assert number not in str(stranger)
