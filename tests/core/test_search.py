"""Finding text: the rows that LIKE would find, by an index already for two characters."""

import json
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet

from apps.accounts.models import Organisation
from apps.core.registers import registry
from apps.core.scoping import at_or_below, region_of
from apps.core.search import find, is_indexed, pairs_of, spellings
from apps.hazards.models import Hazard
from apps.people.models import Person
from tests.factories import EnterpriseFactory, PersonFactory, ProjectFactory
from tests.hazards import stories
from tests.personas import CHANGAN, LUBEI, persona, region

pytestmark = pytest.mark.django_db
CHARACTERS = "安全帽网脚手架爆破塔吊临边" + "1２aAＢ%_\\'\" \n。"
ROWS = 4_000


def named(*names: str) -> list[Organisation]:
    place = region(CHANGAN)
    rows = [Organisation(kind="enterprise", name=n, region=place, region_path=place.path) for n in names]
    return Organisation.objects.bulk_create(rows)


def found(text: str, *paths: str) -> set[str]:
    return set(find(Organisation.objects.all(), paths or ("name",), text).values_list("name", flat=True))


def many_hazards() -> Hazard:
    """Thousands like one that was planted, each with a text of its own; one in a hundred speaks of blasting."""
    planted = stories.draft(stories.site())
    columns = [f.column for f in Hazard._meta.concrete_fields if f.column not in ("id", "number", "description")]
    others = ", ".join(f'h."{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO hazards_hazard (number, description, {others.replace("h.", "")})
            SELECT 'YH-2001-' || lpad(n::text, 6, '0'),
                   n || '层' || chr(20000 + n %% 3000) || chr(21000 + n %% 2000) || '防护缺失'
                     || CASE WHEN n %% 100 = 0 THEN '，爆破无方案' ELSE '' END,
                   {others}
              FROM hazards_hazard h, generate_series(1, %s) n WHERE h.id = %s
            """,
            [ROWS, planted.pk],
        )
        cursor.execute("ANALYZE hazards_hazard")
    return planted


def indexes_of(rows: QuerySet) -> set[str]:
    """The indexes that the database uses for these rows."""

    def walk(node: dict[str, Any]) -> Iterator[str]:
        if name := node.get("Index Name"):
            yield name
        for below in node.get("Plans", []):
            yield from walk(below)

    with connection.cursor() as cursor:  # some thousand rows are so few that reading all of them is a close second
        cursor.execute("SET LOCAL enable_seqscan = off")
    return set(walk(json.loads(rows.explain(format="json"))[0]["Plan"]))


# The same rows as LIKE ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_random_texts_are_found_exactly_where_like_finds_them(seed: int) -> None:
    dice = random.Random(seed)
    texts = {"".join(dice.choices(CHARACTERS, k=dice.randint(1, 30))) for _ in range(300)}
    named(*texts)
    cut = [t[start : start + dice.randint(2, 7)] for t in dice.sample(sorted(texts), 60) for start in (0, len(t) // 2)]
    made = ["".join(dice.choices(CHARACTERS, k=dice.randint(2, 4))) for _ in range(60)]
    for word in {w.strip() for w in (*cut, *made)} - {""}:
        if len(word) < 2:
            continue
        ways = spellings(word)
        expected = set()
        for way in ways:
            like = "%" + way.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
            expected |= set(
                Organisation.objects.extra(where=['lower(name COLLATE "C") LIKE %s'], params=[like]).values_list(
                    "name", flat=True
                )
            )
        assert found(word) == expected, repr(word)


def test_pure_chinese_is_found_as_contains_finds_it() -> None:
    named("长安安全网厂", "长安帽厂", "全安网")
    for word in ("安全", "长安", "全网", "安安", "安全网厂", "网厂长"):
        assert found(word) == set(Organisation.objects.filter(name__contains=word).values_list("name", flat=True))


def test_pairs_of_a_long_text_cover_all_of_it() -> None:
    assert pairs_of("临边") == ["临边"]
    assert pairs_of("脚手架") == ["脚手", "手架"]
    assert pairs_of("未设警示标") == ["未设", "警示", "示标"]
    assert len(pairs_of("长" * 100)) == 8


def test_pairs_of_a_number_overlap_at_its_end() -> None:
    assert pairs_of("77") == ["77"]
    assert pairs_of("0397") == ["03", "39", "97"]
    assert pairs_of("YH-2025-003977") == ["03", "39", "97", "77"]


@pytest.mark.parametrize("word", ["100%", "a_b", r"a\b", "%%", "__", r"\\"])
def test_wildcards_of_patterns_are_plain_characters(word: str) -> None:
    named("达标100%", "达标1000", "a_b厂", "axb厂", r"a\b厂", "一二三")
    assert found(word) == {n for n in ("达标100%", "达标1000", "a_b厂", "axb厂", r"a\b厂", "一二三") if word in n}


def test_case_and_width_do_not_matter() -> None:
    named("PE管厂", "ＰＥ管厂", "pe管厂")
    for word in ("PE", "pe", "ＰＥ", "Pe管"):
        assert found(word) == {"PE管厂", "ＰＥ管厂", "pe管厂"}, word


def test_one_character_finds_what_begins_with_it() -> None:
    named("塔吊厂", "小塔厂")
    assert found("塔") == {"塔吊厂"}


@pytest.mark.parametrize("text", ["", " ", "\u202e", "\x00", "\u200b\ufeff"])
def test_nothing_to_look_for_finds_nothing(text: str) -> None:
    named("塔吊厂")
    assert found(text) == set()


def test_marks_that_only_mislead_the_eye_are_left_out() -> None:
    named("塔吊厂")
    assert found("塔\u202e吊\x00") == {"塔吊厂"}


def test_neighbouring_columns_make_no_pair() -> None:
    """The index holds several columns; the end of one and the beginning of the next are no word."""
    Organisation.objects.filter(pk=named("甲乙")[0].pk).update(short_name="丙丁")
    assert found("乙丙", "name", "short_name") == set()
    assert found("丙丁", "name", "short_name") == {"甲乙"}
    assert found("丙丁", "name") == set()


def test_changed_text_is_found_by_its_new_words_only() -> None:
    row = named("塔吊厂")[0]
    Organisation.objects.filter(pk=row.pk).update(name="吊篮厂")
    assert (found("塔吊"), found("吊篮")) == (set(), {"吊篮厂"})


# Over foreign keys ----------------------------------------------------------------------------------------------------


def test_rows_are_found_by_the_records_they_hang_on() -> None:
    site = stories.site()
    hazard = stories.draft(site)
    stories.draft(stories.site())
    for path, word in (
        ("project__name", site.project.name),
        ("enterprise__organisation__name", hazard.enterprise.name),
    ):
        assert list(find(Hazard.objects.all(), [path], word)) == [hazard]
        assert not find(Hazard.objects.all(), [path], "没有这个名称")


def test_many_such_records_find_the_same_rows_as_few(monkeypatch: pytest.MonkeyPatch) -> None:
    hazards = [stories.draft(stories.site()) for _ in range(3)]
    paths = ("number", "description", "project__name")
    few = set(find(Hazard.objects.all(), paths, "安置房"))
    monkeypatch.setattr("apps.core.search.FEW", 1)
    assert set(find(Hazard.objects.all(), paths, "安置房")) == few == set(hazards)


def test_person_is_found_by_name_initials_and_employer() -> None:
    person = PersonFactory(name="曾志强", employer=EnterpriseFactory(organisation__name="长安宽谷建工"))
    PersonFactory(name="韩立平")
    for word in ("志强", "zzq", "宽谷"):
        assert list(find(Person.objects.all(), registry["people"].search, word)) == [person]


# The index ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["hazards", "projects", "enterprises", "people"])
def test_key_word_of_the_large_registers_has_an_index(name: str) -> None:
    register = registry[name]
    assert [path for path in register.search if not is_indexed(register.model, path)] == []


@pytest.mark.parametrize("word", ["爆破", "爆破无", "破无方案"])
def test_words_of_two_and_more_characters_use_the_index(word: str) -> None:
    many_hazards()
    rows = find(Hazard.objects.all(), ("number", "description"), word)
    assert indexes_of(rows) == {"hazard_text"}
    assert rows.count() == ROWS // 100


def test_key_word_of_the_ledger_uses_indexes_in_every_scope() -> None:
    planted = many_hazards()
    for user in (persona("province_officer"), persona("city_officer"), persona("inspector")):
        register = registry["hazards"]
        rows = find(register.rows(user).order_by("-pk"), register.search, "爆破")
        assert "hazard_text" in indexes_of(rows)
        rows = find(register.rows(user).order_by("-pk"), register.search, planted.project.name)
        assert rows.count() == ROWS + 1


def test_a_county_and_a_city_gather_their_own_rows_alone_and_the_same_as_without() -> None:
    mine, foreign = stories.draft(stories.site()), stories.draft(stories.site(LUBEI))
    for role, place in (("inspector", "/13/1301/130102/"), ("city_officer", "/13/1301/"), ("province_officer", "")):
        rows = Hazard.objects.visible_to(persona(role))
        asked = find(rows, ["number", "description"], mine.description[:3])
        assert [f"'{place}'" in key for key in keys_asked(asked)] == [bool(place)], role
        assert set(asked) == {h for h in (mine, foreign) if h in rows} != set(), role


def keys_asked(rows: QuerySet) -> list[str]:
    """What the text index is asked for."""
    return re.findall(r"\?& ARRAY\[(.*?)\]", str_of(rows))


def str_of(rows: QuerySet) -> str:
    with connection.cursor() as cursor:
        return str(cursor.mogrify(*rows.query.sql_with_params()).decode())


@pytest.mark.parametrize(
    ("rows", "region"),
    [
        (Q(region_path="/13/1301/130102/"), "/13/1301/130102/"),
        (at_or_below("region_path", "/13/1301/"), "/13/1301/"),
        (at_or_below("region_path", "/13/1301/") & Q(region_path="/13/1301/130102/"), "/13/1301/130102/"),
        (Q(region_path__gte="/13/1301/"), ""),
        (Q(region_path__gte="/13/1301/", region_path__lt="/14/"), ""),
        (Q(region_path="/13/1301/130102/") | Q(enterprise_id=1), ""),
        (~Q(region_path="/13/1301/130102/"), ""),
        (Q(project__region_path="/13/1301/130102/"), ""),
        (Q(state="draft"), ""),
    ],
)
def test_the_region_that_confines_rows_is_read_from_their_condition(rows: Q, region: str) -> None:
    assert region_of(Hazard.objects.filter(rows).filter(grade="major"), "region_path") == region


def test_one_character_uses_the_index() -> None:
    many_hazards()
    rows = find(Hazard.objects.all(), ("number", "description"), "爆")
    assert (indexes_of(rows), rows.count()) == ({"hazard_text"}, 0)


def test_last_digits_of_a_number_use_the_index() -> None:
    many_hazards()
    rows = find(Hazard.objects.all(), ["number"], "-003977")
    assert indexes_of(rows) == {"hazard_text"}
    assert [h.number for h in rows] == ["YH-2001-003977"]


def test_names_of_persons_use_their_index() -> None:
    firm = EnterpriseFactory()
    Person.objects.bulk_create(Person(name=f"{chr(20000 + n)}{chr(24000 + n)}", employer=firm) for n in range(3000))
    PersonFactory(name="韩志强", employer=firm)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE people_person")
    rows = find(Person.objects.all(), ("name", "initials"), "志强")
    assert indexes_of(rows) == {"person_text"}


# Lists ----------------------------------------------------------------------------------------------------------------


def test_key_word_and_column_filters_of_a_list_stay_in_the_scope() -> None:
    mine, foreign = stories.draft(stories.site()), stories.draft(stories.site(LUBEI))
    register, user = registry["hazards"], persona("inspector")
    for query in ({"q": "安置房"}, {"project__name": "安置房"}, {"number": "YH-"}):
        rows = set(register.filterset(user, query).qs)
        assert (mine in rows, foreign in rows) == (True, False), query


def test_text_without_an_index_is_looked_through_as_before() -> None:
    site = stories.site()
    register = registry["hazards"]
    hazard = stories.draft(site)
    Hazard.objects.filter(pk=hazard.pk).update(inspecting_body="长安区监督站")
    assert list(register.filterset(site.inspector, {"inspecting_body": "安区"}).qs) == [hazard]
    assert not is_indexed(Hazard, "inspecting_body")


def test_project_is_found_by_address_number_and_initials() -> None:
    project = ProjectFactory(name="长安宽谷3期工程", address="滨河路9号", number="13010226030101-007")
    register, user = registry["projects"], persona("inspector")
    for word in ("cakg", "CAKG3", "滨河路", "030101-007", "宽谷３期"):
        assert list(register.filterset(user, {"q": word}).qs) == [project], word
