"""An examination on a telephone, with and without scripts, and at the trainer's device."""

from collections.abc import Callable

import pytest

from apps.exams.models import Answer, Attempt
from apps.exams.services.kiosks import open_kiosk
from tests.exams import stories as exams
from tests.hazards import stories
from tests.journeys.visitors import PHONE, Visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]
SMALL_TARGETS = """
    () => [...document.querySelectorAll("main .exam-option, main button, main a.btn")]
        .filter((one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.textContent.trim())
"""


def answer_all(page: Visit, attempt: Attempt) -> None:
    """One question after the other, each by its label, as a thumb does."""
    rows = list(Answer.objects.filter(attempt=attempt).select_related("question").order_by("place"))
    for answer in rows:
        for letter in answer.question.right:
            at = answer.order.index(letter)
            page.page.locator(".exam-option").nth(at).click()
        if page.scripts:
            page.page.get_by_text("已保存").wait_for()
            assert Answer.objects.get(pk=answer.pk).chosen == answer.question.right
        if answer.place < len(rows):
            page.press("下一题")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_examination_is_taken_on_the_phone(visit: Callable[..., Visit], scripts: bool) -> None:
    site = stories.site()
    session = exams.training(site)
    exams.taken_part(session, exams.with_account(site))
    exam = exams.opened(site, session)
    page = visit(site.manager, size=PHONE, scripts=scripts).open("/m/exams/")
    page.press(exam.title).press("开始考试")
    attempt = Attempt.objects.get()
    assert "剩余" in page.text
    assert page.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0] if scripts else True
    if scripts:
        assert page.page.evaluate(SMALL_TARGETS) == []
    answer_all(page, attempt)
    page.press("全部题目").open(f"/m/exams/{exam.pk}/")  # a reload loses nothing
    page.press("交卷")
    assert "12 题都已作答" in page.text
    page.press("确认交卷")
    assert "100 分" in page.text and "合格" in page.text
    attempt.refresh_from_db()
    assert (attempt.score, attempt.passed) == (100, True)
    assert page.faults == []


def test_two_workers_sit_at_the_trainers_device_one_after_another(visit: Callable[..., Visit]) -> None:
    site = stories.site()
    session = exams.training(site)
    people = [exams.taken_part(session).person for _ in range(2)]
    exam = exams.opened(site, session)
    page = visit(site.director, size=PHONE).open(f"/exams/{exam.pk}/")
    page.press("开启考试终端").press("开启终端").press("在本机打开终端")
    for person in people:
        page.fill(姓名=person.name, 身份证号码=person.id_number).press("核对身份，开始考试")
        attempt = Attempt.objects.get(person=person)
        answer_all(page, attempt)
        page.press("交卷").press("确认交卷")
        assert "100 分" in page.text
        page.press("下一位")
    assert "核对身份" in page.text
    assert page.faults == []


def test_the_whole_paper_by_keyboard_alone(visit: Callable[..., Visit]) -> None:
    """Tab reaches each question, the space bar and the arrows choose, Enter goes on."""
    site = stories.site()
    session = exams.training(site)
    part = exams.taken_part(session)
    exam = exams.opened(site, session)
    _, clear = open_kiosk(exam, by=site.director)
    page = visit(size=PHONE, scripts=False).open(f"/m/exams/kiosk/{clear}/")
    page.fill(姓名=part.person.name, 身份证号码=part.person.id_number)
    page.page.keyboard.press("Enter")
    page.page.locator('input[name="q1"]').first.focus()
    page.page.keyboard.press("Space")
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    page.page.wait_for_url("**?q=2")
    assert Answer.objects.get(attempt__person=part.person, place=1).chosen == "B"
