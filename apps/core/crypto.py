"""Encryption of single columns (identity numbers, secrets of the second factor) and blind indexes over them."""

import base64
import hashlib
import hmac
import json
import os
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

ALGORITHM = "g1"  # AES-256-GCM, nonce of 12 bytes in front; the mark lets a later algorithm stand beside it
NONCE_BYTES = 12
KEY_BYTES = 32


@lru_cache(maxsize=4)
def _parse_keys(text: str) -> dict[str, bytes]:
    pairs = (part.strip().partition(":") for part in text.split(","))
    try:
        keys = {key_id: base64.b64decode(encoded, validate=True) for key_id, _, encoded in pairs}
        if all(len(key) == KEY_BYTES for key in keys.values()):
            return keys
    except ValueError:
        pass
    raise ImproperlyConfigured("FIELD_KEYS must look like k1:<32 bytes in base64>[,k2:…]; the first is in use.")


def _keys() -> dict[str, bytes]:
    """Keys by id; the first encrypts, all decrypt."""
    return _parse_keys(settings.FIELD_KEYS)


def encrypt(text: str, *, context: str) -> str:
    """`context` names the column; a value copied into another column does not decrypt there."""
    key_id, key = next(iter(_keys().items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), context.encode())
    return f"{ALGORITHM}${key_id}${base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, *, context: str) -> str:
    """Raises cryptography.exceptions.InvalidTag when the value was altered or belongs to another column."""
    _, key_id, encoded = stored.split("$")
    raw = base64.b64decode(encoded)
    return AESGCM(_keys()[key_id]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()).decode()


def is_under_active_key(stored: str) -> bool:
    """False for values that a rotation of keys still has to write anew."""
    return stored.split("$")[1] == next(iter(_keys()))


def _index_under(key: bytes, value: str) -> str:
    derived = hmac.new(key, b"blind index", hashlib.sha256).digest()
    return hmac.new(derived, value.encode(), hashlib.sha256).hexdigest()


def blind_index(value: str) -> str:
    """64 hex digits to store beside an encrypted value; finds equal values and tells nothing else."""
    return _index_under(next(iter(_keys().values())), value)


def blind_index_candidates(value: str) -> list[str]:
    """What to look for (`__in`) while rows written under an older key may still be there."""
    return [_index_under(key, value) for key in _keys().values()]


class EncryptedTextField(models.TextField):
    """Text that stands encrypted in the database and clear on the instance; empty text stays empty.

    Only null and emptiness can be queried; store `blind_index(value)` beside it to find equal values.
    """

    @property
    def context(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return encrypt(text, context=self.context) if text else text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypt(value, context=self.context) if value else value


class EncryptedJSONField(EncryptedTextField):
    """JSON that stands encrypted as a whole; nothing inside of it can be queried."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(json.dumps(value, ensure_ascii=False))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        return json.loads(text) if text else None
