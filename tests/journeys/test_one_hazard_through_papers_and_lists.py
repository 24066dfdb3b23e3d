"""One hazard through its papers and lists: found, noticed, extended, overdue, listed, released, closed, by six people.

Each sits at a browser of their own, those of the firms without scripts, and clicks and types all that they do.  By code
alone time passes: the deadline lapses, and what runs by the clock runs.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import segno
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from apps.documents.models import PaperTemplate
from apps.documents.reference import load as load_wordings
from apps.hazards.models import Hazard
from apps.hazards.services.sweeps import sweep_deadlines
from apps.supervision.models import EscalationRule
from apps.supervision.services import propose_by_rule
from tests.hazards import stories
from tests.journeys.visitors import DESK, PHONE, Visit
from tests.lists.shelf import shipped
from tests.personas import CHANGAN, persona

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOUND, DEMANDS = "3号楼基坑坑边堆载，支护变形超过报警值", "立即清除堆载，加固支护，监测稳定后回复"
MEASURES, OPINION = "堆载已清除，增设两道钢支撑，连续监测稳定", "现场复查，支护牢固，监测数据稳定"
COMMITMENTS = {
    "目标任务": "三日内消除",
    "经费物资": "钢支撑两道",
    "机构人员": "项目经理负责",
    "时限要求": "随到随改",
    "安全措施和应急预案": "坑边停止作业，专人监测",
}
# The lists of the reading in use, as the tabs call them; the first of each side is its ledger.
OF_AUTHORITY = ("监管台账", "重大风险", "重大隐患", "监管责任", "检查问题")
OF_FIRM = ("治理台账", "风险管控", "隐患排查", "隐患治理")
DAYS_LATE = 4
"""One more than the days after which the shipped rule proposes; `rules` writes it again."""


@dataclass
class Cast:
    """Who acts, and on which site."""

    inspector: Visit
    second: Visit
    head: Visit
    county: Visit
    director: Visit
    engineer: Visit
    stranger: Visit
    project: str

    def everybody(self) -> list[Visit]:
        return [who for who in vars(self).values() if isinstance(who, Visit)]


def test_one_hazard_through_papers_and_lists(cast: Cast, before: Path, after: Path) -> None:
    find(cast.inspector, cast.project, before)
    assert lists_of(cast) == (set(), set())  # a draft is nobody's business yet
    order(cast.inspector)
    everywhere = {"重大隐患", "监管责任", "检查问题"}, {"治理台账", "隐患排查", "隐患治理"}
    assert lists_of(cast) == everywhere

    notice = issue(cast.inspector, "限期整改通知书")
    serve(cast.inspector, "李某")
    assert verified(cast.stranger, notice)
    case(cast.inspector).sees(f"整改通知书 {notice.number} 于", "送达，期限自送达起算", f"{today()} 送达")
    receive(cast.director)
    assert received_paper(cast.director, notice)

    new_deadline = today() + timedelta(days=7)
    ask_for_more_time(cast.director, new_deadline)
    grant(cast.head, new_deadline)
    case(cast.director).sees(f"{new_deadline}（已延期 1 次）", "剩 7 天")
    assert lists_of(cast) == everywhere

    time_passes()
    cast.director.open("/").sees(f"超期 {DAYS_LATE} 天", FOUND)
    cast.head.open("/").sees("超期督办", FOUND)
    assert set(states_in_lists(cast.head).values()) == {"超期未改"}

    list_publicly(cast.county)
    listing = issue(cast.county, "挂牌督办通知书")
    serve(cast.county, "李某")
    assert verified(cast.stranger, listing)
    case(cast.director).sees("正在县级挂牌督办，现场核查通过并解除督办后才能销号")
    assert received_paper(cast.director, listing)
    cast.stranger.open("/public/listings/").sees(cast.project, "督办中")

    answer(cast.director, after)
    confirm(cast.engineer)
    verify(cast.inspector)
    review = issue(cast.inspector, "复查意见书")
    assert verified(cast.stranger, review) and notice.number in review.words
    assert not may_close(cast.second)  # not while it is listed
    report_removal(cast.director)
    release(cast.county)
    removal = issue(cast.county, "解除挂牌督办通知书")
    assert verified(cast.stranger, removal) and listing.number in removal.words
    cast.stranger.open("/public/listings/").sees(cast.project, f"已于 {today()} 解除")
    assert "重大隐患" in lists_of(cast)[0]  # open until it is closed

    close(cast.second)
    case(cast.director).sees("已销号")
    found = ({"检查问题"}, {"隐患排查"}) if found_this_month() else (set(), set())
    assert lists_of(cast) == (found[0], {"治理台账"} | found[1])

    of_authority = {name: freeze(cast.inspector, name) for name in OF_AUTHORITY[1:]}
    of_firm = {name: freeze(cast.director, name) for name in OF_FIRM[1:]}
    assert [name for name, one in (of_authority | of_firm).items() if one.holds_it] == ["检查问题", "隐患排查"]
    sign(cast.inspector, of_authority["检查问题"], "编制签字")
    sign(cast.second, of_authority["检查问题"], "审核")
    sign(cast.head, of_authority["检查问题"], "批准签发")
    sign(cast.director, of_firm["隐患排查"], "批准签发")
    assert workbook_holds_it(cast.head, of_authority["检查问题"])
    assert workbook_holds_it(cast.director, of_firm["隐患排查"])
    assert [who.faults for who in cast.everybody()] == [[]] * 7


# Who and what there is -----------------------------------------------------------------------------------------------


@pytest.fixture
def cast(visit: Callable[..., Visit], live_server: Any, settings: Any) -> Cast:
    settings.PUBLIC_URL = live_server.url  # what stands in the QR codes
    load_wordings(PaperTemplate)
    shipped("duties")
    EscalationRule.objects.get_or_create(
        level="county", defaults={"overdue_days": DAYS_LATE - 1, "decide_within": 3, "basis": "样例值"}
    )
    site = stories.site()

    return Cast(
        inspector=visit(site.inspector, size=DESK),
        second=visit(site.second, size=DESK),
        head=visit(site.head, size=DESK),
        county=visit(persona("county_officer", at=CHANGAN), size=DESK),
        director=visit(site.director, size=DESK, scripts=False),
        engineer=visit(site.engineer, size=PHONE, scripts=False),
        stranger=visit(size=PHONE, scripts=False),
        project=site.project.name,
    )


def the_hazard() -> Hazard:
    return Hazard.objects.get()


def today() -> date:
    return stories.today()


def case(who: Visit) -> Visit:
    """The page of the hazard."""
    return who.open(the_hazard().get_absolute_url())


# What they do ---------------------------------------------------------------------------------------------------------


def find(inspector: Visit, project: str, before: Path) -> None:
    inspector.open("/").press("登记隐患").take_photos(before).choose("工程项目", project).tick("重大隐患")
    inspector.fill(隐患描述=FOUND).choose("隐患类别", "基坑工程").tick("3 天").fill(整改要求=DEMANDS)
    inspector.press("存草稿").sees("已存为草稿", "待下达")


def order(inspector: Visit) -> None:
    inspector.press("下达整改").sees("已下达整改，现为“待签收”", "剩 3 天")


def receive(director: Visit) -> None:
    director.open("/").press("签收").press("签收整改通知").sees("已签收")


def ask_for_more_time(director: Visit, until: date) -> None:
    case(director).press("申请延期")
    director.fill(申请延至=str(until), 延期理由="钢支撑供货推迟", 临时安全措施="坑边停止作业，专人监测")
    director.press("申请延期").sees(f"申请延期至 {until}，等待审批")


def grant(head: Visit, until: date) -> None:
    head.open("/").sees("延期审批").press("审批").sees("钢支撑供货推迟")
    head.press("批准延期").sees(f"{until}（已延期 1 次）")


def time_passes() -> None:
    """The clock of the ledger is told a later day, and the proposals of rules that the deadline was some days ago.

    The finding goes back with it: the database lets no deadline lie before that.
    """
    late, deadline = timedelta(days=DAYS_LATE), the_hazard().deadline
    assert deadline and sweep_deadlines(deadline + late) == 1
    Hazard.objects.update(deadline=today() - late, found_on=today() - late)
    assert propose_by_rule() == 1


def list_publicly(county: Visit) -> None:
    county.open("/messages/").sees("整改超期").press("待决定是否县级挂牌督办")
    county.sees(f"已过 {DAYS_LATE} 天仍未回复", "待决定")
    county.press("挂牌督办", among=".btn").sees("督办解除的程序").press("挂牌督办").sees("现为“督办中”")


def answer(director: Visit, after: Path) -> None:
    director.open("/").press("回复").take_photos(after).fill(整改措施=MEASURES, 整改资金="86000", **COMMITMENTS)
    director.press("提交给监理确认").sees("待监理确认")


def confirm(engineer: Visit) -> None:
    engineer.open("/").press("确认").fill(监理意见="现场核对属实").press("确认已整改").sees("待复查")


def verify(inspector: Visit) -> None:
    inspector.open("/").press("复查").fill(复查意见=OPINION).press("提交复查结论").sees("待销号")


def may_close(officer: Visit) -> bool:
    case(officer).sees("待销号")
    return officer.page.get_by_role("button", name="销号", exact=True).count() > 0


def report_removal(director: Visit) -> None:
    director.press("挂牌督办").press(f"{the_hazard().number}-L1").press("提请解除督办").fill(治理报告=MEASURES)
    director.press("提请解除督办").sees("现为“待核查”")


def release(county: Visit) -> None:
    county.press("挂牌督办").press("待核查").press(f"{the_hazard().number}-L1")
    county.press("核查通过，解除督办").fill(现场核查意见=OPINION).press("核查通过，解除督办").sees("现为“已解除”")


def close(officer: Visit) -> None:
    officer.open("/").press("销号").press("销号").sees("：已销号。")


# Papers ---------------------------------------------------------------------------------------------------------------


@dataclass
class OnPaper:
    """A paper as it lies on the table, and the address that its code leads to."""

    kind: str
    number: str
    file: bytes
    address: str

    @property
    def words(self) -> str:
        """All of them, without blanks."""
        pages = PdfReader(io.BytesIO(self.file)).pages
        return "".join("".join(page.extract_text().split()) for page in pages)


def issue(officer: Visit, kind: str) -> OnPaper:
    """Drafted from the record on the page, looked at, numbered, downloaded."""
    officer.press(f"出具{kind}").press("生成草稿").press("核对编号").sees("编号后内容不能再修改")
    officer.press("核对无误，编号").sees("已核对编号")
    heading = officer.page.get_by_role("heading", level=1).inner_text()
    found = re.search(r"\S+〔\d{4}〕\d{6}号", heading)
    assert found, heading
    address = officer.page.get_by_role("link", name="公开核验页").get_attribute("href")
    paper = OnPaper(kind, found[0], downloaded(officer, "下载 PDF"), f"{officer.home}{address}")
    assert paper.file.startswith(b"%PDF")
    assert kind in paper.words and paper.number in paper.words
    assert modules_in(downloaded(officer, "下载 DOCX")) == modules_of(paper.address)
    return paper


def serve(officer: Visit, recipient: str) -> None:
    officer.press("登记送达").fill(收件人=recipient).press("登记送达").sees(recipient, "直接送达")


def received_paper(director: Visit, paper: OnPaper) -> bool:
    """The firm finds it among what it was sent, word for word and byte for byte."""
    director.press("收到的文书").press(paper.number).sees("直接送达")
    return downloaded(director, "下载 PDF") == paper.file


def verified(stranger: Visit, paper: OnPaper) -> bool:
    """What the code leads to says that the paper holds, and that this is its file; of the case it tells nothing."""
    stranger.open(paper.address).sees(paper.kind, paper.number, "现为有效")
    file = {"name": "文书.pdf", "mimeType": "application/pdf", "buffer": paper.file}
    stranger.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    stranger.press("核对").sees("一致：您的文件与发文机关出具的文件相同")
    return not stranger.reads(FOUND)


def downloaded(who: Visit, words: str) -> bytes:
    with who.page.expect_download() as download:
        who.press(words)
    return download.value.path().read_bytes()


def modules_of(address: str) -> list[list[bool]]:
    """The dark fields of a code that leads to this address."""
    return [[bool(field) for field in row] for row in segno.make(address, error="m", micro=False).matrix]


def modules_in(docx: bytes) -> list[list[bool]]:
    """The dark fields of the code that is printed on the paper; there is one light field around it."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        name = next(name for name in package.namelist() if name.endswith(".png"))
        code = Image.open(io.BytesIO(package.read(name))).convert("L")
    width = code.width // PIXELS - 2
    at = [(n + 1) * PIXELS + PIXELS // 2 for n in range(width)]
    return [[code.getpixel((x, y)) < 128 for x in at] for y in at]  # type: ignore[operator]


PIXELS = 8
"""Of a field of the code, each way."""


# Lists ----------------------------------------------------------------------------------------------------------------


def lists_of(cast: Cast) -> tuple[set[str], set[str]]:
    """Where the hazard stands: in which lists of the authority, in which of the firm."""
    return set(states_in_lists(cast.head)), set(states_in_lists(cast.director))


def states_in_lists(reader: Visit) -> dict[str, str]:
    """The lists in which the hazard stands, and what they call its state."""
    return dict(rows_in_lists(reader))


def rows_in_lists(reader: Visit) -> Iterator[tuple[str, str]]:
    number = the_hazard().number
    for name in tabs(reader.open("/lists/")):
        open_list(reader, name)
        row = reader.page.locator("tbody tr", has_text=number)
        if row.count():
            heads = reader.page.locator("thead th").all_inner_texts()
            yield name, row.locator("td").nth(heads.index("整改状态")).inner_text().strip()


def tabs(reader: Visit) -> tuple[str, ...]:
    """The ledger and the lists of the reader's side."""
    tabs = reader.page.get_by_role("navigation", name="台账与清单").get_by_role("link")
    names = tuple(words.strip() for words in tabs.all_inner_texts())
    assert names in (OF_AUTHORITY, OF_FIRM)
    return names


def open_list(reader: Visit, name: str) -> None:
    tab = reader.page.get_by_role("navigation", name="台账与清单").get_by_role("link", name=name, exact=True)
    tab.click()
    expect(tab).to_have_attribute("aria-current", "page")


def found_this_month() -> bool:
    """What is days late early in a month was found in the last one, of which the lists of findings are then frozen."""
    return the_hazard().found_on.month == today().month


@dataclass
class Frozen:
    """A list of the month: where it lies, and whether the hazard stands in it."""

    address: str
    holds_it: bool


def freeze(officer: Visit, name: str) -> Frozen:
    """The list of the month of the finding; one that holds nothing says so."""
    open_list(officer.open("/lists/"), name)
    officer.press("冻结清单").tick("本期至今日" if found_this_month() else "上一期")
    officer.press("冻结").sees("已冻结", "相符")
    holds_it = officer.reads(the_hazard().number)
    assert holds_it != officer.reads("零报告：")
    return Frozen(officer.path, holds_it)


def sign(officer: Visit, frozen: Frozen, words: str) -> None:
    officer.open(frozen.address).press(words).press(words).sees(f"已{words}")


def workbook_holds_it(reader: Visit, frozen: Frozen) -> bool:
    """And nobody's signature is missing from it."""
    book = load_workbook(io.BytesIO(downloaded(reader.open(frozen.address), "导出 Excel")))
    words = [str(cell) for row in book.worksheets[0].values for cell in row if cell is not None]
    signatures = next(line for line in words if "批准人：" in line)
    return the_hazard().number in words and "（未签）" not in signatures
