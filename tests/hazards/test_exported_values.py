"""Three programs open an exported ledger and find in it what the database holds, however awkward."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
from django.test import Client
from openpyxl.utils.escape import unescape

from apps.core.excel.cellxml import CELL_CHARACTERS, CUT_MARK, ZONE
from apps.core.listing import choose_columns
from apps.core.registers import registry
from apps.hazards.models import Hazard
from tests.core.imports.flow import content
from tests.hazards import stories

pytestmark = pytest.mark.django_db
HEAD = 4
TEXTS = (
    "第3层连墙件缺失，架体拉结不牢",
    '=HYPERLINK("http://x")&\'%s %%',
    "＝1+1",
    "-5",
    "检查发现：\n1.承台积水。\r\n\t2.路口无警示标识。",
    "  前后有空格  ",
    "<b>&amp;</b> \"引\" '号' ]]>",
    "_x0041_ 与 _x000D_",
    "控\x01制\x0b字\x1f符\ufffe",
    "😀𠮷野家\u3000",
    "00123",
    "2024-06-22",
    "TRUE",
    "¦ 栏 ¦",
    "长" * (CELL_CHARACTERS + 9),
)


@pytest.fixture
def exported(client: Client) -> bytes:
    """All columns of one hazard per text, in the order of their numbers."""
    site = stories.site()
    for number, text in enumerate(TEXTS):
        hazard = stories.draft(site)
        Hazard.objects.filter(pk=hazard.pk).update(
            description=text,
            clause=text[:1000],
            place=text[:300],
            building=["", "3号楼", "=3"][number % 3],
            responsible_person=text[:50],
            found_on=[date(1899, 12, 30), date(1900, 2, 28), date(1900, 3, 1), date(2024, 2, 29)][number % 4],
            deadline=[None, date(9999, 12, 31)][number % 2],
            funds=[None, Decimal("0.05"), Decimal("999999999999.99"), Decimal("-1.50")][number % 4],
            ordered_at=[None, datetime(1988, 6, 30, 15, 30, tzinfo=UTC), datetime(2024, 6, 30, 16, 30, 59, tzinfo=UTC)][
                number % 3
            ],
            rounds=number,
        )
    register, user = registry["hazards"], site.inspector
    choose_columns(register, user, [c.name for c in register.columns])
    client.force_login(user)
    return content(client.post("/hazards/export/?view=all&sort=number"))


def expected() -> list[list[Any]]:
    register = registry["hazards"]
    rows = Hazard.objects.select_related("project__region", "enterprise__organisation").order_by("number")
    return [[*(in_excel(register.value(h, c)) for c in register.columns), h.version] for h in rows]


def in_excel(value: Any) -> Any:
    """What Excel can hold of a value."""
    match value:
        case "":
            return None
        case bool():
            return "是" if value else "否"
        case str():
            text = "".join(
                c for c in value.replace("\r\n", "\n") if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff")
            )
            return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - len(CUT_MARK)] + CUT_MARK
        case datetime():
            return value.astimezone(ZONE).replace(tzinfo=None, microsecond=0)
        case date() if value < date(1900, 3, 1):
            return value.isoformat()
        case date():
            return datetime(value.year, value.month, value.day)  # noqa: DTZ001  a day has no zone
        case Decimal():
            return float(value)
    return value


def by_openpyxl(file: bytes) -> list[list[Any]]:
    """It leaves Excel's own escapes to its user."""
    return [[unescape(v) if isinstance(v, str) else v for v in row] for row in cells_of(file)]


def cells_of(file: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(BytesIO(file)).worksheets[0]
    return [[like_excel(v) for v in row] for row in sheet.iter_rows(min_row=HEAD + 1, values_only=True)]


def by_calamine(file: bytes) -> list[list[Any]]:
    rows = python_calamine.load_workbook(BytesIO(file)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    return [[like_excel(v) for v in row] for row in rows[HEAD:]]


def by_libreoffice(file: bytes, folder: Path) -> list[list[Any]]:
    """What LibreOffice has understood, saved by it and read again."""
    (folder / "in").mkdir()
    (folder / "in" / "ledger.xlsx").write_bytes(file)
    words = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*words, "--outdir", folder, folder / "in" / "ledger.xlsx"], check=True, capture_output=True)
    return cells_of((folder / "ledger.xlsx").read_bytes())


def like_excel(value: Any) -> Any:
    """Readers differ in how they say nothing, a day, and a whole number."""
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return None if value == "" else value


@pytest.mark.parametrize("reader", [by_openpyxl, by_calamine])
def test_readers_find_the_values_of_the_database(reader: Callable[[bytes], Any], exported: bytes) -> None:
    assert reader(exported) == expected()


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_finds_the_values_of_the_database(exported: bytes, tmp_path: Path) -> None:
    assert by_libreoffice(exported, tmp_path) == expected()


def test_the_place_is_put_together_in_the_database_as_on_the_record() -> None:
    site = stories.site()
    for parts in (("", "", "", ""), ("1号楼", "", "A", ""), ("", "3层", "", " 边 "), ("a", "b", "c", "d")):
        hazard = stories.draft(site)
        Hazard.objects.filter(pk=hazard.pk).update(
            **dict(zip(("building", "floor", "axis", "place"), parts, strict=True))
        )
    column = next(c for c in registry["hazards"].columns if c.path == "full_place")
    said = dict(Hazard.objects.annotate(said=column.expression).values_list("pk", "said"))
    assert said == {hazard.pk: hazard.full_place for hazard in Hazard.objects.all()}
