"""A training on the site: the trainer opens it, a worker signs in on the own phone, the roll is called, it counts."""

from collections.abc import Callable

import pytest

from apps.training.codes import code_of
from apps.training.models import Session
from tests.hazards import stories
from tests.journeys.visitors import PHONE, Visit
from tests.training import stories as trainings

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_worker_signs_in_on_a_phone_and_the_trainer_confirms(visit: Callable[..., Visit], scripts: bool) -> None:
    where = stories.site()
    person, absent = (trainings.worker(where).person for _ in range(2))
    session = trainings.planned(where)
    trainings.listed(session, where, absent)
    trainer = visit(where.manager, size=PHONE, scripts=scripts).open("/")
    trainer.press("签到", among=".dock *").press("开始签到").press("开始签到")
    trainer.open("/").press("签到", among=".dock *").press("显示签到码")
    assert trainer.page.locator(".sign-in-code svg").bounding_box()["width"] > 200  # type: ignore[index]
    assert trainer.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    worker = visit(size=PHONE, scripts=scripts)
    worker.open(f"/m/training/sign-in/{code_of(Session.objects.get())}/")
    assert worker.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    worker.fill(姓名=person.name, 身份证号码=person.id_number).press("签到")
    assert "签到成功" in worker.text
    trainer.open(f"/training/{session.pk}/roll/").tick(absent.name).press("登记到场")
    trainer.open("/m/training/scan/").press("确认完成").press("确认完成")
    assert session.participations.filter(credited_on__isnull=False).count() == 2
    assert (trainer.faults, worker.faults) == ([], [])
