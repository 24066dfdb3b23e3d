"""Somebody with a telephone in hand: taps are counted, tabs die, the net goes and comes."""

import re
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import BrowserContext, Error, Locator, Page, expect

from tests.waiting import until

TAPS_OF_A_PHOTOGRAPH = 3
"""拍照, the shutter, 使用照片: the last two belong to the telephone's camera."""
ROLES: tuple[Literal["button", "link", "radio"], ...] = ("button", "link", "radio")


class Handheld:
    """One telephone.  It remembers the errors of its pages."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.context, self.home = context, home
        self.taps = 0
        self.faults: list[str] = []
        self.page = self.new_page()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._hear)
        return page

    def _hear(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    # Net and tab ------------------------------------------------------------------------------------------------------

    def open(self, path: str = "/m/") -> "Handheld":
        self.page.goto(path)
        return self

    def take_along(self) -> "Handheld":
        """Opens the list on the net, until the worker keeps the shell and the visits are there."""
        self.open()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        expect(self.page.get_by_role("link", name=re.compile("开始检查|继续检查")).first).to_be_visible()
        self.settled()
        return self

    def cut(self) -> "Handheld":
        self.context.set_offline(True)
        return self

    def has_sites(self) -> "Handheld":
        """Waits until the sites to choose from have been stored."""
        until(self.page, "hb.store.get('shared', 'sites').then(Boolean)")
        return self

    def back_on_the_net(self) -> "Handheld":
        self.context.set_offline(False)
        return self

    def killed(self) -> "Handheld":
        """The tab is gone, and opened again at the same address."""
        address = self.page.url
        self.page.close(run_before_unload=False)
        self.page = self.new_page()
        self.page.goto(address)
        return self

    def crashed(self) -> "Handheld":
        """The renderer dies in the middle of it."""
        address, crashing = self.page.url, self.page
        with crashing.expect_event("crash"), suppress(Error):
            crashing.goto("chrome://crash", timeout=5_000)
        crashing.close()
        self.page = self.new_page()
        self.page.goto(address)
        return self

    def uploaded(self) -> "Handheld":
        """Waits until nothing of the phone waits any more."""
        self.settled()
        expect(self.page.locator("#net")).to_contain_text("全部上传")
        return self

    def settled(self) -> "Handheld":
        """Waits until the page has sent and fetched what there was."""
        expect(self.page.locator("#net[data-state=fetched]")).to_be_visible()
        return self

    def begin(self) -> "Handheld":
        self.press("开始检查")
        expect(self.item(1)).to_be_visible()
        return self

    # Hands ------------------------------------------------------------------------------------------------------------

    def tap(self, target: Locator) -> "Handheld":
        target.tap()
        self.taps += 1
        return self

    def press(self, words: str, within: Locator | None = None) -> "Handheld":
        """The button, link or radio of this name."""
        place = within or self.page.locator("body")
        name = re.compile(f"^\\s*(▲ )?{re.escape(words)}")
        roles = [place.get_by_role(role, name=name) for role in ROLES]
        found = roles[0].or_(roles[1]).or_(roles[2]).first
        return self.tap(found)

    def item(self, number: int) -> Locator:
        return self.page.locator(f"section.inspect-card[id$='-{number}']")

    def answer(self, number: int, words: str) -> "Handheld":
        """One tap, stored before it is shown."""
        self.press(words, self.item(number))
        expect(self.item(number).get_by_role("radio", name=words)).to_have_attribute("aria-checked", "true")
        return self

    def tick(self, number: int, words: str) -> "Handheld":
        self.tap(self.item(number).get_by_text(words))
        expect(self.item(number).get_by_label(words)).to_be_checked()
        return self

    def photograph(self, file: Path, within: Locator | None = None) -> "Handheld":
        place = within or self.page.locator("main")
        camera = place.locator("input[type=file]")
        camera.wait_for(state="attached")  # a page that has just been opened again shows nothing yet
        before = self.shown_photos(place)
        camera.set_input_files(file)
        self.taps += TAPS_OF_A_PHOTOGRAPH
        expect(place.locator(".inspect-photos img")).to_have_count(before + 1)
        return self

    def shown_photos(self, place: Locator) -> int:
        return place.locator(".inspect-photos img").count()

    def draw_name(self) -> "Handheld":
        """A stroke across the field; drawing is no tap."""
        box = self.page.locator("canvas").bounding_box()
        assert box
        mouse = self.page.mouse
        mouse.move(box["x"] + 30, box["y"] + 40)
        mouse.down()
        for step in range(1, 9):
            mouse.move(box["x"] + 30 + step * 30, box["y"] + (40 if step % 2 else 100))
        mouse.up()
        return self

    def sign(self, row: int) -> "Handheld":
        """The signature of this row: 请签名, drawing, 完成签名."""
        expect(self.page.locator("#total")).to_be_visible()
        unsigned = self.page.get_by_role("link", name="请签名")
        left = unsigned.count()
        self.tap(unsigned.nth(row))
        self.draw_name().press("完成签名")
        expect(self.page.locator("#total")).to_be_visible()
        expect(unsigned).to_have_count(left - 1)
        return self

    def hashes(self) -> dict[str, str]:
        """SHA-256 by key of the photographs that lie on the phone, taken from their bytes as they are unsealed."""
        # A page that has just been opened again may not have opened its store yet.
        until(self.page, "hb.store.photos().then(() => true)")
        told: dict[str, str] = self.page.evaluate(
            """async () => {
                const photos = await hb.store.photos();
                const hash = async ({ id }) => [id, await hb.store.sha256(await hb.store.photoBytes(id))];
                return Object.fromEntries(await Promise.all(photos.map(hash)));
            }"""
        )
        return told

    @property
    def text(self) -> str:
        return self.page.locator("body").inner_text()

    def sees(self, *words: str) -> "Handheld":
        for word in words:
            expect(self.page.locator("body")).to_contain_text(word, use_inner_text=True)
        return self
