"""Invented risk points: those of dangerous works, and what every site has; some unchecked, failing or unapproved."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.dashboards.demo import words
from apps.projects.models import DangerousWork, Project
from apps.risks.models import RiskPoint
from apps.risks.services import record_risk
from apps.risks.workflow import RISK

GIVEN = words.GIVEN.split("|")


@dataclass(frozen=True)
class Kind:
    """One usual risk: what it is, its values of L, E and C, and its measures by the fields of the form."""

    name: str
    place: str
    kind: str
    accident: str
    factors: str
    values: tuple[str, str, str]
    every: int
    measures: dict[str, list[str]]


KINDS: tuple[Kind, ...] = (
    Kind(
        "临边洞口作业",
        "1# 楼 5—8 层",
        "activity",
        "高处坠落",
        "临边、洞口防护缺失或被拆除",
        ("3", "6", "15"),
        1,
        {
            "measures_engineering": ["临边设两道防护栏杆和挡脚板", "洞口加盖板并固定"],
            "measures_management": ["拆除防护须书面批准，完工即恢复"],
            "measures_protection": ["高处作业系安全带"],
        },
    ),
    Kind(
        "塔式起重机吊装",
        "1# 塔机",
        "equipment",
        "起重伤害",
        "超载、斜吊、群塔碰撞、吊物坠落",
        ("6", "6", "15"),
        1,
        {
            "measures_engineering": ["力矩、起重量和限位装置齐全有效"],
            "measures_management": ["司机、指挥、司索持证上岗", "六级以上风停止吊装"],
            "measures_emergency": ["设警戒区，备急救器材"],
        },
    ),
    Kind(
        "临时用电",
        "现场配电系统",
        "equipment",
        "触电",
        "漏电保护失效、电缆破损、私拉乱接",
        ("3", "6", "7"),
        7,
        {
            "measures_engineering": ["三级配电、两级漏电保护", "电缆架空或埋地"],
            "measures_training": ["用电人员交底"],
            "measures_protection": ["电工穿绝缘鞋、戴绝缘手套"],
        },
    ),
    Kind(
        "电焊动火",
        "钢筋加工区",
        "activity",
        "火灾",
        "焊渣引燃可燃物",
        ("3", "3", "7"),
        7,
        {"measures_management": ["动火审批，专人看火"], "measures_emergency": ["配灭火器和接火斗"]},
    ),
    Kind(
        "木工圆盘锯",
        "木工加工棚",
        "equipment",
        "机械伤害",
        "防护罩缺失、操作不当",
        ("1", "6", "7"),
        15,
        {"measures_engineering": ["防护罩、分料刀齐全"], "measures_protection": ["戴护目镜"]},
    ),
)
OF_WORK: dict[str, tuple[str, str]] = {
    "深基坑开挖与支护": ("坍塌", "边坡失稳、超挖、坑边堆载"),
    "大堂高支模": ("坍塌", "立杆失稳、混凝土超量堆集"),
    "落地式钢管脚手架": ("高处坠落", "连墙件缺失、架体超载"),
}
MEASURES_OF_WORK = {
    "measures_engineering": ["按专项方案施工，分段验收"],
    "measures_management": ["专职安全员旁站，每日巡视"],
    "measures_training": ["方案交底和安全技术交底，三方签字"],
    "measures_emergency": ["备应急物资，按预案演练"],
}


def add_risks(rng: random.Random, project: Project, director: User, *, in_full: bool) -> None:
    """A handful for sites with people, two for the others."""
    today = timezone.localdate()
    drawn = [of_work(work, today) for work in project.dangerous_works.order_by("pk")]
    drawn += [of_kind(kind, today) for kind in KINDS]
    for at, told in enumerate(drawn if in_full else rng.sample(drawn, 2)):
        person = f"{rng.choice(words.SURNAMES)}{rng.choice(GIVEN)}"
        risk = record_risk(
            by=director, project=project, enterprise=project.enterprise, responsible_person=person, **told
        )
        if not (in_full and at == len(drawn) - 1):  # the last waits for approval
            control(rng, RISK.perform(risk, "put_in_force", by=director), director, at, today)


def control(rng: random.Random, risk: RiskPoint, director: User, at: int, today: date) -> None:
    """Most were checked in time, some too long ago; now and then a measure has failed."""
    ago = rng.randint(0, risk.check_every_days - 1) if at % 4 else risk.check_every_days + rng.randint(1, 4)
    measures = list(risk.measures.current())
    failed = measures[:1] if at % 5 == 1 else []
    told = {measure.pk: measure not in failed for measure in measures}
    RISK.perform(risk, "check", by=director, checked_on=today - timedelta(days=ago), results=told)


def usual(today: date) -> dict[str, Any]:
    return {"method": "lec", "starts_on": today - timedelta(days=45), "ends_on": today + timedelta(days=90)}


def of_kind(kind: Kind, today: date) -> dict[str, Any]:
    likelihood, exposure, consequence = map(Decimal, kind.values)
    return usual(today) | {
        "name": kind.name,
        "place": kind.place,
        "kind": kind.kind,
        "nature": "dynamic" if kind.kind == "activity" else "static",
        "accident_type": kind.accident,
        "factors": kind.factors,
        "likelihood": likelihood,
        "exposure": exposure,
        "consequence": consequence,
        "check_every_days": kind.every,
        "measures": kind.measures,
    }


def of_work(work: DangerousWork, today: date) -> dict[str, Any]:
    accident, factors = OF_WORK.get(work.name, ("坍塌", "不按方案施工"))
    return usual(today) | {
        "name": work.name,
        "place": work.place,
        "dangerous_work": work,
        "kind": "activity",
        "nature": "dynamic",
        "accident_type": accident,
        "factors": factors,
        "likelihood": Decimal(3),
        "exposure": Decimal(6),
        "consequence": Decimal(15),
        "check_every_days": 1,
        "measures": MEASURES_OF_WORK,
    }
