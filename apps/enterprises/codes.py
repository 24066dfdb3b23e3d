"""The unified social credit code (统一社会信用代码, GB 32100-2015): says what is wrong with one, not just that."""

import unicodedata

from django.core.exceptions import ValidationError
from stdnum.cn import uscc

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PROVISIONAL = "YY000000"
"""Begins the stand-in for a code that nobody has told yet: no registry has the division 000000."""
FORM = r"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"


def normalised(text: str) -> str:
    """Upper case and half width, without the spaces and hyphens that people put between groups."""
    return unicodedata.normalize("NFKC", text).upper().replace(" ", "").replace("-", "")


def problem(code: str) -> str | None:
    """The first thing wrong with a normalised code, as a sentence, or None."""
    if len(code) != LENGTH:
        return f"统一社会信用代码应为{LENGTH}位，现为{len(code)}位"
    for place, character in enumerate(code, start=1):
        if character not in ALPHABET:
            return f"第{place}位“{character}”不能用于统一社会信用代码（只用数字和除I、O、S、V、Z以外的大写字母）"
        if 3 <= place <= 8 and not character.isdigit():
            return f"第{place}位“{character}”应为数字（第3至8位是登记机关行政区划码）"
    expected = uscc.calc_check_digit(code[:-1])
    if code[-1] != expected:
        return f"第{LENGTH}位校验码应为“{expected}”，现为“{code[-1]}”，请核对前面各位"
    return None


# The check digit of GB 32100-2015: the weights are the powers of 3 modulo 31.  Names nothing but functions of the
# database itself, so that a restored dump knows it whatever its search path is.
SOUND = f"""
CREATE FUNCTION uscc_is_sound(code text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT code ~ '{FORM}' AND strpos('{ALPHABET}', right(code, 1)) - 1 = (
        SELECT (31 - sum((strpos('{ALPHABET}', substr(code, place::integer, 1)) - 1) * weight)::integer % 31) % 31
          FROM unnest(ARRAY[1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
               WITH ORDINALITY AS weights (weight, place))
$$"""  # noqa: S608  (our own words)


def validate_uscc(code: str) -> None:
    if reason := problem(code):
        raise ValidationError(reason, code="uscc")
