"""Every script of our own is parsed as what the oldest browsers understand, and uses nothing that they lack.

The floor is Chromium 86, Firefox 78 and Safari 14, which all know ECMAScript 2020 and not all of 2021.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from apps.inspections.views import phone
from tests.frontend.files import CARDS, INSPECT, ROOT, SCRIPTS, STATIC, TEMPLATES, WORKER, read
from tests.journeys.conftest import browser

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
EDITION = 2020
FLOOR = (86, 78, 14.0)
NEVER = (999, 999, 999.0)
HERE = Path(__file__).parent
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
PAGES = [*TEMPLATES, *sorted((ROOT / "apps").rglob("*.html"))]
Uses = Callable[[str], list[str]]

# Since when Chromium, Firefox and Safari have it.  A dot begins what any value may have, brackets end what is called.
SINCE: dict[str, tuple[float, float, float]] = {
    ".at()": (92, 90, 15.4),
    ".findLast()": (97, 104, 15.4),
    ".findLastIndex()": (97, 104, 15.4),
    ".toSorted()": (110, 115, 16),
    ".toReversed()": (110, 115, 16),
    ".toSpliced()": (110, 115, 16),
    ".isWellFormed()": (111, 119, 16.4),
    ".replaceAll()": (85, 77, 13.1),
    ".matchAll()": (73, 67, 13),
    ".flatMap()": (69, 62, 12),
    "(?<=": (62, 78, 16.4),
    "Array.fromAsync": (121, 115, 16.4),
    "Object.fromEntries": (73, 63, 12.1),
    "Object.groupBy": (117, 119, 17.4),
    "Object.hasOwn": (93, 92, 15.4),
    "Map.groupBy": (117, 119, 17.4),
    "Promise.allSettled": (76, 71, 13),
    "Promise.any": (85, 79, 14),
    "Promise.withResolvers": (119, 121, 17.4),
    "AggregateError": (85, 79, 14),
    "FinalizationRegistry": (84, 79, 14.1),
    "WeakRef": (84, 79, 14.1),
    "Intl.DisplayNames": (81, 86, 14.1),
    "Intl.ListFormat": (72, 78, 14.1),
    "Intl.Segmenter": (87, 125, 14.1),
    "structuredClone": (98, 94, 15.4),
    "reportError": (95, 93, 15.4),
    "queueMicrotask": (71, 69, 12.1),
    "requestIdleCallback": (47, 55, NEVER[2]),
    "crypto.randomUUID": (92, 95, 15.4),
    "AbortSignal.any": (116, 124, 17.4),
    "AbortSignal.timeout": (103, 100, 16),
    "URL.canParse": (120, 115, 17),
    "BroadcastChannel": (54, 38, 15.4),
    "CompressionStream": (80, 113, 16.4),
    "DecompressionStream": (80, 113, 16.4),
    "DataTransfer": (60, 62, 14.1),
    "ImageCapture": (59, NEVER[1], NEVER[2]),
    "OffscreenCanvas": (69, 105, 16.4),
    "createImageBitmap": (50, 42, 15),
    "indexedDB.databases": (72, 126, 14),
    "navigator.connection": (61, NEVER[1], NEVER[2]),
    "navigator.locks": (69, 96, 15.4),
    "navigator.permissions": (43, 46, 16),
    "navigator.setAppBadge": (81, NEVER[1], 17),
    "navigator.userAgentData": (90, NEVER[1], NEVER[2]),
    "navigator.wakeLock": (84, 126, 16.4),
    "storage.estimate": (61, 57, 17),
    "storage.persist": (55, 57, 15.2),
    "storage.persisted": (55, 57, 15.2),
    ".arrayBuffer()": (76, 69, 14),
    ".replaceChildren()": (86, 78, 14),
    ".checkVisibility()": (105, 106, 17.4),
    ".moveBefore()": (133, 144, NEVER[2]),
    ".requestSubmit()": (76, 75, 16),
    ".showModal()": (37, 98, 15.4),
    ".showPicker()": (99, 101, 16),
    ".showPopover()": (114, 125, 17),
    ".startViewTransition()": (111, 144, 18),
    ".submitter": (81, 75, 15.4),
}
LACKING = sorted(name for name, since in SINCE.items() if any(a > b for a, b in zip(since, FLOOR, strict=True)))
TOO_NEW = {
    "logical assignment": "let a; a ??= 1;",
    "numeric separator": "const a = 1_000;",
    "class field": "class A { b = 1; }",
    "private method": "class A { #b() {} }",
    "brand check": "class A { static has(o) { return #b in o; } }",
    "static block": "class A { static { A.b = 1; } }",
    "top-level await": "await Promise.resolve();",
    "flag of indices": "/a/d.test('a');",
    "flag of sets": "/[a--b]/v.test('a');",
    "module": "import a from './a.js';",
    "resource": "{ using a = b; }",
}


def own() -> Iterator[tuple[str, str]]:
    """Name and text of each script: files, the worker as it is sent, and what stands inside of pages."""
    worker = phone.WORKER.answer(["/static/a.js"]).content.decode()
    for path in dict.fromkeys([*SCRIPTS, *INSPECT, *CARDS]):
        yield str(path.relative_to(ROOT)), worker if path == WORKER else read(path)
    for path in PAGES:
        for number, found in enumerate(INLINE.findall(read(path)), 1):
            yield f"{path.relative_to(ROOT)}#{number}", found


@pytest.fixture(scope="module")
def uses(browser: Browser) -> Iterator[Uses]:
    """What speaks against a script, each with its line."""
    page = browser.new_page()
    for script in (*(HERE / "acorn").glob("*.js"), HERE / "uses.js"):
        page.add_script_tag(path=script)

    def against(text: str) -> list[str]:
        told: dict[str, Any] = page.evaluate("([text, edition]) => window.usesOf(text, edition)", [text, EDITION])
        lacking = set(LACKING) - set(told["asked"])
        used = {f"{name}, line {line}" for name, line in told["used"] if name in lacking}
        return [told["problem"]] if told["problem"] else sorted(used)

    yield against
    page.close()


@pytest.mark.parametrize(("name", "text"), [pytest.param(name, text, id=name) for name, text in own()])
def test_script_is_understood_by_the_oldest_browsers(uses: Uses, name: str, text: str) -> None:
    assert uses(text) == []


def test_all_that_phones_run_is_among_them() -> None:
    names = {name for name, _ in own()}
    assert {f"static/{script}" for script in phone.SCRIPTS} <= names
    assert {"templates/core/sw.js", "apps/inspections/verifiers/verify.html#1"} <= names


# The control ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TOO_NEW)
def test_newer_syntax_is_refused(uses: Uses, kind: str) -> None:
    assert uses(TOO_NEW[kind])


@pytest.mark.parametrize("name", LACKING)
def test_what_the_oldest_lack_is_refused(uses: Uses, name: str) -> None:
    planted = (
        "/(?<=a)b/.test('ab');" if name == "(?<=" else f"const a = [];\na{name}();" if name[0] == "." else f"{name}();"
    )
    assert any(told.startswith(f"{name}, line") for told in uses(planted))


def test_planted_in_the_middle_of_a_script_of_ours_it_is_found_with_its_line(uses: Uses) -> None:
    text = read(STATIC / "js" / "inspect" / "store.js")
    line = text[: text.index("async function forget()")].count("\n") + 1
    worse = text.replace("async function forget() {", "async function forget() { this.user ??= null;", 1)
    assert uses(text) == []
    (told,) = uses(worse)
    assert f"({line}:" in told


def test_what_is_asked_for_first_may_be_used(uses: Uses) -> None:
    assert uses("if (navigator.locks) navigator.locks.request('a', b);") == []
    assert uses("const a = window.createImageBitmap ? createImageBitmap(b) : c;") == []
    assert uses("if (!navigator.storage || !navigator.storage.estimate) a(); navigator.storage.estimate();") == []
    assert uses("if (navigator.locks.request('a', b)) c();") == ["navigator.locks, line 1"]


def test_what_all_of_them_have_is_accepted(uses: Uses) -> None:
    assert uses("const a = b?.c ?? 1n; a.replaceAll('d', 'e'); Promise.allSettled([]); import('./f.js');") == []
