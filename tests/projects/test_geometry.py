"""Sites on the map."""

import pytest
from django.core.exceptions import ValidationError

from apps.projects.geometry import contains, corners_text, distance_m, distance_to_ring_m, parse_corners
from apps.projects.models import Project

SQUARE = [(114.50, 38.00), (114.51, 38.00), (114.51, 38.01), (114.50, 38.01)]


def test_a_degree_of_latitude_is_some_111_kilometres() -> None:
    assert distance_m((114.5, 38.0), (114.5, 39.0)) == pytest.approx(111_195, rel=0.001)


def test_inside_outside_and_the_way_to_the_fence() -> None:
    assert contains(SQUARE, (114.505, 38.005))
    assert not contains(SQUARE, (114.52, 38.005))
    expected = distance_m((114.52, 38.005), (114.51, 38.005))
    assert distance_to_ring_m(SQUARE, (114.52, 38.005)) == pytest.approx(expected, rel=0.001)


def test_distance_of_a_project_prefers_the_fence_to_the_point() -> None:
    fenced = Project(site=[list(corner) for corner in SQUARE], longitude=114.6, latitude=38.0)
    assert fenced.distance_m(114.505, 38.005) == 0
    point_only = Project(longitude=114.5, latitude=38.0)
    assert point_only.distance_m(114.5, 38.001) == pytest.approx(111.2, abs=0.5)
    assert Project().distance_m(114.5, 38.0) is None


def test_corners_are_read_as_people_paste_them_and_the_ring_need_not_be_closed() -> None:
    text = "114.50,38.00；114.51，38.00\n114.51,38.01\n114.50,38.00"
    assert parse_corners(text) == [[114.5, 38.0], [114.51, 38.0], [114.51, 38.01]]
    assert parse_corners(corners_text(SQUARE)) == [list(corner) for corner in SQUARE]
    assert parse_corners("  ") == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("114.5,38.0\n114.6,38.0", "场地范围应有3至500个角点，现有2个"),
        ("38.0,114.5", "第1个角点“38.0,114.5”不在河北省范围内，请检查经纬度是否写反"),
        ("114.5 38.0", "第1个角点“114.5 38.0”应写作“经度,纬度”"),
        ("nan,38", "第1个角点“nan,38”不在河北省范围内，请检查经纬度是否写反"),
    ],
)
def test_wrong_corners_are_named(text: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        parse_corners(text)
    assert refusal.value.messages == [sentence]
