"""Passwords: the rules beside Django's own, and making one."""

import secrets
import string
from typing import Any

from django.core.exceptions import ValidationError

ALPHABETS = (string.ascii_uppercase, string.ascii_lowercase, string.digits)
# Without letters and digits that look alike on paper.
READABLE = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI5S2Z8B")))


class LongEnough:
    """Django's own rule, whose sentence its Chinese catalogue has lost."""

    def __init__(self, characters: int = 10) -> None:
        self.characters = characters

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.characters:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        return f"密码不少于{self.characters}个字符。"


class SeveralKindsOfCharacters:
    """At least three of capital letters, small letters, digits and other signs (GB/T 22239, 身份鉴别)."""

    def __init__(self, kinds: int = 3) -> None:
        self.kinds = kinds

    def validate(self, password: str, user: Any = None) -> None:
        others = any(c not in "".join(ALPHABETS) for c in password)
        if _alphabets_in(password) + others < self.kinds:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return f"密码须包含大写字母、小写字母、数字、其他符号中的至少{self.kinds}类。"


def make_password_for_paper(groups: int = 4) -> str:
    """A one-time password to read out or write down, such as Kfdw-7rQp-mXat-9HgJ; about 90 bits."""
    while True:
        text = "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(groups))
        if _alphabets_in(text) == len(ALPHABETS):
            return text


def _alphabets_in(text: str) -> int:
    return sum(any(c in alphabet for c in text) for alphabet in ALPHABETS)
