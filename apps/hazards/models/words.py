"""The fixed words of the hazard ledger; what an office may rename is a dictionary, not here."""

from enum import nonmember

from django.db import models


class Grade(models.TextChoices):
    """The two grades the law knows (《安全生产法》 and the 判定标准); local middle levels are risk levels."""

    ORDINARY = "ordinary", "一般隐患"
    MAJOR = "major", "重大隐患"


class Source(models.TextChoices):
    """How the hazard was found."""

    DAILY = "daily", "日常巡查"
    RANDOM = "random", "双随机抽查"
    SPECIAL = "special", "专项检查"
    SELF_CHECK = "self_check", "企业自查"
    SUPERVISION_FIRM = "supervision_firm", "监理发现"
    REPORT = "report", "投诉举报"
    MONITORING = "monitoring", "监测预警"
    HIGHER = "higher", "上级检查"


class ListedLevel(models.TextChoices):
    """Which authority watches over a major hazard in public (挂牌督办, 建质〔2011〕158号), lowest first."""

    COUNTY = "county", "县级挂牌"
    CITY = "city", "市级挂牌"
    PROVINCE = "province", "省级挂牌"


class Disposal(models.TextChoices):
    """What the order demands beside rectification."""

    RECTIFY = "rectify", "责令限期整改"
    STOP_PART = "stop_part", "局部停工，责令限期整改"
    STOP_ALL = "stop_all", "全面停工，责令限期整改"


class State(models.TextChoices):
    """Where a hazard stands.  Lateness is a question about the deadline, never a state."""

    DRAFT = "draft", "待下达"
    ORDERED = "ordered", "待签收"
    RECEIVED = "received", "已签收"
    RECTIFYING = "rectifying", "整改中"
    ANSWERED = "answered", "待监理确认"
    CONFIRMED = "confirmed", "待复查"
    VERIFIED = "verified", "待销号"
    CLOSED = "closed", "已销号"
    VOID = "void", "已作废"

    WITH_FIRM = nonmember(("ordered", "received", "rectifying"))
    ANSWER_IN = nonmember(("answered", "confirmed"))
    OPEN = nonmember(("ordered", "received", "rectifying", "answered", "confirmed", "verified"))
    ENDED = nonmember(("closed", "void"))


# Every legal change of state.  The database's trigger is made of these pairs; a test holds them equal to the
# transition table in workflow.py, which a model can't import.
LEGAL_CHANGES: tuple[tuple[str, str], ...] = (
    (State.DRAFT, State.ORDERED),
    (State.DRAFT, State.VERIFIED),
    (State.DRAFT, State.VOID),
    (State.ORDERED, State.RECEIVED),
    (State.RECEIVED, State.RECTIFYING),
    (State.RECEIVED, State.ANSWERED),
    (State.RECTIFYING, State.ANSWERED),
    (State.ANSWERED, State.CONFIRMED),
    (State.ANSWERED, State.RECTIFYING),
    (State.CONFIRMED, State.VERIFIED),
    (State.CONFIRMED, State.RECTIFYING),
    (State.VERIFIED, State.CLOSED),
    (State.VERIFIED, State.RECTIFYING),
    (State.CLOSED, State.CONFIRMED),
    *((state, State.VOID) for state in State.OPEN),
)

# 五落实 of a major hazard's rectification plan; keys of Hazard.commitments.
FIVE_COMMITMENTS: dict[str, str] = {
    "goal": "目标任务",
    "funds": "经费物资",
    "staff": "机构人员",
    "time": "时限要求",
    "safety": "安全措施和应急预案",
}
