"""The number of a safety production permit (安全生产许可证编号): spelling, validity, what is held against a new one."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

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


# Of a firm and a new number, the sentence of why it cannot be registered, or None.  Apps above add theirs when ready.
Check = Callable[[Any, str], str | None]
CHECKS: list[Check] = []


def checks_new_number(check: Check) -> Check:
    """Registers what is asked before a firm is given a number that it did not have."""
    CHECKS.append(check)
    return check


def new_number_problem(firm: Any, number: str) -> str | None:
    """Why this firm cannot have this number; a firm that is only being registered has no past to ask for."""
    if firm._state.adding:
        return None
    return next(filter(None, (check(firm, number) for check in CHECKS)), None)
