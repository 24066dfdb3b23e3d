"""A larger accident and a forged document: entry, objection, decision, list, certificate refused, repair, release."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urljoin

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload

from apps.credit.models import (
    Blacklisting,
    CreditCertificate,
    CreditEntry,
    CreditItem,
    CreditRepair,
    CreditStanding,
    EntryState,
    PermitCase,
)
from apps.credit.services import clock as ticking
from apps.credit.services.standings import differences
from tests.credit.stories import PDF, Cast
from tests.factories import ProjectFactory
from tests.journeys.clock import Clock
from tests.journeys.test_accessibility import walked
from tests.journeys.visitors import DESK, PHONE, Visit
from tests.personas import CHANGAN, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Opener = Callable[..., Visit]
DECISION = "冀建信黑〔2026〕14号"
OVER_OBJECTION = 9  # five working days and a weekend, with a holiday to spare


class Walk:
    """The people, each opening the platform anew whenever time has passed."""

    def __init__(self, visit: Opener, clock: Clock) -> None:
        self.visit, self.clock, self.cast = visit, clock, Cast()
        self.visits: list[Visit] = []

    def open(self, who: str, path: str, size: tuple[int, int] = DESK) -> Visit:
        opened = self.visit(getattr(self.cast, who), size=size, scripts=False).open(path)
        self.visits.append(opened)
        return opened

    def days_pass(self, days: int) -> None:
        self.clock.forward(days)
        ticking.tick()

    @property
    def home(self) -> str:
        return f"/enterprises/{self.cast.firm.uscc}/credit/"


@pytest.fixture
def walk(visit: Opener, clock: Clock) -> Walk:
    return Walk(visit, clock)


def test_from_an_accident_and_a_forged_document_to_release(walk: Walk) -> None:
    accident(walk)
    larger = CreditEntry.objects.get(item__code="E-B02")
    heard_and_decided(walk, larger, objection="责任划分有误，应为分包单位责任")
    assert walk.open("director", walk.home, PHONE).reads("70.00", "C级", larger.number)
    permit = suspended(walk)

    forged = recorded(walk)
    heard_and_decided(walk, forged)
    assert shown_to_strangers(walk).reads(forged.item.name, walk.cast.firm.uscc)
    listing = Blacklisting.objects.get(enterprise=walk.cast.firm, list_type__code="work_safety")
    listed(walk, listing)
    for who in ("province", "director"):
        every_figure_opens_its_source(walk, who)
    refused(walk)

    given_back(walk, permit)
    walk.days_pass(370)
    repaired(walk, listing, forged)
    certified(walk)
    assert differences() == {"enterprise": [], "person": []}
    assert [fault for visited in walk.visits for fault in visited.faults] == []


def accident(walk: Walk) -> None:
    """Reported by an inspector, determined by an officer of the county; entry and permit case follow by themselves."""
    project = ProjectFactory(at=CHANGAN, contractor=walk.cast.firm, name="跃进路学校扩建工程")
    page = walk.open("inspector", "/accidents/new/")
    happened = timezone.localtime() - timedelta(days=2)
    page.page.select_option("[name=project]", project.number)
    page.page.fill("[name=occurred_at]", f"{happened:%Y-%m-%dT%H:%M}")
    page.page.fill("[name=place]", "2# 楼地下室顶板")
    page.page.select_option("[name=category]", "collapse")
    page.page.fill("[name=summary]", "模板支撑体系失稳，作业人员被埋压")
    page.page.fill("[name=deaths]", "3")
    page.page.fill("[name=serious_injuries]", "1")
    page.press("上报", among=".actionbar *")
    assert page.reads("较大事故")
    officer = walk.open("county", page.path).press("认定")
    officer.page.fill("[name=determination_number]", "长应急调〔2026〕3号")
    officer.page.fill("[name=determination]", "高支模未按方案搭设，总承包单位负主要责任")
    officer.page.check("[name=is_liability][value='true']")
    officer.page.fill("[name=main]", walk.cast.firm.name)
    officer.press("认定", among=".actionbar *")
    assert officer.reads("已认定", walk.cast.firm.name)


def heard_and_decided(walk: Walk, entry: CreditEntry, objection: str = "") -> None:
    """核实、告知, perhaps an objection on the phone, and the decision of a third person once the time is over."""
    address = f"/credit/entries/{entry.number}/"
    checker = walk.open("county", address).press("核实证据")
    checker.page.fill("[name=opinion]", "证据充分，事实清楚")
    checker.press("核实证据", among=".actionbar *")
    checker.press("登记告知").page.fill("[name=served_how]", "直接送达，安全总监签收")
    assert checker.press("登记告知", among=".actionbar *").reads("已告知")
    early = walk.open("city", f"{address}take_effect/")
    assert early.reads("期满后才能认定")
    if objection:
        firm = walk.open("director", address, PHONE).press("提出异议")
        firm.page.fill("[name=objection]", objection)
        assert firm.press("提出异议", among=".actionbar *").reads("异议处理中")
        city = walk.open("city", address).press("异议不成立")
        city.page.fill("[name=answer]", "认定文书已写明主要责任")
        city.press("异议不成立", among=".actionbar *")
    else:
        walk.days_pass(OVER_OBJECTION)
    city = walk.open("city", address).press("认定生效")
    assert city.press("认定生效", among=".actionbar *").reads("已生效")
    city.press("公示").page.fill("[name=months]", "24")
    assert city.press("公示", among=".actionbar *").reads("公示中")


def suspended(walk: Walk) -> PermitCase:
    """Two officers of the province hold the permit for as long as the rule allows."""
    case = PermitCase.objects.get(enterprise=walk.cast.firm)
    address = f"/credit/permit-cases/{case.number}/"
    first = walk.open("province", address)
    assert first.reads("60 至 90 日")
    first.press("核实证据").page.fill("[name=opinion]", "属实")
    first.press("核实证据", among=".actionbar *")
    first.press("登记告知").page.fill("[name=served_how]", "邮寄送达")
    first.press("登记告知", among=".actionbar *")
    walk.days_pass(OVER_OBJECTION)
    second = walk.open("second_province", address).press("决定暂扣")
    second.page.fill("[name=decision_number]", "冀建安扣〔2026〕3号")
    second.page.fill("[name=days]", "120")
    assert second.press("决定暂扣", among=".actionbar *").reads("60 至 90 日", "不能填 120 日")
    second.page.fill("[name=days]", "60")
    assert second.press("决定暂扣", among=".actionbar *").reads("暂扣中")
    case.refresh_from_db()
    return case


def recorded(walk: Walk) -> CreditEntry:
    """An inspector finds a forged report."""
    page = walk.open("inspector", "/credit/entries/new/")
    page.page.fill("[name=enterprise]", walk.cast.firm.name)
    page.page.select_option("[name=item]", "E-B05")
    page.page.fill("[name=happened_on]", f"{timezone.localdate():%Y-%m-%d}")
    page.page.fill("[name=facts]", "提供伪造的施工升降机检测报告")
    page.press("保存", among=".actionbar *")
    # Refused without evidence, what was typed stays, and what the item asks for stands there.
    assert page.page.input_value("[name=facts]") == "提供伪造的施工升降机检测报告"
    item = CreditItem.objects.get(code="E-B05")
    assert page.reads("没有证据", "所选项目的要求", item.evidence, item.appeal)
    page.page.fill("[name=evidence]", "检测机构证明和原件比对记录")
    scan = FilePayload(name="检测机构证明.pdf", mimeType="application/pdf", buffer=PDF)
    page.page.set_input_files("[name=scans]", scan)
    page.press("保存", among=".actionbar *")
    assert page.reads("检测机构证明.pdf", "添加证据文件")
    return CreditEntry.objects.get(item__code="E-B05")


def shown_to_strangers(walk: Walk) -> Visit:
    """The public page of credit, asked for the firm by somebody without an account."""
    stranger = walk.visit(size=PHONE, scripts=False)
    walk.visits.append(stranger)
    return stranger.open(f"/public/credit/?q={walk.cast.firm.uscc}")


def every_figure_opens_its_source(walk: Walk, who: str) -> None:
    """Whatever leads away from the firm's credit page leads somewhere, and each point to the entry that it is of."""
    page = walk.open(who, walk.home).page
    links = page.locator("main a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    here = [link for link in links if link.startswith("#")]
    assert "#why" in here and all(page.locator(link).count() for link in here)
    elsewhere = {urljoin(page.url, link) for link in links} - {page.url}
    assert [link for link in elsewhere if page.context.request.get(link).status != 200] == []
    rows = page.locator("#why tbody tr:has(a)").all()
    told = [(row.locator("a").first.get_attribute("href") or "", row.inner_text()) for row in rows]
    entries = {link: said for link, said in told if "/credit/entries/" in link}
    counting = CreditEntry.objects.filter(enterprise=walk.cast.firm, state__in=EntryState.IN_FORCE)
    assert len(entries) == counting.count() > 1
    for link, said in entries.items():
        points = re.search(r"[−+][0-9.]+(?=\s*示例)", said)
        assert points and f"{points.group()} 分" in page.context.request.get(urljoin(page.url, link)).text()


def listed(walk: Walk, listing: Blacklisting) -> None:
    """Proposed by the entry in effect; two officers of the province, the password once more, and the public sees it."""
    address = f"/credit/blacklist/{listing.number}/"
    first = walk.open("province", address).press("核实证据")
    first.page.fill("[name=opinion]", "符合列入情形")
    first.press("核实证据", among=".actionbar *")
    first.press("登记告知").page.fill("[name=served_how]", "邮寄送达，本人签收")
    first.press("登记告知", among=".actionbar *")
    stranger = walk.visit(size=PHONE, scripts=False).open("/public/blacklist/")
    assert not stranger.reads(walk.cast.firm.name)
    objected(walk, address)
    alone = walk.open("province", f"{address}put_on_list/")
    assert alone.reads("须由另一名人员认定")
    second = walk.open("second_province", address).press("决定列入")
    second.page.fill("[name=decision_number]", DECISION)
    second.page.fill("[name=password]", "不是这个密码")
    assert second.press("决定列入", among=".actionbar *").reads("密码不正确")
    second.page.fill("[name=password]", PASSWORD)
    assert second.press("决定列入", among=".actionbar *").reads("已列入")
    assert stranger.open("/public/blacklist/").reads(walk.cast.firm.name, DECISION)
    assert walk.open("director", walk.home, PHONE).reads("已列入安全生产严重失信主体名单", DECISION, "D级")
    assert CreditStanding.objects.get(enterprise=walk.cast.firm).is_listed


def objected(walk: Walk, address: str) -> None:
    """The firm objects on the phone; while that is open nobody is listed; who did not check it answers."""
    firm = walk.open("director", address, PHONE).press("提出异议")
    firm.page.fill("[name=objection]", "检测报告系检测机构自行出具，本企业不知情")
    assert firm.press("提出异议", among=".actionbar *").reads("异议处理中")
    assert "put_on_list" not in walk.open("second_province", f"{address}put_on_list/").path
    assert walk.open("second_province", "/credit/appeals/?view=pending").reads(walk.cast.firm.name)
    alone = walk.open("province", f"{address}dismiss/")
    assert alone.reads("须由另一名人员认定")
    answer = walk.open("second_province", address).press("异议不成立")
    answer.page.fill("[name=answer]", "比对记录表明报告由该企业提供")
    assert answer.press("异议不成立", among=".actionbar *").reads("已告知")


def refused(walk: Walk) -> None:
    """No certificate for who stands on a list."""
    asked = walk.open("director", "/credit/certificates/new/")
    asked.page.fill("[name=purpose]", "参加某工程投标")
    asked.press("出具", among=".actionbar *")
    assert asked.reads("安全生产严重失信主体名单")
    assert not CreditCertificate.objects.exists()


def given_back(walk: Walk, permit: PermitCase) -> None:
    """The firm puts its house in order; after the days and a recheck the permit is given back."""
    address = f"/credit/permit-cases/{permit.number}/"
    firm = walk.open("director", address, PHONE).press("申请复核")
    firm.page.fill("[name=report]", "已完成整改，安全管理机构和人员配齐")
    firm.press("申请复核", among=".actionbar *")
    early = walk.open("second_province", f"{address}release/")
    assert early.reads("期满且复核合格后才能发还")
    walk.days_pass(60)
    officer = walk.open("second_province", address).press("复核合格，发还")
    officer.page.fill("[name=recheck]", "安全生产条件符合要求")
    assert officer.press("复核合格，发还", among=".actionbar *").reads("已发还")


def repaired(walk: Walk, listing: Blacklisting, forged: CreditEntry) -> None:
    """After the least term the firm applies; one officer accepts, another grants; the public sees it no more."""
    repair(walk, f"/credit/blacklist/{listing.number}/", ("second_province", "province"))
    assert Blacklisting.objects.get(pk=listing.pk).state == "removed"
    stranger = walk.visit(size=PHONE, scripts=False).open("/public/blacklist/")
    assert not stranger.reads(walk.cast.firm.name)
    before = CreditStanding.objects.get(enterprise=walk.cast.firm).score
    repair(walk, f"/credit/entries/{forged.number}/", ("province", "second_province"))
    assert CreditStanding.objects.get(enterprise=walk.cast.firm).score == before + 30
    assert not shown_to_strangers(walk).reads(forged.item.name)


def repair(walk: Walk, address: str, officers: tuple[str, str]) -> None:
    firm = walk.open("director", f"{address}repair/", PHONE)
    firm.page.fill("[name=correction]", "已全部整改，安全生产条件符合要求，罚款已于处罚期限内缴清")
    firm.press("提交申请", among=".actionbar *")
    application = CreditRepair.objects.order_by("-pk").first()
    assert application is not None, firm.text
    first = walk.open(officers[0], application.get_absolute_url()).press("受理")
    assert first.press("受理", among=".actionbar *").reads("审查中"), first.text
    second = walk.open(officers[1], application.get_absolute_url()).press("准予修复")
    second.page.fill("[name=answer]", "经核实，义务已履行")
    if application.listing_id:
        second.page.fill("[name=password]", PASSWORD)
    assert second.press("准予修复", among=".actionbar *").reads("已准予修复"), second.text


def certified(walk: Walk) -> None:
    """Off the list, the firm has its certificate, and anybody verifies it."""
    asked = walk.open("director", "/credit/certificates/new/")
    asked.page.fill("[name=purpose]", "参加某工程投标")
    asked.press("出具", among=".actionbar *")
    certificate = CreditCertificate.objects.get()
    stranger = walk.visit(size=PHONE, scripts=False).open(f"/public/credit-certificates/{certificate.token}/")
    assert stranger.reads(certificate.number, walk.cast.firm.name, "有效")


def test_pages_of_credit_can_be_used_by_everybody(walk: Walk) -> None:
    """Empty and full, on a desk and a phone: no page of credit fails those who cannot see or use a mouse."""
    officer = walk.visit(walk.cast.province, size=DESK)
    new = "/credit/entries/new/?item=E-B05"
    pages = [walk.home, "/credit/firms/", "/credit/entries/", new, "/credit/blacklist/"]
    more = ["/credit/permit-cases/", "/credit/repairs/", "/credit/certificates/", "/system/credit-profiles/new/"]
    assert walked(officer, [*pages, *more]) == {}
    assert officer.faults == []
