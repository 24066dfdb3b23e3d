"""The generator against published vectors, and fair numbers made of it."""

import hashlib

import pytest

from apps.core.drawing.drbg import MOST_BYTES, HmacDrbg
from apps.core.drawing.shuffling import SPAN, below, shuffled


class Bytes:
    """A source whose bytes a test has chosen."""

    def __init__(self, *values: int) -> None:
        self.values = list(values)

    def generate(self, size: int) -> bytes:
        return self.values.pop(0).to_bytes(size, "big")


def test_first_vector_of_the_standard_validation_suite_comes_out() -> None:
    """CAVP, HMAC_DRBG, SHA-256, without prediction resistance and reseeding: the second of two requests."""
    entropy = bytes.fromhex("ca851911349384bffe89de1cbdc46e6831e44d34a4fb935ee285dd14b71a7488")
    source = HmacDrbg(entropy, bytes.fromhex("659ba96c601dc69fc902940805ec0ca8"))
    source.generate(128)
    assert source.generate(128).hex() == (
        "e528e9abf2dece54d47c7e75e5fe302149f817ea9fb4bee6f4199697d04d5b89"
        "d54fbb978a15b5c443c9ec21036d2460b6f73ebad0dc2aba6e624abf07745bc1"
        "07694bb7547bb0995f70de25d6b29e2d3011bb19d27676c07162c8b5ccde0668"
        "961df86803482cb37ed6d5c0bb8d50cf1f50d476aa0458bdaba806f48be9dcb8"
    )


def test_the_number_of_rfc_6979_comes_out() -> None:
    """Deterministic signatures take their number from the same generator: A.2.5, P-256, SHA-256, “sample”."""
    private = bytes.fromhex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
    source = HmacDrbg(private, hashlib.sha256(b"sample").digest())
    assert source.generate(32).hex() == "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60"


def test_personalisation_makes_another_generator() -> None:
    one, same, other = (HmacDrbg(bytes(32), personalisation=p) for p in (b"a", b"a", b"b"))
    made = one.generate(40)
    assert made == same.generate(40) != other.generate(40)


def test_more_than_a_request_may_ask_for_is_refused() -> None:
    with pytest.raises(ValueError, match="more than one request"):
        HmacDrbg(bytes(32)).generate(MOST_BYTES + 1)


@pytest.mark.parametrize("bound", [3, 5, 1000])
def test_numbers_beyond_the_last_whole_multiple_are_thrown_away(bound: int) -> None:
    limit = SPAN - SPAN % bound
    assert below(bound, Bytes(limit, SPAN - 1, limit - 1)) == bound - 1
    assert below(bound, Bytes(limit - bound)) == 0


def test_no_number_lies_below_nothing() -> None:
    for bound in (0, -1, SPAN + 1):
        with pytest.raises(ValueError, match="no number"):
            below(bound, Bytes(0))


def test_shuffling_keeps_all_and_goes_from_the_last_place_to_the_first() -> None:
    assert shuffled("abcd", Bytes(0, 2, 1)) == ["d", "b", "c", "a"]
    assert shuffled("a", Bytes()) == ["a"]
    assert shuffled("", Bytes()) == []
