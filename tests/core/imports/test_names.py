"""Likeness of names: the same name whatever its width, and the nearest ones first."""

from apps.core.imports.names import Names

KNOWN = Names(
    [("1", "滹沱河畔小区一期工程"), ("2", "滹沱河畔小区二期工程"), ("3", "裕华商务中心"), ("4", "裕华商务中心")]
)


def test_width_case_and_spaces_do_not_count() -> None:
    assert Names([("1", "LWZQ-4标")]).exactly("ｌｗｚｑ-4 标") == "1"


def test_a_name_that_two_records_bear_is_nobodys() -> None:
    assert KNOWN.exactly("裕华商务中心") is None


def test_what_stands_in_brackets_tells_firms_apart() -> None:
    assert Names([("1", "冀建集团（北京）")]).exactly("冀建集团（上海）") is None


def test_the_most_similar_comes_first() -> None:
    assert [key for key, _ in KNOWN.like("滹沱河畔小区一期")][:2] == ["1", "2"]


def test_nothing_is_like_a_stranger() -> None:
    assert KNOWN.like("崇礼滑雪场") == []
