"""The committed static files: up to date, light, and understood by Chromium 86, Firefox 78 and Safari 14."""

import hashlib
import re

import pytest

from tests.frontend.files import CARDS, INSPECT, ROOT, SCRIPTS, STATIC, STYLES, found, packed, read

SUMS = ROOT / "assets" / "SHA256SUMS"
KIB = 1024

TOO_NEW_CSS = {
    "selectors": r":has\(|:is\(|:where\(|:user-valid|:user-invalid|:modal",
    "colours": r"color-mix\(|oklch\(|oklab\(|light-dark\(|\blch\(|accent-color|color-scheme:",
    "at-rules": r"@layer|@container|@property|@scope|@starting-style",
    "properties": r"aspect-ratio|(?<![-\w])inset(?:-block|-inline)?:|content-visibility|text-wrap:|scrollbar-gutter",
    "units": r"\d[sdl]v[hw]\b|\dcq[wh]\b",
    "subgrid": r"subgrid",
}
# ES2018 is the language; these came later, or later than the oldest kernels have them.
TOO_NEW_JS = {
    "methods": r"\.at\(|\.replaceAll\(|\.findLast|\.toSorted\(|\.toReversed\(|Object\.hasOwn|Object\.groupBy",
    "functions": r"structuredClone|crypto\.randomUUID|Promise\.any|AbortSignal\.timeout",
    "syntax": r"\?\.\w|\?\?|\|\|=|&&=|static \{|#\w+ ?=|\bimport\(",
}


@pytest.mark.parametrize("kind", TOO_NEW_CSS)
def test_styles_use_nothing_that_old_kernels_lack(kind: str) -> None:
    assert re.findall(TOO_NEW_CSS[kind], read(STYLES)) == []


def test_rows_keep_their_distance_without_flex_gap() -> None:
    """Flex `gap` is missing before iOS 14.5; inside grids it is called grid-gap here."""
    assert re.findall(r"(?<![-\w])(?:row-|column-)?gap:", read(STYLES)) == []


@pytest.mark.parametrize("kind", TOO_NEW_JS)
def test_scripts_use_nothing_that_old_kernels_lack(kind: str) -> None:
    assert found(TOO_NEW_JS[kind], [*SCRIPTS, *INSPECT, *CARDS]) == []


def test_scripts_build_pages_from_text_not_from_markup() -> None:
    markup = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert found(markup, [*SCRIPTS, *INSPECT, *CARDS]) == []


def test_styles_weigh_little() -> None:
    assert packed(STYLES) <= 28 * KIB


def test_scripts_of_any_page_weigh_little() -> None:
    """All of them together, although pick, photos and their libraries come only where they are needed."""
    assert packed(*SCRIPTS, *(STATIC / "vendor").rglob("*.js")) <= 45 * KIB


def test_scripts_of_the_inspection_pages_weigh_little() -> None:
    """Over the wire, as the server packs them; the worker keeps them, so they come once a release."""
    assert packed(*INSPECT, STATIC / "js" / "pictures.js") <= 60 * KIB


def test_scripts_of_the_page_that_verifies_cards_weigh_little() -> None:
    """With the library that checks signatures, which comes with its licence."""
    own = STATIC / "js" / "cards"
    assert packed(*CARDS, *(own / "tweetnacl").glob("*.js"), STATIC / "js" / "forms.js") <= 16 * KIB
    assert (own / "tweetnacl" / "LICENSE").exists()


def test_icons_weigh_little() -> None:
    assert packed(STATIC / "img" / "icons.svg") <= 8 * KIB


def test_built_and_vendored_files_are_those_of_their_sources() -> None:
    """Fails when assets/ was changed without `npm run vendor`, or a built file was changed by hand."""
    wrong = []
    for line in read(SUMS).splitlines():
        digest, name = line.split("  ", 1)
        if hashlib.sha256((ROOT / name).read_bytes()).hexdigest() != digest:
            wrong.append(name)
    assert wrong == []


def test_every_vendored_file_is_listed() -> None:
    listed = {line.split("  ", 1)[1] for line in read(SUMS).splitlines()}
    present = {str(path.relative_to(ROOT)) for path in (STATIC / "vendor").rglob("*") if path.is_file()}
    assert present - listed == set()


def test_every_vendored_library_brings_its_licence() -> None:
    assert [folder.name for folder in (STATIC / "vendor").iterdir() if not (folder / "LICENSE").exists()] == []


def test_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in read(ROOT / "package-lock.json")
