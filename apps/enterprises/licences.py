"""The number of a safety production permit (安全生产许可证编号): how it is spelled, and how long a permit is valid."""

import re
import unicodedata
from datetime import date

EXAMPLE = "（冀）JZ安许证字〔2020〕000001"
# The characters of the provinces, for some also the other usual one.
PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀贵黔云滇藏陕秦甘陇青宁新"
OPEN, CLOSE = r"[(\[〔【<]", r"[)\]〕】>]"
FORM = re.compile(rf"{OPEN}([{PROVINCES}]){CLOSE}JZ安许证字{OPEN}(20[0-9]{{2}}){CLOSE}([0-9]{{6}})号?")
YEARS = 3
"""《安全生产许可证条例》第九条."""


def normalised(text: str) -> str:
    """With the brackets of the paper, whichever were typed; what has another form stays as it is."""
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    found = FORM.fullmatch(plain)
    return "（{}）JZ安许证字〔{}〕{}".format(*found.groups()) if found else text.strip()


def number_problem(number: str) -> str | None:
    """What is wrong with a normalised number, as a sentence."""
    if FORM.fullmatch(unicodedata.normalize("NFKC", number)):
        return None
    return f"安全生产许可证编号应为“{EXAMPLE}”的形式：括号内为省简称，〔〕内为发证年份，最后 6 位数字"


def until_problem(until: date, today: date) -> str | None:
    """Why no permit can be valid until that day."""
    last = date(today.year + YEARS, today.month, min(today.day, 28) if today.month == 2 else today.day)
    if until <= last:
        return None
    return f"安全生产许可证有效期为 {YEARS} 年（《安全生产许可证条例》第九条），有效期至不能晚于 {last}，请核对"
