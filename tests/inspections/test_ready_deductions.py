"""Every item of every table is scored with two taps, and nothing invented passes for the standard's own."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.core.canonical import canonical_json
from apps.inspections.checklists import BASES, table_from, table_of
from apps.inspections.forms.checklists import as_lines, read_lines
from apps.inspections.models import Checklist
from apps.inspections.reference import jgj59, renew, samples
from apps.inspections.sync.prefetch import checklist_told
from tests.inspections import stories

SHIPPED = [*jgj59(), *samples()]
named = pytest.mark.parametrize("told", SHIPPED, ids=lambda one: one["code"])


@named
def test_every_item_offers_a_ready_deduction_within_its_points(told: dict[str, Any]) -> None:
    table = table_from(told["code"], told["name"], told["content"])
    assert [item.seq for item in table.items if not item.deductions] == []
    beyond = [(item.seq, one.text) for item in table.items for one in item.deductions if one.points > item.points]
    assert beyond == []
    assert [one for item in table.items for one in item.deductions if not one.basis] == []


def test_degrees_stand_only_where_there_is_nothing_better_and_differ_in_points() -> None:
    for told in jgj59():
        for item in table_from(told["code"], told["name"], told["content"]).items:
            bases = {one.basis for one in item.deductions}
            if "general" in bases:
                assert bases == {"general"}, (told["code"], item.seq)
                points = [one.points for one in item.deductions]
                assert points == sorted(set(points)) and points[-1] == item.points, (told["code"], item.seq)


def test_what_was_read_is_marked_and_the_editions_stay_samples() -> None:
    read = [
        (told["code"], item["seq"])
        for told in jgj59()
        for item in told["content"]["items"]
        for one in item["deductions"]
        if one["basis"] == "read"
    ]
    assert {code for code, _ in read} == {"JGJ59-B.3", "JGJ59-B.4", "JGJ59-B.8", "JGJ59-B.10", "JGJ59-B.15"}
    assert all(told["is_sample"] for told in SHIPPED)


@named
def test_lines_keep_on_what_a_deduction_rests(told: dict[str, Any]) -> None:
    again = read_lines(as_lines(told["content"]))
    kept = [[one["basis"] for one in item["deductions"]] for item in told["content"]["items"]]
    assert [[one["basis"] for one in item["deductions"]] for item in again] == kept


@pytest.mark.django_db
def test_page_form_phone_and_record_tell_the_kinds_apart() -> None:
    visit = stories.planned(codes=("JGJ59-B.10",))
    by, checklist = stories.lead(visit), visit.checklists.get()
    client = Client()
    client.force_login(by)
    pages = [checklist.get_absolute_url(), f"{visit.get_absolute_url()}tables/{checklist.pk}/"]
    for url in pages:
        page = client.get(url).content.decode()
        assert [label for label in BASES.values() if label and f"［{label}］" not in page] == [], url
    sent = {one["basis"] for item in checklist_told(checklist)["content"]["items"] for one in item["deductions"]}
    assert sent == {"read", "sample", "general"}

    kinds = {one.basis: (item.seq, one.code) for item in table_of(checklist).items for one in item.deductions}
    failed = {("JGJ59-B.10", seq): code for seq, code in kinds.values()}
    record = stories.submitted(visit, failed=failed, problems=1).record
    told = [one["basis"] for item in record["tables"][0]["items"] for one in item["deductions"]]
    assert sorted(told) == sorted(BASES[basis] for basis in kinds)


@pytest.mark.django_db
def test_an_older_edition_of_ours_is_followed_by_a_new_one_and_nobodys_own_is_touched() -> None:
    stories.checklists()
    assert renew(Checklist, timezone.localdate()) == 0
    shipped = Checklist.objects.filter(code="JGJ59-B.4").latest("effective_from")
    bare = {**shipped.content, "items": [{**item, "deductions": []} for item in shipped.content["items"]]}
    day = shipped.effective_from + timedelta(days=1)
    told = {"family": "jgj59", "name": shipped.name, "content": bare, "effective_from": day}
    told["sha256"] = hashlib.sha256(canonical_json(bare)).hexdigest()
    Checklist.objects.create(code="JGJ59-B.4", **told)
    Checklist.objects.create(code="JGJ59-B.5", written_by=stories.lead(stories.planned()), **told)
    later = day + timedelta(days=1)
    assert (renew(Checklist, later), renew(Checklist, later)) == (1, 0)
    newest = Checklist.objects.filter(code="JGJ59-B.4").latest("effective_from")
    assert (newest.effective_from, newest.content) == (later, shipped.content)
    assert Checklist.objects.filter(code="JGJ59-B.5").latest("effective_from").content == bare
