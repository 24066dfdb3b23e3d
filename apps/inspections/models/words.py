"""The fixed words of inspections."""

from enum import nonmember

from django.db import models

FEWEST_INSPECTORS = 2
"""That a visit takes, and whose signatures its record needs: 《行政处罚法》（2021）第四十二条."""


class Kind(models.TextChoices):
    """Why a site is visited."""

    RANDOM = "random", "双随机抽查"
    DAILY = "daily", "日常监督检查"
    KEY = "key", "重点监督检查"
    SPECIAL = "special", "专项检查"
    FOLLOW_UP = "follow_up", "回访复查"


class Theme(models.TextChoices):
    """What a campaign is about; the special ones are those the order of 2020 names."""

    GENERAL = "general", "综合"
    LIFTING = "lifting", "起重机械"
    PIT = "pit", "深基坑"
    FORMWORK = "formwork", "高支模"
    SCAFFOLD = "scaffold", "脚手架"
    RAIL = "rail", "城市轨道交通"
    OTHER = "other", "其他"


class RiskGrade(models.TextChoices):
    """Credit risk of an enterprise (企业信用风险分类), A lowest; higher risk is drawn more often."""

    A = "A", "A（低）"
    B = "B", "B（较低）"
    C = "C", "C（一般）"
    D = "D", "D（较高）"
    E = "E", "E（高）"


class PlanState(models.TextChoices):
    DRAFT = "draft", "拟订中"
    PUBLISHED = "published", "已公布"


class CampaignState(models.TextChoices):
    DRAFT = "draft", "拟订中"
    RUNNING = "running", "进行中"
    FINISHED = "finished", "已结束"
    CANCELLED = "cancelled", "已取消"


CAMPAIGN_CHANGES: tuple[tuple[str, str], ...] = (
    (CampaignState.DRAFT, CampaignState.RUNNING),
    (CampaignState.DRAFT, CampaignState.CANCELLED),
    (CampaignState.RUNNING, CampaignState.FINISHED),
)


class DrawState(models.TextChoices):
    """A draw is prepared, announced with its frozen pool, drawn once the secrets are open; a void one stays public."""

    PREPARED = "prepared", "待公告"
    ANNOUNCED = "announced", "已公告，待抽取"
    DRAWN = "drawn", "已抽取"
    VOIDED = "voided", "已作废"

    STANDING = nonmember(("prepared", "announced", "drawn"))
    PUBLIC = nonmember(("announced", "drawn", "voided"))


DRAW_CHANGES: tuple[tuple[str, str], ...] = (
    (DrawState.PREPARED, DrawState.ANNOUNCED),
    (DrawState.ANNOUNCED, DrawState.DRAWN),
    (DrawState.ANNOUNCED, DrawState.VOIDED),
    (DrawState.DRAWN, DrawState.VOIDED),
)


class VisitState(models.TextChoices):
    PLANNED = "planned", "待检查"
    UNDER_WAY = "under_way", "检查中"
    SUBMITTED = "submitted", "已提交"
    PUBLISHED = "published", "已公示"
    CANCELLED = "cancelled", "已取消"

    OPEN = nonmember(("planned", "under_way"))
    DONE = nonmember(("submitted", "published"))


VISIT_CHANGES: tuple[tuple[str, str], ...] = (
    (VisitState.PLANNED, VisitState.UNDER_WAY),
    (VisitState.PLANNED, VisitState.SUBMITTED),
    (VisitState.UNDER_WAY, VisitState.SUBMITTED),
    (VisitState.SUBMITTED, VisitState.PUBLISHED),
    (VisitState.PLANNED, VisitState.CANCELLED),
    (VisitState.UNDER_WAY, VisitState.CANCELLED),
)


class Verdict(models.TextChoices):
    """How one item of a checklist was answered."""

    PASS = "pass", "符合"
    DEDUCT = "deduct", "扣分"
    ABSENT = "absent", "缺项"


class LookOutcome(models.TextChoices):
    """What was seen of a hazard that earlier visits had found (复查结论)."""

    GOOD = "good", "复查合格"
    PARTLY = "partly", "部分整改，复查不合格"
    BAD = "bad", "未整改，复查不合格"
    UNSEEN = "unseen", "未复查"

    FAILED = nonmember(("partly", "bad"))
    EXPLAINED = nonmember(("partly", "unseen"))


class LookEffect(models.TextChoices):
    """What an outcome did to the ledger when the visit was handed in."""

    CLOSED = "closed", "已销号"
    VERIFIED = "verified", "已复查，待销号"
    RETURNED = "returned", "已退回整改"
    NOTED = "noted", "已记入隐患办理过程，隐患状态不变"
    ENDED = "ended", "隐患已先行销号或作废，未作变动"
    KEPT = "kept", "只记入检查记录"


class SignerRole(models.TextChoices):
    INSPECTOR = "inspector", "检查人"
    INSPECTED = "inspected", "被检查方"


class ChecklistFamily(models.TextChoices):
    JGJ59 = "jgj59", "JGJ 59 安全检查评分表"
    STANDARDISATION = "standardisation", "标准化检查表"
    CAMPAIGN = "campaign", "专项检查表"


class ZeroReportEvery(models.TextChoices):
    """How often the offices below report, also where there is nothing to report (零报告)."""

    NEVER = "", "不要求"
    WEEK = "week", "每周"
    ROUND = "round", "每轮次"
