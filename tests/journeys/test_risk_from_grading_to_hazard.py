"""A risk point is graded, approved, confirmed and checked; a control fails, and becomes a hazard: three people."""

from collections.abc import Callable

import pytest

from apps.hazards.models import Hazard
from apps.risks.models import RiskPoint
from tests.factories import DangerousWorkFactory
from tests.hazards import stories
from tests.journeys.visitors import DESK, PHONE, Visit
from tests.personas import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WRITTEN = {
    "风险点名称": "深基坑开挖",
    "部位": "3号楼基坑",
    "危险因素": "边坡失稳",
    "工程技术措施": "分层开挖，及时支护",
    "责任人": "李某",
}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_risk_from_grading_to_a_hazard(visit: Callable[..., Visit], scripts: bool) -> None:
    site = stories.site()
    work = DangerousWorkFactory(project=site.project, name="3号楼深基坑")

    manager = visit(size=DESK, scripts=scripts).sign_in(site.manager.username, PASSWORD)
    manager.open(f"/risks/new/?project={site.project.pk}").fill(**WRITTEN)
    manager.choose("危大工程", work.name).choose("可能事故类型", "坍塌")
    manager.choose("可能性 L", "3　可能，但不经常").choose("暴露频次 E", "6　每天工作时间内暴露")
    manager.choose("后果 C", "7　严重，重伤").press("评价并核对")
    assert manager.reads("= 126，一般（黄）", "超过一定规模的危大工程不低于重大（红）", "由企业管控")
    manager.press("保存风险点")
    risk = RiskPoint.objects.get()
    assert manager.path == risk.get_absolute_url()
    assert manager.reads("待批准", "重大（红色）风险由企业安全总监批准")

    director = visit(size=DESK, scripts=scripts).sign_in(site.director.username, PASSWORD)
    assert director.reads("风险管控提醒", "深基坑开挖", "待批准")
    director.open(risk.get_absolute_url()).press("批准管控").press("批准管控")
    assert director.reads("管控中", "剩 1 天")

    engineer = visit(size=DESK, scripts=scripts).sign_in(site.engineer.username, PASSWORD)
    engineer.open(risk.get_absolute_url()).press("监理确认").press("监理确认")
    assert engineer.reads("已监理确认")

    officer = visit(size=PHONE, scripts=scripts).sign_in(site.manager.username, PASSWORD)
    officer.open(f"{risk.get_absolute_url()}check/").tick("失效").press("保存检查")
    assert officer.reads("有措施失效，请整改或登记为隐患")
    officer.press("登记为隐患")
    assert officer.reads("由风险点", risk.number)
    officer.press("存草稿")
    hazard = Hazard.objects.get()
    assert (hazard.risk_point, hazard.place, hazard.category) == (risk, "3号楼基坑", "基坑工程")
    assert officer.path == hazard.get_absolute_url()
    assert officer.reads(f"{risk.number}　深基坑开挖")
    officer.open(f"/hazards/?view=all&risk_point={risk.number}")
    assert officer.reads(hazard.number)
    assert [person.faults for person in (manager, director, engineer, officer)] == [[], [], [], []]
