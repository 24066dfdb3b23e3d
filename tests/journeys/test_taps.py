"""How many presses a task takes, from the workbench on; typing is none, what others have to do neither.

A press that a page could spare makes one of these fail.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from apps.hazards.models import Hazard, State
from apps.inspections.drawing.drawing import commitment_of
from apps.inspections.models import Draw, DrawState
from apps.inspections.models import Visit as SiteVisit
from apps.inspections.workflow.draw import DRAW
from tests.hazards import stories as hazards
from tests.inspections import draw_stories as draws
from tests.inspections import stories as visits
from tests.inspections.plans import stories as plans
from tests.journeys.test_hazard_from_finding_to_closing import OPINION
from tests.journeys.visitors import DESK, PHONE, Visit
from tests.personas import persona

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TAPS_OF_A_PHOTOGRAPH = 3
"""拍照, the shutter, 使用照片."""


class Hand:
    """Counts what is pressed."""

    def __init__(self, visitor: Visit) -> None:
        self.visitor, self.presses = visitor.open("/"), 0

    def press(self, words: str, *, among: str = "") -> "Hand":
        self.visitor.press(words, among=among)
        self.presses += 1
        return self

    def tap(self, selector: str) -> "Hand":
        self.visitor.page.locator(selector).first.click()
        self.presses += 1
        return self

    def at_home(self) -> "Hand":
        """Later, back at the workbench."""
        self.visitor.open("/")
        return self


@pytest.fixture
def hand(visit: Callable[..., Visit]) -> Iterator[Callable[..., Hand]]:
    yield lambda user, size=DESK, scripts=True: Hand(visit(user, size=size, scripts=scripts))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_draw_by_a_saved_scheme_takes_five(hand: Callable[..., Hand], scripts: bool) -> None:
    """双随机 → the scheme → 保存 → (commitments; announced by itself; secrets) → message → 抽取, which publishes it."""
    place = draws.office()
    draws.scheme(draws.prepared(place), name="季度抽查")
    head = hand(place.officer, scripts=scripts).press("随机抽取", among="nav a").press("按“季度抽查”抽取").press("保存")
    draw = Draw.objects.latest("pk")
    for keeper, secret in zip(place.custodians, draws.SECRETS, strict=True):
        draw = DRAW.perform(draw, "commit_secret", by=keeper, commitment=commitment_of(secret))
    assert draw.state == DrawState.ANNOUNCED
    with draws.the_time_has_come(draw) as draw:
        for keeper, secret in zip(place.custodians, draws.SECRETS, strict=True):
            DRAW.perform(draw, "reveal_secret", by=keeper, secret=secret)
        head.at_home().press(f"随机抽取公开密语：{place.campaign}").visitor.fill(公开随机值="3871.05")
        head.press("抽取", among="main button")
    assert head.presses <= 5
    draw.refresh_from_db()
    assert draw.state == DrawState.DRAWN
    assert head.visitor.reads(draw.seed, "抽取结果", "候选名单")
    assert head.press("全部列出、打印").visitor.reads(draw.seed, *draws.SECRETS, draw.entries.all()[9].project.number)
    assert head.visitor.faults == []


def test_an_extension_is_approved_with_three(hand: Callable[..., Hand]) -> None:
    site = hazards.site()
    hazard = hazards.asked_for_extension(hazards.taken_to("received", site), site)
    head = hand(site.head).press("审批").press("批准延期")
    hazard.refresh_from_db()
    assert (head.presses <= 3, hazard.extensions) == (True, 1)


def test_an_inspector_is_sent_out_with_three(hand: Callable[..., Hand]) -> None:
    """检查对象库 → 安排检查 → 安排 1 次检查: day, team and checklists are proposed."""
    head = persona("station_head")
    project = plans.project()
    for _ in range(2):
        plans.inspector(head.organisation)
    plans.submitted(plans.visit(project), plans.today() - timedelta(days=100))
    sent = hand(head).press("检查对象库", among="nav a").press("安排检查", among="td a").press("安排 1 次检查")
    made = SiteVisit.objects.latest("pk")
    assert (sent.presses <= 3, made.project, made.state, made.team.count()) == (True, project, "planned", 2)


def test_a_hazard_is_verified_and_closed_with_four_at_the_desk(hand: Callable[..., Hand]) -> None:
    site = hazards.site()
    hazard = hazards.taken_to("confirmed", site)
    inspector = hand(site.inspector).press("复查")
    inspector.visitor.fill(复查意见=OPINION)
    inspector.press("提交复查结论")
    hazard.refresh_from_db()
    assert (inspector.presses <= 4, hazard.state) == (True, State.CLOSED)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_all_overdue_hazards_are_urged_with_four(hand: Callable[..., Hand], scripts: bool) -> None:
    """超期未改 → 全选 → 批量催办 → 催办; where no script ticks all of a page, the box for all that the filter finds."""
    site = hazards.site()
    late = [hazards.taken_to("received", site) for _ in range(2)]
    past = hazards.today() - timedelta(days=9)
    Hazard.objects.filter(pk__in=[one.pk for one in late]).update(found_on=past, deadline=past + timedelta(days=1))
    inspector = hand(site.head, scripts=scripts).press("超期未改", among="main a")
    inspector.tap("thead input[type=checkbox]" if scripts else "[name=all]")
    inspector.press("批量催办", among=".bulkbar button").press("批量催办", among="main button")
    assert inspector.presses == 4
    assert Hazard.objects.filter(urged_on=hazards.today()).count() == 2


def test_an_assigned_inspection_is_opened_on_the_phone_with_two(hand: Callable[..., Hand]) -> None:
    visit = visits.planned()
    inspector = hand(visits.lead(visit), size=PHONE).press("检查", among=".dock a").press("开始检查")
    inspector.visitor.page.locator("section.inspect-card").first.wait_for()
    assert inspector.presses <= 2


def test_a_hazard_is_verified_with_a_photograph_and_closed_on_the_phone_with_seven(
    hand: Callable[..., Hand], after: Path
) -> None:
    site = hazards.site()
    hazard = hazards.taken_to("confirmed", site)
    inspector = hand(site.inspector, size=PHONE).press("复查")
    inspector.visitor.take_photos(after).fill(复查意见=OPINION)
    inspector.presses += TAPS_OF_A_PHOTOGRAPH
    inspector.press("提交复查结论")
    hazard.refresh_from_db()
    assert (inspector.presses <= 7, hazard.state) == (True, State.CLOSED)
