"""The figures of inspections: right, of one's own region, and each the number of the rows behind it."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.inspections.models import Answer, Visit
from apps.inspections.reports import figures, follow_ups
from apps.inspections.reports.asked import asked_for, days_of
from apps.inspections.reports.sheets import SHEETS
from apps.inspections.services.answering import put_answer
from apps.inspections.workflow.visit import VISIT
from tests.factories import ProjectFactory
from tests.hazards import stories as hazards
from tests.inspections import stories as visits
from tests.inspections.plans import stories
from tests.inspections.test_second_looks import begun, followed, handed_in, judged, on
from tests.personas import CHANGAN, LUBEI, QIAOXI, city_officer, persona, signed_in, station_head

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return response.content.decode()


def done(place: str = CHANGAN, *, score: str | None = "82.50", team: Any = (), hazards: int = 0) -> Visit:
    """A visit of today with an answer to each item, the second of which took points off."""
    visit = stories.visit(stories.project(place), team)
    for item, verdict, points in ((1, "pass", 0), (2, "deduct", 3)):
        told = {"checklist": stories.checklist(), "item": item, "verdict": verdict, "points_off": points}
        Answer.objects.create(visit=visit, answered_by=persona("inspector"), **told)
    for number in range(hazards):
        stories.found(visit, grade="major" if not number else "ordinary", item=2)
    return stories.submitted(visit, score=score, grade="优良")


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("2026", ("2026-01-01", "2027-01-01")),
        ("2026Q4", ("2026-10-01", "2027-01-01")),
        ("2026-12", ("2026-12-01", "2027-01-01")),
        ("2026-02", ("2026-02-01", "2026-03-01")),
    ],
)
def test_periods_are_read_from_the_address(period: str, days: tuple[str, str]) -> None:
    assert tuple(map(str, days_of(period)[1:])) == days


@pytest.mark.parametrize("period", ["", "2026-13", "2026Q5", "20260", "x", "1999", "2026-1"])
def test_any_other_period_is_this_year(period: str) -> None:
    assert days_of(period)[0] == str(stories.today().year)


def test_coverage_counts_projects_by_their_rounds_this_year() -> None:
    city = city_officer()
    twice, once = stories.project(), stories.project()
    stories.project(QIAOXI)
    stories.project(LUBEI)
    for site in (twice, twice, once):
        stories.submitted(stories.visit(site))
    stories.submitted(stories.visit(once, kind="follow_up"))
    stories.visit(once)
    lines, total = figures.coverage(asked_for(city, "", ""), stories.today())
    told = {line.label: (line.none, line.once, line.more) for line in lines if line.projects}
    assert told == {"长安区": (0, 1, 1), "桥西区": (1, 0, 0)}
    assert (total.projects, total.share) == (3, pytest.approx(100 / 3))


def test_items_are_ordered_by_how_often_points_were_taken_off() -> None:
    head = station_head()
    done(hazards=1)
    done()
    done()
    (item,) = figures.items(asked_for(head, "", ""))
    assert (item.number, item.name, item.table) == (2, "安全网", "高处作业检查评分表")
    assert (item.deducted, item.judged, item.points, item.hazards) == (3, 3, 9, 1)


def test_an_answer_to_an_item_that_is_no_longer_asked_counts_as_little_as_in_the_record() -> None:
    visit = visits.planned(codes=("ZX-LIFTING",))
    by, checklist = visits.lead(visit), visit.checklists.get()
    visits.answered(visit, {("ZX-LIFTING", 7): "7.1"})
    told: dict[str, Any] = {"by": by, "checklist": checklist, "item": 6, "base": 1}
    put_answer(visit, verdict="absent", **told)  # no group of cranes: nobody asks any more whether they collide
    visits.signed(visit)
    visit = VISIT.perform(visit, "submit", by=by)
    in_record = [one["item"] for one in visit.record["tables"][0]["items"]]
    assert 7 not in in_record and visit.answers.filter(item=7).exists()
    asked = asked_for(station_head(), "", "")
    assert figures.items(asked) == []
    client = signed_in(city_officer())
    for link in ("deducted", "judged"):
        assert client.get(f"/inspections/?view=all&{link}=ZX-LIFTING:7").context["page"]["total"] == 0


def test_an_answer_to_a_conditional_item_that_is_asked_counts() -> None:
    visit = visits.planned(codes=("ZX-LIFTING",))
    visits.submitted(visit, failed={("ZX-LIFTING", 7): "7.1"})
    (item,) = figures.items(asked_for(station_head(), "", ""))
    assert (item.code, item.number, item.deducted, item.judged) == ("ZX-LIFTING", 7, 1, 1)
    page = signed_in(city_officer()).get("/inspections/?view=all&deducted=ZX-LIFTING:7").context["page"]
    assert page["total"] == 1


def test_tables_tell_what_was_found_with_them() -> None:
    head = station_head()
    done(hazards=2)
    (table,) = figures.tables(asked_for(head, "", ""))
    assert (table.visits, table.hazards, table.major) == (1, 2, 1)


@pytest.mark.parametrize(
    ("score", "band"), [("0", 0), ("59.99", 0), ("60", 60), ("79.99", 75), ("80", 80), ("100", 95)]
)
def test_a_score_lies_in_one_class(score: str, band: int) -> None:
    done(score=score)
    bands, mean = figures.scores(asked_for(station_head(), "", ""))
    assert [one.low for one in bands if one.count] == [band]
    assert mean == pytest.approx(float(score))


def test_work_is_told_by_inspector_and_by_county() -> None:
    city, head = city_officer(), station_head()
    team = [stories.inspector(head.organisation) for _ in range(2)]
    first = done(team=team, hazards=2)
    done(team=team[:1], score=None)
    stories.published(first, day=stories.today() + timedelta(days=4))
    told = {line.key: line for line in figures.by_inspector(asked_for(city, "", ""))}
    one, two = (told[str(member.pk)] for member in team)
    assert (one.visits, one.hazards, one.major, one.per_visit, one.score) == (2, 2, 1, 1.0, 82.5)
    assert (two.visits, two.hazards, two.days_to_publication) == (1, 2, 4)
    lines, total = figures.by_unit(asked_for(city, "", ""))
    here = next(line for line in lines if line.key == CHANGAN)
    assert (here.visits, here.hazards, here.score, here.days_to_publication) == (2, 2, 82.5, 4)
    assert total.visits == 2
    empty = next(line for line in lines if line.key == QIAOXI)
    assert (empty.visits, empty.per_visit, empty.score) == (0, None, None)


def test_nothing_of_another_region_or_period_counts() -> None:
    head = station_head()
    done(LUBEI)
    stories.submitted(stories.visit(stories.project()), stories.today() - timedelta(days=800))
    asked = asked_for(head, "", "")
    assert figures.by_unit(asked)[1].visits == 0
    assert figures.items(asked) == []
    assert figures.by_inspector(asked) == []


def test_every_number_of_the_page_is_the_number_of_the_rows_behind_it() -> None:
    """Zeros too; of a share its part, of a mean what it is taken over.  A table without links fails here."""
    city, head = city_officer(), station_head()
    published = done(team=[stories.inspector(head.organisation) for _ in range(2)], hazards=2)
    stories.published(published, day=stories.today() + timedelta(days=4))
    done(QIAOXI, score="61")
    done(QIAOXI, score=None)
    again = stories.visit(ProjectFactory(), by=head)
    for outcome, effect in (("good", "closed"), ("good", "noted"), ("partly", "returned"), ("unseen", "kept")):
        stories.looked_at(again, outcome=outcome, effect=effect)
    stories.submitted(again)
    client, followed, listed = signed_in(city), 0, {}
    asked = asked_for(city, "", "")
    for name, make in SHEETS.items():
        sheet = make(asked)
        for line in (*sheet.lines, *filter(None, [sheet.total])):
            for kind, cell in zip(sheet.kinds, line, strict=True):
                if kind == "text" or cell.value is None:
                    continue
                told = (name, line[0].value, cell.value)
                assert cell.url, told
                if cell.url not in listed:
                    listed[cell.url] = client.get(cell.url).context["page"]["total"]
                assert listed[cell.url] == (cell.value if cell.rows is None else cell.rows), told
                followed += 1
    assert followed > 100


def test_the_page_shows_the_first_lines_and_says_so_and_the_workbook_holds_all(monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.inspections.reports.sheets.INSPECTORS_SHOWN", 2)
    city = city_officer()
    done(team=[stories.inspector() for _ in range(3)])
    client = signed_in(city)
    page = client.get("/inspections/reports/")
    (sheet,) = (one for one in page.context["sheets"] if one.name == "inspectors")
    assert (len(sheet.lines), len(sheet.shown)) == (3, 2)
    assert "共 3 行，本页列前 2 行，导出的 Excel 为全部" in text(page)
    answer: Any = client.post("/inspections/reports/inspectors/export/")
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    names = {row[0].value for row in book.active.iter_rows()}
    assert {line[0].value for line in sheet.lines} <= names


def test_the_page_asks_as_often_for_many_visits_as_for_one() -> None:
    city = city_officer()
    client = signed_in(city)
    counted = []
    for number in (1, 3):
        for _ in range(number):
            done(team=[stories.inspector()], hazards=1)
        client.get("/inspections/reports/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/inspections/reports/").status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert counted[1] <= 30


def test_the_page_is_drawn_empty_and_full_with_its_histogram() -> None:
    city = city_officer()
    client = signed_in(city)
    empty = text(client.get("/inspections/reports/"))
    assert "这段时间没有提交的检查" in empty
    assert '<rect fill="currentColor"' not in empty
    done(score="91")
    full = text(client.get(f"/inspections/reports/?region={CHANGAN}&period={stories.today():%Y-%m}"))
    assert full.count('<rect fill="currentColor"') == 8
    assert "90–95" in full


def test_a_region_out_of_reach_is_not_told_and_firms_see_no_figures() -> None:
    client = signed_in(station_head())
    assert client.get(f"/inspections/reports/?region={QIAOXI}").status_code == 404
    assert client.get("/inspections/reports/?region=%00x&period=%00").status_code == 200
    for role in ("safety_director", "enforcement_officer", "expert", "system_admin"):
        assert signed_in(persona(role)).get("/inspections/reports/").status_code == 403


def test_hazards_looked_at_again_are_counted_by_what_was_seen_of_them() -> None:
    place = hazards.site()
    visit, found = followed(place, problems=4)
    visit = begun(visit)
    on(found[0], "confirmed", place)
    for hazard, outcome in zip(found, ("good", "good", "partly", "unseen"), strict=True):
        judged(visit, outcome, hazard)
    city = asked_for(city_officer(), "", "")
    assert follow_ups.by_unit(city)[1].carried == 0  # not handed in yet
    handed_in(visit)
    lines, total = follow_ups.by_unit(city)
    here = next(line for line in lines if line.code == CHANGAN)
    assert (here.carried, here.looked_at, here.good, here.partly, here.bad, here.closed) == (4, 3, 2, 1, 0, 1)
    assert total.share == pytest.approx(200 / 3)
    neighbour = follow_ups.by_unit(asked_for(station_head(QIAOXI), "", ""))[1]
    assert (neighbour.carried, neighbour.share) == (0, None)
    page = text(signed_in(city_officer()).get("/inspections/reports/"))
    assert "以往隐患复查" in page and "66.7" in page


@pytest.mark.parametrize("table", SHEETS)
def test_every_table_is_exported_as_it_is_shown(table: str) -> None:
    city = city_officer()
    done(team=[stories.inspector()], hazards=1)
    sheet = SHEETS[table](asked_for(city, "", ""))
    answer: Any = signed_in(city).post(f"/inspections/reports/{table}/export/")
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert list(sheet.heads) in rows
    shown = [cell.value for cell in (sheet.total or sheet.lines[0])]
    wanted = [round(value, 1) if isinstance(value, float) else value for value in shown]
    assert wanted in rows


def test_an_unknown_table_is_not_exported() -> None:
    assert signed_in(city_officer()).post("/inspections/reports/moon/export/").status_code == 404
