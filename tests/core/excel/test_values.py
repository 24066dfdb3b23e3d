"""Cells as people write them. Properties say what holds for every value, examples what people really write."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.excel.values import (
    BadValue,
    Finding,
    YearMissing,
    parse_choice,
    parse_date,
    parse_datetime,
    parse_decimal,
    parse_integer,
    parse_moment,
    split_findings,
)
from tests.core.excel.builders import moment

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
MOMENTS = st.datetimes(moment("1950-01-01"), moment("2100-12-31")).map(lambda at: at.replace(microsecond=0))
GRADES = {"重大事故隐患": "major", "重大": "major", "1级": "major", "一般": "ordinary", "3级": "ordinary"}


DAY_SPELLINGS = (
    "{0.year}-{0.month}-{0.day}",
    "{0:%Y-%m-%d}",
    "{0.year}.{0.month}.{0.day}",
    "{0.year}．{0.month}．{0.day}",
    "{0.year}/{0.month}/{0.day}",
    "{0.year}年{0.month}月{0.day}日",
    "{0.year}年{0.month}月{0.day}号",
    " {0.year} 年 {0.month} 月\n{0.day} 日",
)
MOMENT_SPELLINGS = (
    "{0:%Y-%m-%d %H:%M:%S}",
    "{0:%Y-%m-%dT%H:%M:%S}",
    "{0:%Y/%m/%d}  {0:%H:%M:%S}",
    "{0:%Y年%m月%d日}{0:%H时%M分%S秒}",
)


@given(DAYS, st.sampled_from(DAY_SPELLINGS))
def test_every_day_is_read_in_every_usual_spelling(day: date, spelling: str) -> None:
    assert parse_moment(spelling.format(day)) == day


@given(MOMENTS, st.sampled_from(MOMENT_SPELLINGS))
def test_every_moment_is_read_in_every_usual_spelling(moment: datetime, spelling: str) -> None:
    assert parse_moment(spelling.format(moment)) == moment


@given(DAYS)
def test_month_and_day_need_the_year_of_the_title(day: date) -> None:
    written = f"{day.month}月{day.day}日"
    assert parse_date(written, day.year) == day
    with pytest.raises(YearMissing):
        parse_date(written)


@given(DAYS)
def test_serial_numbers_are_days(day: date) -> None:
    assert parse_moment(day.toordinal() - date(1899, 12, 30).toordinal()) == day


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024年7月18日14:40", moment("2024-07-18 14:40")),
        ("2024/6/22 14:40", moment("2024-06-22 14:40")),
        ("2024年6月22日 14时40分", moment("2024-06-22 14:40")),
        ("2024-06-22 下午2:40", moment("2024-06-22 14:40")),
        ("2024-06-22 上午9点", moment("2024-06-22 09:00")),
        ("２０２４－０６－２２", date(2024, 6, 22)),
        ("24.6.22", date(2024, 6, 22)),
        ("20240622", date(2024, 6, 22)),
        (20240622, date(2024, 6, 22)),
        ("2024.6.22（星期六）", date(2024, 6, 22)),
        ("2024年6月22日前", date(2024, 6, 22)),
        ("2024.06.22.", date(2024, 6, 22)),
        (45465.5, moment("2024-06-22 12:00")),
        (date(2024, 6, 22), date(2024, 6, 22)),
    ],
)
def test_dates_as_people_write_them(written: Any, read: date) -> None:
    assert parse_moment(written) == read


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2024年6月31日", "没有这一天"),
        ("2024年6月", "缺少日，请写到年月日"),
        ("2024.6.22-6.25", "像是一段时间，请只填一个日期"),
        ("2024-06-22 25:00", "没有这个时刻"),
        ("立即整改", "无法识别的日期，请写成 2024-06-22 的形式"),
        ("6.22", "没有写年份"),
        (6.22, "是数字，不是日期"),
        (3, "是数字，不是日期"),
        (True, "不是日期"),
        (time(14, 40), "不是日期"),
        ("1024-06-22", "年份 1024 不合理"),
        (moment("1900-01-01"), "年份 1900 不合理"),
        (float("nan"), "是数字，不是日期"),
    ],
)
def test_what_is_no_date_says_why(written: Any, reason: str) -> None:
    with pytest.raises(BadValue) as bad:
        parse_moment(written)
    assert bad.value.reason == reason


def test_day_and_moment_can_be_asked_for() -> None:
    assert parse_date("2024-06-22 14:40") == date(2024, 6, 22)
    assert parse_datetime("2024-06-22") == moment("2024-06-22")


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.dates(), st.times(), st.datetimes()))
def test_parsers_return_a_value_or_say_why_not(value: Any) -> None:
    for parse in (parse_date, parse_datetime, parse_decimal, parse_integer, lambda text: parse_choice(text, GRADES)):
        try:
            parse(value)
        except BadValue as bad:
            assert bad.reason


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(["{}", "{:,}", "{}元", "{} 元", "{:,} 元整"]))
def test_amounts_with_unit_and_grouping(amount: Decimal, spelling: str) -> None:
    assert parse_decimal(spelling.format(amount), "元") == amount


@pytest.mark.parametrize(
    ("written", "unit", "read"),
    [
        ("1,860 元", "元", "1860"),
        ("￥3.5万元", "元", "35000"),
        ("3.5万元", "万元", "3.5"),
        ("3.5", "万元", "3.5"),
        ("3.5万", "万元", "3.5"),
        ("5000元", "万元", "0.5"),
        ("约20万元", "元", "200000"),
        ("１２", "", "12"),
        ("15mm", "mm", "15"),
        (0.1, "", "0.1"),
    ],
)
def test_numbers_as_people_write_them(written: Any, unit: str, read: str) -> None:
    assert parse_decimal(written, unit) == Decimal(read)


@pytest.mark.parametrize(
    "written",
    [
        "一千元",
        "3-5万",
        "3~5",
        "12吨",
        "1e400x",
        "9" * 16,
        "1." + "1" * 40,
        1e300,
        "--3",
        True,
        float("inf"),
        date(2024, 1, 1),
    ],
)
def test_what_is_no_amount_is_refused(written: Any) -> None:
    with pytest.raises(BadValue):
        parse_decimal(written, "元")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("重大", "major"),
        (" 重 大\n", "major"),
        ("一般（现场整改）", "ordinary"),
        (3, "ordinary"),
        ("３级", "ordinary"),
        ("1", "major"),
    ],
)
def test_choices_in_any_spelling(written: Any, code: str) -> None:
    assert parse_choice(written, GRADES) == code


def test_unknown_choice_lists_one_spelling_of_each() -> None:
    with pytest.raises(BadValue) as bad:
        parse_choice("特大", GRADES)
    assert bad.value.reason == "没有“特大”这个选项，可填：重大事故隐患、一般"


def numbered(text: str) -> list[tuple[str, str]]:
    return [(finding.number, finding.text) for finding in split_findings(text)]


def test_numbered_lines_are_findings() -> None:
    assert numbered("检查发现：\n1.围栏缺失。\n2、配电箱未上锁；\n3）栈桥无护栏") == [
        ("1.", "围栏缺失。"),
        ("2、", "配电箱未上锁"),
        ("3）", "栈桥无护栏"),
    ]


def test_what_stands_before_the_numbers_goes_with_each() -> None:
    assert split_findings("承台：1.积水；2.无标识") == [
        Finding("1.", "积水", "承台："),
        Finding("2.", "无标识", "承台："),
    ]


def test_chinese_numerals_hold_inner_numbers() -> None:
    text = "一、主桥。\n1.11#桥墩积水。\n2.无标识。\n二、辅桥未封闭。\n三、栈桥。\n①缺栏杆②缺灯"
    assert split_findings(text) == [
        Finding("一、1.", "11#桥墩积水。", "主桥。"),
        Finding("一、2.", "无标识。", "主桥。"),
        Finding("二、", "辅桥未封闭。"),
        Finding("三、①", "缺栏杆", "栈桥。"),
        Finding("三、②", "缺灯", "栈桥。"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "防护高度1.8米，应为2.0米",
        "K1+200至K2+300段",
        "2024.6.22检查，2024.6.23复查",
        "1.只有一条",
        "",
        "依据第18.1.1条、第2.3条",
    ],
)
def test_numbers_that_count_nothing_split_nothing(text: str) -> None:
    assert numbered(text) == [("", text)]


def test_more_than_ten_chinese_numerals() -> None:
    numerals = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
    assert [finding.number for finding in split_findings("\n".join(f"{n}、问题" for n in numerals))] == [
        f"{n}、" for n in numerals
    ]


@given(
    st.lists(
        st.text("问题隐患护栏1.、", min_size=1).filter(lambda text: not text[0].isdigit()), min_size=2, max_size=20
    )
)
def test_split_loses_no_text(bodies: list[str]) -> None:
    text = "\n".join(f"（{number}）{body}" for number, body in enumerate(bodies, 1))
    findings = split_findings(text)
    assert "".join("".join(part.split()) for at in findings for part in (at.number, at.text)) == "".join(text.split())
