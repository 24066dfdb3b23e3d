"""Encrypted columns and blind indexes."""

from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured

from apps.core.crypto import blind_index, blind_index_candidates, decrypt, encrypt, is_under_active_key

OLD = "k1:" + "QUFB" * 10 + "QUE="
NEW = "k2:" + "QkJC" * 10 + "QkI="


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    settings.FIELD_KEYS = OLD


def test_what_was_encrypted_comes_back() -> None:
    stored = encrypt("130102199001011234", context="people.person.id_number")
    assert "1301" not in stored
    assert decrypt(stored, context="people.person.id_number") == "130102199001011234"


def test_same_text_never_looks_the_same_twice() -> None:
    assert encrypt("a", context="c") != encrypt("a", context="c")


def test_value_does_not_open_in_another_column() -> None:
    stored = encrypt("秘密", context="people.person.id_number")
    with pytest.raises(InvalidTag):
        decrypt(stored, context="accounts.user.totp_secret")


def test_altered_value_does_not_open() -> None:
    stored = encrypt("秘密", context="c")
    altered = stored[:-4] + ("AAA=" if stored[-4:] != "AAA=" else "BBB=")
    with pytest.raises(InvalidTag):
        decrypt(altered, context="c")


def test_old_values_open_after_the_key_was_changed(settings: Any) -> None:
    stored = encrypt("秘密", context="c")
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    assert decrypt(stored, context="c") == "秘密"
    assert not is_under_active_key(stored)
    assert is_under_active_key(encrypt("秘密", context="c"))


def test_blind_index_finds_equal_values_also_under_the_older_key(settings: Any) -> None:
    stored = blind_index("130102199001011234")
    assert stored == blind_index("130102199001011234") != blind_index("130102199001011235")
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    assert stored in blind_index_candidates("130102199001011234")
    assert stored != blind_index("130102199001011234")


@pytest.mark.parametrize("text", ["", "k1", "k1:change-me", "k1:QUFB"])
def test_bad_keys_stop_the_work(settings: Any, text: str) -> None:
    settings.FIELD_KEYS = text
    with pytest.raises(ImproperlyConfigured):
        encrypt("a", context="c")
