"""Draws the icons of the installable page from static/img/favicon.svg: square, since phones cut the corners themselves.

Run by developers after a change of the favicon: python scripts/phone_icons.py
"""

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "static" / "img"
SIZES = (192, 512)


def main() -> None:
    """The drawing keeps to the middle four fifths, which every mask leaves."""
    drawing = (
        (IMAGES / "favicon.svg").read_text(encoding="utf-8").replace('rx="5"', "").replace("0 0 32 32", "-4 -4 40 40")
    )
    page_text = f'<body style="margin:0;background:#0f3b77">{drawing}</body>'
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"))
        for size in SIZES:
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(page_text)
            page.screenshot(path=IMAGES / f"inspect-{size}.png")
        browser.close()


if __name__ == "__main__":
    main()
