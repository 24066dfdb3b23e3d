"""Signatures that anybody can check with nothing but a public key: Ed25519 (RFC 8032)."""

import base64
import binascii
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ALGORITHM = "Ed25519"
SEED_BYTES = 32
LONGEST_ID = 16
LAST_LINE = b"\n%HEBEI-SIGNATURE/1 "
"""Begins the line by which a file is signed; `apps/credit/verifiers` looks for the same."""
WRONG = "CREDIT_SIGNING_KEY must look like c1:<32 bytes in base64>[,c0:…]; the first signs, all are verified."


@lru_cache(maxsize=4)
def parsed(text: str) -> dict[str, Ed25519PrivateKey]:
    """Keys by id, in their order.  Raises ImproperlyConfigured without quoting what it was given."""
    pairs = [part.strip().partition(":") for part in text.split(",")]
    try:
        seeds = {key_id: base64.b64decode(encoded, validate=True) for key_id, _, encoded in pairs}
    except ValueError as error:
        raise ImproperlyConfigured(WRONG) from error
    sound = all(0 < len(key_id) <= LONGEST_ID and len(seed) == SEED_BYTES for key_id, seed in seeds.items())
    if not sound or len(seeds) != len(pairs):
        raise ImproperlyConfigured(WRONG)
    return {key_id: Ed25519PrivateKey.from_private_bytes(seed) for key_id, seed in seeds.items()}


def keys() -> dict[str, Ed25519PrivateKey]:
    return parsed(settings.CREDIT_SIGNING_KEY)


def signing_key_id() -> str:
    """The key that signs now, for what names it among the signed words."""
    return next(iter(keys()))


def sign(data: bytes) -> tuple[str, str]:
    """The id of the key in use and the signature in base64."""
    key_id, key = next(iter(keys().items()))
    return key_id, base64.b64encode(key.sign(data)).decode()


def signed_file(data: bytes) -> bytes:
    """The bytes of a PDF with one line after its end that signs them all; readers of PDF pass over it."""
    key_id, signature = sign(data)
    return data + LAST_LINE + f"{key_id} {signature}\n".encode()


def verify(data: bytes, key_id: str, signature: str) -> bool:
    """False also for a key that this installation does not know (any more), and for what is no base64."""
    key = keys().get(key_id)
    if key is None:
        return False
    try:
        public: Ed25519PublicKey = key.public_key()
        public.verify(base64.b64decode(signature, validate=True), data)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def public_keys() -> dict[str, str]:
    """The public keys in base64 by id, the one that signs first."""
    return {key_id: base64.b64encode(key.public_key().public_bytes_raw()).decode() for key_id, key in keys().items()}
