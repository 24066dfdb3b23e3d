"""Pages of draws: inside, for the public, the figures of fairness, and the command."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core import files
from apps.core.workflow import TransitionRefused
from apps.inspections.drawing.drawing import commitment_of
from apps.inspections.fairness import deviation, firms, of_inspectors
from apps.inspections.models import Draw, Inspector, PoolEntry, Visit
from apps.inspections.services.assignment import reassign
from apps.inspections.verifiers.verify_draw import problems
from apps.inspections.workflow.visit import VISIT
from tests.api_client import Api
from tests.inspections import draw_stories as stories
from tests.personas import QIAOXI, city_officer, persona, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LIST = "/public/inspections/draws/"


def text(answer: Any) -> str:
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return raw.decode()


# Inside ---------------------------------------------------------------------------------------------------------------


def test_office_prepares_and_sees_what_would_be_frozen() -> None:
    place = stories.office()
    client = signed_in(place.officer)
    answer = client.post("/inspections/draws/new/", stories.said(place))
    draw = Draw.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, draw.get_absolute_url())
    page = text(client.get(draw.get_absolute_url()))
    assert "按现在的数据预计" in page and "1/2（50.0%）" in page and place.inspectors[0].user.name in page
    edited = client.post(
        f"{draw.get_absolute_url()}edit/",
        stories.said(place, public_source="次日中国福利彩票号码", version=draw.version),
    )
    assert edited.status_code == 302
    assert Draw.objects.get().public_source == "次日中国福利彩票号码"


def test_custodian_is_offered_three_ways_and_the_suggested_secret_is_kept_nowhere() -> None:
    place = stories.office(grades="C")
    draw = stories.prepared(place)
    client, url = signed_in(place.custodians[0]), f"{draw.get_absolute_url()}commit_secret/"
    page = client.get(url)
    suggestion = page.context["form"].suggestion
    assert suggestion["secret"] in text(page) and "sha256sum" in text(page) and "data-secret-make" in text(page)
    assert commitment_of(suggestion["secret"]) == suggestion["commitment"]
    assert client.post(url, {"commitment": "abc"}).status_code == 422
    assert client.post(url, {"commitment": suggestion["commitment"].upper()}).status_code == 302
    draw.refresh_from_db()
    assert draw.commitment_a == suggestion["commitment"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_event WHERE facts::text LIKE %s", [f"%{suggestion['secret']}%"])
        assert cursor.fetchone() == (0,)


def test_moves_are_made_by_their_pages_to_the_end() -> None:
    place = stories.office()
    draw = stories.committed(place)
    client, url = signed_in(place.officer), draw.get_absolute_url()
    assert client.post(f"{url}announce_draw/").status_code == 302
    with stories.the_time_has_come(draw):
        for keeper, secret in zip(place.custodians, stories.SECRETS, strict=True):
            assert signed_in(keeper).post(f"{url}reveal_secret/", {"secret": "x" * 20}).status_code == 422
            assert signed_in(keeper).post(f"{url}reveal_secret/", {"secret": secret}).status_code == 302
            page = text(signed_in(place.officer).get(url))
            assert stories.SECRETS[0] not in page  # before the draw neither is shown
        assert client.post(f"{url}hold_draw/", {"public_value": "3871.05"}).status_code == 302
    page = text(client.get(url))
    assert stories.SECRETS[0] in page and "抽取结果" in page and "JC-" in page
    assert client.post(f"{url}request_void_draw/", {"void_reason": "公布的来源有误"}).status_code == 302
    assert client.post(f"{url}void_draw/").status_code == 422
    assert signed_in(place.head).post(f"{url}void_draw/").status_code == 302
    assert "已作废" in text(client.get(url))


def test_the_whole_pool_stands_on_one_page_with_seed_secrets_and_reasons_inside_and_for_everybody() -> None:
    place = stories.office()
    stories.visited(place, place.projects[0], place.inspectors[:2])
    draw = stories.held(place)
    numbers = PoolEntry.objects.filter(draw=draw).values_list("project__number", flat=True)
    for client, url in (
        (signed_in(place.officer), f"{draw.get_absolute_url()}sheet/"),
        (Client(), f"{LIST}{draw.pk}/sheet/"),
    ):
        answer = client.get(url)
        page = text(answer)
        assert answer.streaming and "[[" not in page
        assert [number for number in numbers if page.count(f"{number}</span></td>") < 1] == []
        told = (
            draw.seed,
            *stories.SECRETS,
            stories.PUBLIC_VALUE,
            draw.pool_sha256,
            place.projects[0].number,
            "近期已检查（",
        )
        assert [one for one in told if one not in page] == []
    assert f"{LIST}{draw.pk}/sheet/" in text(Client().get(f"{LIST}{draw.pk}/"))


def test_foreign_offices_find_nothing() -> None:
    draw = stories.held(stories.office())
    for stranger in (persona("county_officer", at=QIAOXI), city_officer("130200"), persona("safety_director")):
        client = signed_in(stranger)
        for end in ("", "edit/", "hold_draw/", "void_draw/"):
            assert client.get(f"{draw.get_absolute_url()}{end}").status_code in (403, 404)
    assert Api(persona("county_officer", at=QIAOXI)).get(f"/api/draws/{draw.pk}/").status_code == 404


# For the public -------------------------------------------------------------------------------------------------------


def test_public_sees_a_draw_from_its_announcement_on_without_secrets_and_then_all() -> None:
    place = stories.office()
    draw = stories.committed(place)
    client, url = Client(), f"{LIST}{draw.pk}/"
    assert (client.get(url).status_code, client.get(f"{url}bundle.json").status_code) == (404, 404)
    assert "没有符合条件的抽取" in text(client.get(LIST))
    draw = stories.DRAW.perform(draw, "announce_draw", by=place.officer)
    page = text(client.get(url))
    assert draw.number and draw.number in text(client.get(LIST))
    for word in (draw.pool_sha256, draw.terms_sha256, draw.commitment_a, draw.public_source, place.projects[0].name):
        assert word in page
    told = json.loads(text(client.get(f"{url}bundle.json")))
    with stories.the_time_has_come(draw) as draw:
        for keeper, secret in zip(place.custodians, stories.SECRETS, strict=True):
            draw = stories.DRAW.perform(draw, "reveal_secret", by=keeper, secret=secret)
            assert secret not in text(client.get(url))
        draw = stories.DRAW.perform(draw, "hold_draw", by=place.officer, public_value="3871.05")
    page = text(client.get(url))
    assert stories.SECRETS[0] in page and draw.seed in page and "抽取结果" in page
    bundle = client.get(f"{url}bundle.json")
    assert "attachment" in bundle["Content-Disposition"]
    assert problems(json.loads(text(bundle)), told) == []
    people = [w for i in place.inspectors for w in (i.user.name, i.user.username, i.certificate)]
    people += [user.name for user in (place.officer, place.head, *place.custodians)]
    assert [word for word in people if word in page] == []


def test_a_void_draw_stays_public_with_its_reason_and_leads_to_the_next() -> None:
    place = stories.office()
    draw = stories.voided(place)
    again = stories.announced(place)
    page = text(Client().get(f"{LIST}{draw.pk}/"))
    assert "公布的来源有误" in page and again.number and again.number in page
    assert f"{LIST}{draw.pk}/" in text(Client().get(f"{LIST}{again.pk}/"))
    assert problems(json.loads(text(Client().get(f"{LIST}{draw.pk}/bundle.json")))) == []


def test_a_request_to_void_is_the_offices_own_business() -> None:
    place = stories.office()
    draw = stories.announced(place)
    stories.DRAW.perform(draw, "request_void_draw", by=place.officer, void_reason="公布的来源有误")
    assert "公布的来源有误" not in text(Client().get(f"{LIST}{draw.pk}/"))


# Changed by hand ------------------------------------------------------------------------------------------------------


def drawn_visit(place: stories.Office) -> Visit:
    return Visit.objects.filter(draw=stories.held(place)).select_related("project", "draw").order_by("pk")[0]


def moved(visit: Visit, place: stories.Office, team: list[Inspector], **values: Any) -> Visit:
    told: dict[str, Any] = {"planned_on": visit.planned_on, "inspectors": team}
    return reassign(visit, by=place.officer, **told | values)


def test_the_team_of_a_drawn_visit_is_changed_with_a_reason_that_names_nobody() -> None:
    place = stories.office(grades="E", staff=3)
    visit = drawn_visit(place)
    before = [member.inspector for member in visit.team.all()]
    (spare,) = set(place.inspectors) - set(before)
    for reason, refusal in (("", "须写明理由"), (f"{before[1].user.name}出差，由他人代替", "不要写检查人员姓名")):
        with pytest.raises(TransitionRefused, match=refusal):
            moved(visit, place, [before[0], spare], reason=reason)
    moved(visit, place, [before[0], spare], reason="原组员当日另有紧急任务")
    assert {member.inspector for member in visit.team.all()} == {before[0], spare}


def test_who_made_the_last_two_visits_does_not_come_into_a_drawn_team_by_hand() -> None:
    place = stories.office(grades="E", staff=3)
    visit = drawn_visit(place)
    before = [member.inspector for member in visit.team.all()]
    (spare,) = set(place.inspectors) - set(before)
    for days in (400, 300):
        stories.visited(place, visit.project, [spare], days_ago=days)
    with pytest.raises(ValidationError, match="已连续两次检查该企业"):
        moved(visit, place, [before[0], spare], reason="原组员当日另有紧急任务")
    page = text(signed_in(place.officer).get(f"/inspections/{visit.number}/reassign/"))
    assert "不能参加：已连续两次检查该企业" in page


def test_a_drawn_visit_is_not_cancelled_with_a_reason_that_names_an_inspector() -> None:
    place = stories.office(grades="E", staff=3)
    visit = drawn_visit(place)
    for inspector in place.inspectors:
        with pytest.raises(TransitionRefused, match="不要写检查人员姓名"):
            VISIT.perform(visit, "cancel", by=place.officer, cancel_reason=f"{inspector.user.name}生病")
    assert "不要写人员姓名" in text(signed_in(place.officer).get(f"{visit.get_absolute_url()}cancel/"))


def test_the_public_page_lists_what_was_changed_by_hand_since_the_draw_and_names_nobody() -> None:
    place = stories.office(grades="EE", staff=3)
    visit = drawn_visit(place)
    url, client = f"{LIST}{visit.draw_id}/", signed_in(place.officer)
    assert "抽取后的调整" not in text(Client().get(url))
    before = [member.inspector for member in visit.team.all()]
    (spare,) = set(place.inspectors) - set(before)
    form = f"/inspections/{visit.number}/reassign/"
    told = {"planned_on": str(visit.planned_on), "inspectors": [before[0].pk, spare.pk], "version": visit.version}
    assert client.post(form, told).status_code == 422
    assert client.post(form, told | {"reason": "原组员当日另有紧急任务"}).status_code == 302
    other = Visit.objects.filter(draw=visit.draw).exclude(pk=visit.pk).get()
    VISIT.perform(other, "cancel", by=place.officer, cancel_reason="项目停工，不再检查")
    answer = Client().get(url)
    rows = [(row["project"], row["what"], row["reason"]) for row in answer.context["adjustments"]]
    assert rows == [
        (visit.project.number, "人员调整", "原组员当日另有紧急任务"),
        (other.project.number, "取消检查", "项目停工，不再检查"),
    ]
    page = text(answer)
    assert "抽取后的调整" in page and "原组员当日另有紧急任务" in page and "取消检查" in page
    assert [one.user.name for one in place.inspectors if one.user.name in page] == []
    assert "原组员当日另有紧急任务" in text(client.get(f"/inspections/draws/{visit.draw_id}/"))


def test_a_drawn_visit_moved_to_another_day_stands_on_the_public_page_without_the_day() -> None:
    place = stories.office(grades="E", staff=3)
    visit = drawn_visit(place)
    day = visit.planned_on + timedelta(days=40)
    moved(visit, place, [one.inspector for one in visit.team.all()], planned_on=day, reason="暴雨预警，推迟")
    answer = Client().get(f"{LIST}{visit.draw_id}/")
    assert [row["what"] for row in answer.context["adjustments"]] == ["日期调整"]
    assert str(day) not in text(answer)


@pytest.mark.parametrize("name", ["verify.html", "verify_draw.py"])
def test_verifiers_are_handed_out_as_files(name: str) -> None:
    answer = Client().get(f"{LIST}{name}")
    assert (answer.status_code, answer["Content-Disposition"]) == (200, f'attachment; filename="{name}"')
    assert "hebei-draw-bundle/1" in text(answer)


@pytest.mark.parametrize(
    "end", ["x", "../verify_draw.py", "999999999999999999999/", "0/", "?state=prepared", "?page=x"]
)
def test_wrong_addresses_of_the_public_are_no_fault(end: str) -> None:
    stories.prepared(stories.office(grades="C"))
    answer = Client().get(f"{LIST}{end}")
    assert answer.status_code == (200 if end.startswith("?") else 404)
    assert "双随机检查" not in text(answer)


# Fairness -------------------------------------------------------------------------------------------------------------


def test_figures_of_fairness_are_sums_of_published_chances_and_lead_to_their_draws() -> None:
    place = stories.office(grades="CCCCE", staff=4)
    draw = stories.held(place)
    stories.voided(place, round=2)  # does not count
    rows = {row["enterprise__uscc"]: row for row in firms(place.officer)}
    certain = place.projects[4].enterprise
    assert certain and rows[certain.uscc]["expected"] == rows[certain.uscc]["actual"] == 1
    assert sum(row["expected"] for row in rows.values()) == pytest.approx(len(draw.result["visits"]))
    shares = of_inspectors(place.officer)
    assert sum(share.expected for share in shares) == pytest.approx(2 * len(draw.result["visits"]))
    client = signed_in(place.officer)
    page = text(client.get("/inspections/draws/fairness/"))
    assert certain.name in page and "与预期相符" in page
    link = f"/inspections/draws/?view=all&amp;chosen={certain.uscc}"
    assert link in page
    assert draw.number and draw.number in text(client.get(link.replace("&amp;", "&")))
    never = next(p.enterprise for p in place.projects if p.enterprise and not rows[p.enterprise.uscc]["actual"])
    assert draw.number not in text(client.get(f"/inspections/draws/?view=all&chosen={never.uscc}"))
    assert draw.number in text(client.get(f"/inspections/draws/?view=all&entries={never.uscc}"))
    assert place.inspectors[0].user.name in text(client.get("/inspections/draws/fairness/?of=inspectors"))


def test_fairness_shows_nobody_of_another_county() -> None:
    place = stories.office()
    stories.held(place)
    stranger = persona("county_officer", at=QIAOXI)
    assert (list(firms(stranger)), of_inspectors(stranger)) == ([], [])
    assert len(firms(city_officer())) == 10


@pytest.mark.parametrize("of", ["firms", "inspectors"])
def test_fairness_costs_the_same_for_three_draws_as_for_one(of: str) -> None:
    place = stories.office(rounds=3)
    client, url = signed_in(place.officer), f"{reverse('draws:fairness')}?of={of}"

    def asked() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len([q for q in queries if "inspections_pool" in q["sql"]])

    stories.held(place)
    one = asked()
    for round_ in (2, 3):
        stories.held(place, round=round_, recent_days=0)
    assert asked() == one == 2


@pytest.mark.parametrize(
    ("actual", "expected", "variance", "words"),
    [
        (1, 1.0, 0.0, "与预期相符"),
        (5, 4.0, 4.0, "与预期相符"),
        (7, 4.0, 4.0, "略多于预期"),
        (1, 4.0, 4.0, "略少于预期"),
        (9, 4.0, 4.0, "多于预期"),
        (10, 4.0, 4.0, "明显多于预期，应当核查"),
        (0, 7.0, 4.0, "明显少于预期，应当核查"),
    ],
)
def test_deviation_is_said_in_words(actual: int, expected: float, variance: float, words: str) -> None:
    assert deviation(actual, expected, variance) == words


# The command ----------------------------------------------------------------------------------------------------------


def verified(draw: Draw) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_draw", draw.number, stdout=out)
    except SystemExit as done:
        return int(done.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_command_agrees_with_what_was_drawn() -> None:
    place = stories.office()
    assert verified(stories.announced(place))[0] == 0
    assert verified(stories.held(place, round=2)) == (0, f"{Draw.objects.get(round=2).number}：全部相符\n")
    assert verified(stories.voided(stories.office(QIAOXI)))[0] == 0


@pytest.mark.parametrize(
    ("trigger", "change", "words"),
    [
        ("drawn_stays", {"seed": "0" * 64}, "数据库：seed 与数据包不同"),
        ("drawn_stays", {"result": {}}, "数据库：结果与数据包不同"),
        ("announced_stays", {"pool_sha256": "0" * 64}, "名单文件：与公布的校验值不符"),
    ],
)
def test_command_names_a_column_that_was_altered(trigger: str, change: dict[str, Any], words: str) -> None:
    draw = stories.held(stories.office())
    with pgtrigger.ignore(f"inspections.Draw:{trigger}"):
        Draw.objects.filter(pk=draw.pk).update(**change)
    status, said = verified(draw)
    assert (status, words in said) == (1, True), said


def test_command_names_a_row_and_a_file_that_were_altered() -> None:
    draw = stories.held(stories.office())
    with pgtrigger.ignore("inspections.PoolEntry:rank_stays"):
        PoolEntry.objects.filter(draw=draw, ordinal=3).update(rank=9)
    assert "数据库：第 3 号候选与数据包不同" in verified(draw)[1]
    assert draw.bundle
    path = files.path_of(draw.bundle)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b'"rank', b'"ronk') + b" ")
    assert "数据包：文件与其校验值不符" in verified(draw)[1]


def test_command_says_when_there_is_no_such_draw() -> None:
    for number in ("没有", "1" * 40, "0"):
        with pytest.raises(CommandError, match="没有已公告的抽取"):
            call_command("verify_draw", number)
