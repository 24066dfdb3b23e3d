"""Waiting in a browser for what only a promise can tell."""

from playwright.sync_api import Page

LIMIT_MS = 20_000
ASK_AGAIN = """async () => {
    const ask = async () => %s;
    const frame = () => new Promise(requestAnimationFrame);
    const end = Date.now() + %d;
    while (!(await ask().catch(() => false))) {
        if (Date.now() > end) throw new Error("it never became true");
        await frame();
    }
}"""


def until(page: Page, promise: str) -> None:
    """Asks for the promise anew in each frame until it brings true.

    `wait_for_function` ends with the first promise it gets, whatever that one brings: an object is true to it.
    """
    page.evaluate(ASK_AGAIN % (promise, LIMIT_MS))
