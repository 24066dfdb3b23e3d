"""The tree of regions as it stands in the database after the migrations."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from apps.core.models import Event
from apps.regions.models import Region, RegionLevel, RegionName
from apps.regions.services import load_regions, rename_region
from tests.personas import persona, region

pytestmark = pytest.mark.django_db


def test_province_has_eleven_cities_fourteen_units_167_counties_and_23_zones() -> None:
    region()
    counted = {level: Region.objects.current().filter(level=level).count() for level in RegionLevel}
    assert counted == {"province": 1, "unit": 1, "city": 11, "county": 167, "zone": 23}
    assert Region.objects.reporting_units().count() == 14


def test_counties_are_of_the_kinds_of_the_national_list() -> None:
    region()
    kinds = {
        kind: Region.objects.filter(level="county", kind=kind).count() for kind in ("市辖区", "县", "县级市", "自治县")
    }
    assert kinds == {"市辖区": 49, "县": 91, "县级市": 21, "自治县": 6}


@pytest.mark.parametrize(("code", "name"), [("130682", "定州市"), ("130181", "辛集市")])
def test_county_city_under_the_province_answers_to_it_alone(code: str, name: str) -> None:
    place = region(code)
    assert (place.name, place.path, place.unit_id) == (name, f"/13/{code}/", place.pk)
    assert not region("130600").covers(place.path)
    assert not region("130100").covers(place.path)
    assert region("130000").covers(place.path)


def test_xiongan_is_made_of_three_counties_of_baoding() -> None:
    xiongan = region("XIONGAN")
    below = Region.objects.under(xiongan.path).exclude(pk=xiongan.pk)
    assert {c.code: c.name for c in below} == {"130629": "容城县", "130632": "安新县", "130638": "雄县"}
    assert {c.unit_id for c in below} == {xiongan.pk}
    assert not Region.objects.under(region("130600").path).filter(code="130638").exists()


def test_every_region_lies_below_its_parent_and_in_a_reporting_unit() -> None:
    region()
    units = set(Region.objects.reporting_units().values_list("pk", flat=True))
    for place in Region.objects.exclude(level="province").select_related("parent", "unit"):
        assert place.parent is not None
        assert place.unit is not None
        assert place.path.startswith(place.parent.path)
        assert place.path.startswith(place.unit.path)
        assert place.unit_id in units


def test_nothing_lies_under_an_empty_path() -> None:
    region()
    assert not Region.objects.under("").exists()


def test_every_county_and_city_has_a_centre_inside_hebei() -> None:
    region()
    for place in Region.objects.filter(level__in=("city", "county", "unit")):
        assert 113 < (place.longitude or 0) < 120
        assert 36 < (place.latitude or 0) < 43


def test_loading_again_changes_nothing() -> None:
    region()
    before = list(Region.objects.values()), list(RegionName.objects.values())
    assert load_regions() == 203
    assert (list(Region.objects.values()), list(RegionName.objects.values())) == before


@pytest.mark.parametrize(
    ("code", "then", "now"),
    [
        ("130502", "桥东区", "襄都区"),
        ("130503", "桥西区", "信都区"),
        ("130505", "任县", "任泽区"),
        ("130506", "南和县", "南和区"),
    ],
)
def test_record_of_2019_shows_the_name_of_2019(code: str, then: str, now: str) -> None:
    place = region(code)
    assert place.name == now
    assert place.name_on(date(2019, 12, 31)) == then
    assert place.name_on(date(2020, 6, 22)) == then
    assert place.name_on(date(2020, 6, 23)) == now


def test_renaming_is_a_row_and_an_event_not_a_release() -> None:
    place, admin = region("130102"), persona("system_admin")
    today = timezone.localdate()
    rename_region(region=place, name="新长安区", on=today, source="测试批复", by=admin)
    place.refresh_from_db()
    assert (place.name, place.path) == ("新长安区", "/13/1301/130102/")
    assert place.name_on(date(2024, 1, 1)) == "长安区"
    assert place.name_on(today) == "新长安区"
    event = Event.objects.of(place).get()
    assert (event.name, event.before, event.after, event.actor) == ("renamed", "长安区", "新长安区", admin)


def test_loading_again_does_not_undo_a_renaming() -> None:
    place = region("130102")
    rename_region(region=place, name="新长安区", on=timezone.localdate(), source="测试批复", by=None)
    load_regions()
    place.refresh_from_db()
    assert (place.name, place.name_on(timezone.localdate())) == ("新长安区", "新长安区")


def test_name_cannot_be_changed_before_the_day_it_began() -> None:
    with pytest.raises(ValidationError, match="须晚于现用名称的启用日期2020-06-23"):
        rename_region(region=region("130502"), name="别名区", on=date(2019, 1, 1), source="测试批复", by=None)


@pytest.mark.parametrize(
    ("name", "problem"), [("桥西区", "同一上级下已有“桥西区”"), ("长安区", "新名称与现用名称相同")]
)
def test_region_takes_neither_a_siblings_name_nor_its_own(name: str, problem: str) -> None:
    today = timezone.localdate()
    with pytest.raises(ValidationError, match=problem):
        rename_region(region=region("130102"), name=name, on=today, source="测试批复", by=None)


def test_name_of_a_county_of_another_city_may_be_taken() -> None:
    today = timezone.localdate()
    rename_region(region=region("130102"), name="海港区", on=today, source="测试批复", by=None)
    assert region("130102").name == "海港区"


def test_abolished_region_cannot_be_renamed() -> None:
    place = region("130102")
    Region.objects.filter(pk=place.pk).update(valid_to=date(2026, 1, 1))
    with pytest.raises(ValidationError, match="已于2026-01-01撤销"):
        rename_region(region=place, name="新长安区", on=timezone.localdate(), source="测试批复", by=None)


def test_page_says_that_a_sibling_bears_the_name(client: Client) -> None:
    client.force_login(persona("system_admin"))
    given = {"name": "桥西区", "on": "2026-01-01", "source": "测试批复"}
    answer = client.post("/system/regions/130102/rename/", given)
    assert answer.status_code == 422
    assert "同一上级下已有“桥西区”，请核对批复文件。" in answer.content.decode()


def test_two_names_cannot_hold_on_the_same_day() -> None:
    with pytest.raises(IntegrityError, match="region_has_one_name_at_a_time"), transaction.atomic():
        region("130102").names.create(name="另一个名称", valid_from=date(2020, 1, 1))


def test_path_never_changes() -> None:
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Region.objects.filter(pk=region("130102").pk).update(path="/13/1302/130102/")


def test_region_cannot_be_hung_outside_its_parent() -> None:
    with pytest.raises(IntegrityError, match="does not lie below its parent"), transaction.atomic():
        Region.objects.create(
            code="130199", name="试验区", level="zone", kind="开发区", path="/13/1302/130199/", parent=region("130100")
        )


def test_siblings_cannot_share_a_name() -> None:
    with pytest.raises(IntegrityError, match="siblings_have_different_names"), transaction.atomic():
        Region.objects.create(
            code="130199", name="长安区", level="zone", kind="开发区", path="/13/1301/130199/", parent=region("130100")
        )
