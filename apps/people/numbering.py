"""Forms of certificate numbers as an office writes them: 冀建安{类别}（{年}）{7位}.

What stands in braces is read off the number; everything else has to stand there letter by letter.  Each part has a
length of its own or one character's play, so no form that somebody writes can take long to be tried.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

PART = re.compile(r"\{([^{}]*)\}")
DIGITS = re.compile(r"([1-9]|1[0-8])位")
PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀贵黔云滇藏陕秦甘陇青宁新兵"
"""Short names, both where a province has two; the last is the corps of Xinjiang, which issues certificates itself."""
PARTS = {
    "省": f"[{PROVINCES}]",
    "字母": "[A-Z]",
    "工种": "(?P<trade>[0-9]{2})",
    "年": "(?P<year>20[0-9]{2})",
    "类别": "(?P<kind>[ABC][123]?)",
}
OFFERED = "可用{省}、{字母}、{类别}、{工种}、{年}和{1位}至{18位}（数字），其余逐字相符"
ONCE = ("工种", "年", "类别")


@dataclass(frozen=True)
class Read:
    """What a number says of itself; empty where its form says nothing of it."""

    kind: str = ""
    trade: str = ""
    year: str = ""


def normalised(number: str) -> str:
    """Half width and upper case without spaces, but with the brackets of the paper."""
    plain = "".join(unicodedata.normalize("NFKC", number).upper().split())
    return plain.replace("(", "（").replace(")", "）")


def form_problem(form: str) -> str | None:
    """What is wrong with a form, as a sentence."""
    form = normalised(form)
    names = PART.findall(form)
    unknown = next((name for name in names if name not in PARTS and not DIGITS.fullmatch(name)), None)
    if unknown is not None:
        return f"“{{{unknown}}}”不是编号格式的一部分；{OFFERED}"
    if twice := next((name for name in ONCE if names.count(name) > 1), None):
        return f"{{{twice}}}只能用一次"
    return "格式中有不成对的花括号" if {"{", "}"} & set(PART.sub("", form)) else None


@lru_cache(maxsize=64)
def compiled(form: str) -> re.Pattern[str]:
    pieces = PART.split(normalised(form))
    texts = (piece_of(piece) if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))
    return re.compile("".join(texts))


def piece_of(name: str) -> str:
    return PARTS.get(name) or f"[0-9]{{{name.removesuffix('位')}}}"


def read(form: str, number: str) -> Read | None:
    """What a normalised number of this form says; None where it has another form."""
    found = compiled(form).fullmatch(number)
    return Read(**{name: value or "" for name, value in found.groupdict().items()}) if found else None
