"""Numbers of projects and permits: checked loosely, for older ones and other provinces' differ."""

import re
from datetime import date

# 项目编号 of the national platform: division 6, day YYMMDD 6, kind 2, serial 2.  Other numbers are kept as they are.
NUMBER = re.compile(r"[0-9A-Z](?:[0-9A-Z-]{2,38})[0-9A-Z]")
NATIONAL = re.compile(r"[0-9]{16}")
# 施工许可证编号: division 6, day YYYYMMDD 8, four digits whose meaning changed over time.
PERMIT = re.compile(r"[0-9]{18}")


def number_problem(number: str) -> str | None:
    """What is wrong with a project's number, as a sentence, or None."""
    if not NUMBER.fullmatch(number):
        return "项目编号由4至40位数字、大写字母和短横线组成"
    if NATIONAL.fullmatch(number) and not is_day(f"20{number[6:12]}"):
        return f"16位项目编号的第7至12位“{number[6:12]}”应为年月日（YYMMDD）"
    return None


def permit_problem(number: str) -> str | None:
    """What is wrong with a permit's number; one that holds other than digits is from before the rule and passes."""
    if not number.isascii() or not number.isdigit():
        return None
    if not PERMIT.fullmatch(number):
        return f"施工许可证编号应为18位，现为{len(number)}位"
    if not number.startswith("13"):
        return f"施工许可证编号前6位“{number[:6]}”不是河北省的行政区划代码"
    if not is_day(number[6:14]):
        return f"施工许可证编号第7至14位“{number[6:14]}”应为发证日期（YYYYMMDD）"
    return None


def is_day(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return True
