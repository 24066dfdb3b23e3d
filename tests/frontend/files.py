"""Where the files lie that these tests read."""

import gzip
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
WORKER = ROOT / "templates" / "core" / "sw.js"
# Those of the inspection pages, which come all at once and stay on the phone.
INSPECT = [*sorted((STATIC / "js" / "inspect").glob("*.js")), WORKER]
# Those of the public page that verifies cards of persons; no other page loads them.
CARDS = [*sorted((STATIC / "js" / "cards").glob("*.js")), WORKER]
STYLES = STATIC / "css" / "hebei.css"


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def packed(*paths: Path) -> int:
    """Bytes over the wire, each file compressed by itself."""
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def found(pattern: str, paths: list[Path]) -> list[str]:
    """Every place where the pattern occurs, as file:line and the words."""
    places = []
    for path in paths:
        for number, line in enumerate(read(path).splitlines(), 1):
            places += [f"{path.relative_to(ROOT)}:{number}: {match[0]}" for match in re.finditer(pattern, line)]
    return places
