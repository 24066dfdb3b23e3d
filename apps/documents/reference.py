"""The wordings that the platform begins with, one for each kind of paper; loaded by migration.

No text prescribes these sentences: they are samples that say what the basis of each kind asks for, until the authority
puts wordings of its own in force.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from apps.documents.kinds import KINDS

DATA = Path(__file__).resolve().parent / "data" / "templates"
NOTE = "样例模板，按必备内容拟写，措辞待主管部门确认"
SINCE = "2020-01-01"


def load(template_model: Any, later: Collection[str] = ()) -> None:
    """The first edition of each kind, in force; kinds that have one already are left as they are.

    `later` are kinds that a later migration adds.
    """
    for code, kind in KINDS.items():
        if code not in later and not template_model.objects.filter(kind=code).exists():
            template_model.objects.create(
                kind=code,
                edition=1,
                title=kind.label,
                body=(DATA / f"{code}.txt").read_text(encoding="utf-8").strip(),
                effective_from=SINCE,
                note=NOTE,
                state="in_force",
            )
