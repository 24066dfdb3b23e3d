"""HMAC_DRBG of NIST SP 800-90A Rev. 1, section 10.1.2, with SHA-256."""

import hmac

MOST_BYTES = 2**16
"""So many bytes at most in one request (table 2 of the standard: 2**19 bits)."""


class HmacDrbg:
    """A deterministic source of bytes: the same entropy, nonce and personalisation give the same bytes for ever."""

    def __init__(self, entropy: bytes, nonce: bytes = b"", personalisation: bytes = b"") -> None:
        self._key, self._value = bytes(32), b"\x01" * 32
        self._update(entropy + nonce + personalisation)

    def generate(self, size: int, additional: bytes = b"") -> bytes:
        if not 0 <= size <= MOST_BYTES:
            raise ValueError(f"{size} bytes are more than one request may ask for")
        if additional:
            self._update(additional)
        made = b""
        while len(made) < size:
            self._value = self._mac(self._value)
            made += self._value
        self._update(additional)
        return made[:size]

    def _update(self, data: bytes) -> None:
        for mark in (b"\x00", b"\x01") if data else (b"\x00",):
            self._key = self._mac(self._value + mark + data)
            self._value = self._mac(self._value)

    def _mac(self, message: bytes) -> bytes:
        return hmac.digest(self._key, message, "sha256")
