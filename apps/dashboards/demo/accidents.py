"""Invented accidents of the demonstration, one in each state and one that is 较大, made by the services themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.accidents.models import Accident
from apps.accidents.services import report
from apps.accidents.workflow import ACCIDENT
from apps.accounts.models import User
from apps.projects.models import PartyRole, Project
from apps.projects.selectors import current_party

AT = time(9, 40)


@dataclass(frozen=True)
class Story:
    """What happened so many days ago, and how far it has come: reported, supplemented, liable, blameless, withdrawn."""

    days: int
    category: str
    place: str
    figures: tuple[int, int, int | None]
    summary: str
    end: str
    told: str = ""


STORIES: tuple[Story, ...] = (
    Story(
        96,
        "collapse",
        "2# 楼地下室顶板",
        (3, 2, 6_800_000),
        "浇筑混凝土时模板支撑体系失稳，作业人员被埋压",
        "liable",
        "高支模未按专项方案搭设，验收流于形式；总承包单位负主要责任，监理单位负次要责任",
    ),
    Story(
        58,
        "fall",
        "1# 楼 12 层电梯井口",
        (1, 0, 1_350_000),
        "井口防护门被拆除后未恢复，一名工人坠落",
        "liable",
        "防护设施管理不到位，总承包单位负主要责任，监理单位负次要责任",
    ),
    Story(
        41,
        "vehicle",
        "施工现场出入口",
        (0, 1, 260_000),
        "社会车辆失控驶入场地，一名保安受重伤",
        "blameless",
        "社会车辆失控所致，不属于生产安全责任事故",
    ),
    Story(
        17,
        "other",
        "钢筋加工棚",
        (1, 0, None),
        "一名工人作业时倒地，经抢救无效死亡",
        "withdrawn",
        "医疗机构认定系突发疾病，不构成生产安全事故",
    ),
    Story(
        6,
        "struck",
        "3# 楼东侧通道",
        (0, 1, None),
        "高处坠落的扣件击中通道内一名工人",
        "supplemented",
        "重伤人员经抢救无效死亡，家属已得到安置",
    ),
    Story(1, "lifting", "1# 塔式起重机", (0, 2, None), "吊运钢管时吊索断裂，两名工人受重伤", "reported"),
)


def add_accidents(projects: Sequence[Project], officers: Mapping[str, tuple[User, User]], today: date) -> None:
    """On these projects in turn; `officers` by path: who reports and who decides."""
    for story, project in zip(STORIES, projects, strict=False):
        reporter, head = officers[project.region_path]
        happen(story, project, reporter, head, today)


def happen(story: Story, project: Project, reporter: User, head: User, today: date) -> Accident:
    deaths, injuries, loss = story.figures
    accident = report(
        project,
        by=reporter,
        occurred_at=timezone.make_aware(datetime.combine(today - timedelta(days=story.days), AT)),
        place=story.place,
        category=story.category,
        summary=story.summary,
        deaths=deaths,
        serious_injuries=injuries,
        direct_loss=None if loss is None else Decimal(loss),
    )
    if story.end == "supplemented":
        return ACCIDENT.perform(
            accident, "supplement", by=reporter, deaths=1, serious_injuries=injuries - 1, remark=story.told
        )
    if story.end == "withdrawn":
        return ACCIDENT.perform(accident, "withdraw", by=head, reason=story.told)
    if story.end == "reported":
        return accident
    return ACCIDENT.perform(accident, "determine", by=head, **finding(story, project, today))


def finding(story: Story, project: Project, today: date) -> dict[str, Any]:
    day = today - timedelta(days=story.days // 3)
    parts = {PartyRole.GENERAL_CONTRACTOR: "main", PartyRole.SUPERVISION_FIRM: "secondary"}
    firms = {part: current_party(project, part) for part in (parts if story.end == "liable" else ())}
    return {
        "determination_number": f"示例事故批〔{day.year}〕{story.days}号",
        "determined_on": day,
        "determination": story.told,
        "is_liability": bool(firms),
        "liable": [
            {"enterprise": firm.enterprise_id, "responsibility": parts[part]} for part, firm in firms.items() if firm
        ],
    }
