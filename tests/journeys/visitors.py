"""Somebody at a browser: what they do on the pages, in the words that stand there."""

import re
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Response, expect

PHONE = (390, 844)
SMALLEST = (320, 640)
DESK = (1440, 900)


class Visit:
    """One window.  It remembers what no page may do: ask another host, log an error, answer with a fault."""

    def __init__(self, page: Page, home: str, *, scripts: bool = True) -> None:
        self.page, self.home, self.scripts = page, home, scripts
        self.faults: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(f"error on the page: {error}"))
        page.on("request", self._see)
        page.on("response", self._answered)

    def _hear(self, message: Any) -> None:
        """A status that is no success is logged by the browser itself; what counts of those is seen below."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _see(self, request: Any) -> None:
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.faults.append(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        is_page = response.request.resource_type == "document"
        if response.status >= 500 or (response.status == 404 and not is_page):
            self.faults.append(f"{response.status}: {response.url}")

    # Going about ------------------------------------------------------------------------------------------------------

    def open(self, path: str) -> "Visit":
        self.page.goto(path)
        return self

    def sign_in(self, username: str, password: str) -> "Visit":
        self.open("/login/").fill(用户名=username, 密码=password)
        return self.press("登录")

    def press(self, words: str, *, among: str = "") -> "Visit":
        """The button or link of this name, else one whose name begins so; the first, should the page offer two.

        `among` is a selector, where menu or breadcrumbs have a link of this name too.
        """
        names = re.compile(f"^\\s*{re.escape(words)}\\s*$"), re.compile(f"^\\s*{re.escape(words)}")
        wanted = [
            self.page.get_by_role(role, name=name).and_(self.page.locator(f"{among}:visible"))
            for name in names
            for role in ("button", "link")
        ]
        self.page.wait_for_load_state()  # an empty page, on its way after the last click, has no button
        try:
            expect(reduce(Locator.or_, wanted).first).to_be_visible()
        except AssertionError:
            raise AssertionError(f"“{words}” is not to be pressed on {self.path}: {self.text}") from None
        next(found for found in wanted if found.count()).first.click()
        self.page.wait_for_load_state()
        return self

    def fill(self, **fields: str) -> "Visit":
        for label, value in fields.items():
            self.field(label).fill(value)
        return self

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(f"^\\s*{re.escape(label)}")).and_(self.page.locator(":visible")).first

    def choose(self, label: str, words: str) -> "Visit":
        """An option of a plain select, or of the search box that a script has put over it."""
        field = self.field(label)
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(label=words)
            return self
        field.click()
        field.press_sequentially(words[:4])
        self.page.locator(".ts-dropdown .option", has_text=words).first.click()
        return self

    def tick(self, words: str) -> "Visit":
        """A radio button or tick box."""
        self.field(words).check()
        return self

    def take_photos(self, *photos: Path) -> "Visit":
        """Chooses the files; where scripts run, waits until they have been made smaller and are shown."""
        shown = self.page.locator("[data-thumbs] canvas, [data-thumbs] img")
        before = shown.count()
        self.page.locator("input[type=file]").first.set_input_files(photos)
        if self.scripts:
            shown.nth(before + len(photos) - 1).wait_for()
        return self

    # Looking ----------------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return self.page.locator("body").inner_text()

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.home)

    def reads(self, *words: str) -> bool:
        """Whether all of this stands on the page."""
        return all(word in self.text for word in words)

    def sees(self, *words: str) -> "Visit":
        """Waits until all of this stands on the page; told otherwise what does."""
        for word in words:
            expect(self.page.locator("body")).to_contain_text(word, use_inner_text=True)
        return self

    def told(self) -> Sequence[str]:
        """The notices of the page."""
        return [note.strip() for note in self.page.locator("[role=status].note, [role=alert]").all_inner_texts()]
