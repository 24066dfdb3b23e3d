"""The words of training."""

from enum import nonmember

from django.db import models


class Level(models.TextChoices):
    """What a training is for: the three levels of induction (三级教育), or what comes after it (建教〔1997〕83号)."""

    COMPANY = "company", "公司级三级教育"
    PROJECT = "project", "项目级三级教育"
    TEAM = "team", "班组级三级教育"
    YEARLY = "yearly", "年度继续教育"
    TRANSFER = "transfer", "转岗复岗教育"
    TOPIC = "topic", "专项教育"
    BRIEFING = "briefing", "班前教育"


INDUCTION = (Level.COMPANY, Level.PROJECT, Level.TEAM)


class SessionState(models.TextChoices):
    PLANNED = "planned", "未开始"
    OPEN = "open", "签到中"
    HELD = "held", "已完成"
    CANCELLED = "cancelled", "已取消"

    RUNNING = nonmember(("planned", "open"))


SESSION_CHANGES: tuple[tuple[str, str], ...] = (
    (SessionState.PLANNED, SessionState.OPEN),
    (SessionState.OPEN, SessionState.HELD),
    (SessionState.PLANNED, SessionState.CANCELLED),
    (SessionState.OPEN, SessionState.CANCELLED),
)


class SignedInBy(models.TextChoices):
    """How somebody's presence came to be known."""

    CODE = "code", "扫码签到"
    TRAINER = "trainer", "现场点名"
    IMPORT = "import", "导入"


class Result(models.TextChoices):
    """What an examination said; `NONE` where the course asks for none."""

    NONE = "none", "不考核"
    WAITING = "waiting", "待考核"
    PASSED = "passed", "合格"
    FAILED = "failed", "不合格"
