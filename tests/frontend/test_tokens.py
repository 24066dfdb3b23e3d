"""Contrast of the design tokens, measured as WCAG 2.2 does."""

import re

import pytest

from tests.frontend.files import STYLES, read

TOKENS = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{3,6})\b", read(STYLES)))
WHITE = "#ffffff"

# text, ground
TEXTS = [
    ("ink", "ground"),
    ("ink-2", "ground"),
    ("ink-3", "ground"),
    ("ink-3", "head"),
    ("ink-3", "blue-wash"),
    ("blue-link", "ground"),
    ("blue-link", "blue-wash"),
    ("red-text", "red-wash"),
    ("orange-text", "orange-wash"),
    ("yellow-text", "yellow-wash"),
    ("sky-text", "sky-wash"),
    ("green-text", "green-wash"),
    ("grey-text", "grey-wash"),
    ("red-text", "paper"),
    ("orange-text", "paper"),
    ("paper", "navy"),
    ("paper", "blue"),
    ("paper", "red"),
    ("paper", "green"),
]
# marks and edges of controls, ground
EDGES = [
    ("control-line", "paper"),
    ("blue", "paper"),
    ("blue", "ground"),
    ("red", "paper"),
    ("orange", "paper"),
    ("sky", "paper"),
    ("green", "paper"),
]


def luminance(colour: str) -> float:
    """Relative luminance, 0 black to 1 white."""
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_the_measure_knows_black_on_white() -> None:
    assert contrast("#000", WHITE) == pytest.approx(21)


@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read(text: str, ground: str) -> None:
    assert contrast(TOKENS[text], TOKENS[ground]) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_and_marks_can_be_seen(edge: str, ground: str) -> None:
    assert contrast(TOKENS[edge], TOKENS[ground]) >= 3
