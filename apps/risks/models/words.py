"""The fixed words of risk grading; the value tables and bands are data (`RiskRule`)."""

from enum import nonmember

from django.db import models


class RiskLevel(models.IntegerChoices):
    """Four-colour risk level, apart from a hazard's grade; numbers so that ledgers sort by them."""

    LOW = 1, "低风险"
    GENERAL = 2, "一般风险"
    CONSIDERABLE = 3, "较大风险"
    MAJOR = 4, "重大风险"


COLOURS: dict[int, str] = {
    RiskLevel.MAJOR: "红",
    RiskLevel.CONSIDERABLE: "橙",
    RiskLevel.GENERAL: "黄",
    RiskLevel.LOW: "蓝",
}


class Method(models.TextChoices):
    """How a risk is scored."""

    LEC = "lec", "作业条件危险性评价法（LEC）"
    LS = "ls", "风险矩阵法（LS）"


class Nature(models.TextChoices):
    STATIC = "static", "静态风险"
    DYNAMIC = "dynamic", "动态风险"


class Subject(models.TextChoices):
    """What the danger comes from."""

    ACTIVITY = "activity", "作业活动"
    EQUIPMENT = "equipment", "设备设施"
    AREA = "area", "场所部位"


class ControlLevel(models.IntegerChoices):
    """Who controls a risk; numbered like the levels, since each colour has its own hand and upper ones include lower.

    Common practice, not a rule of any text that we could read.
    """

    TEAM = 1, "班组"
    CREW = 2, "施工队（部门）"
    PROJECT = 3, "项目部"
    ENTERPRISE = 4, "企业"


class MeasureKind(models.TextChoices):
    ENGINEERING = "engineering", "工程技术措施"
    MANAGEMENT = "management", "管理措施"
    TRAINING = "training", "教育培训措施"
    PROTECTION = "protection", "个体防护措施"
    EMERGENCY = "emergency", "应急处置措施"


# The fields of the form and the columns of the register that hold the measures of one kind, one a line.
MEASURE_FIELDS: dict[str, MeasureKind] = {f"measures_{kind.value}": kind for kind in MeasureKind}


class State(models.TextChoices):
    """Where a risk point stands.  That a check is late is a question about `next_check_on`, never a state."""

    PROPOSED = "proposed", "待批准"
    IN_FORCE = "in_force", "管控中"
    LIFTED = "lifted", "已解除"

    OPEN = nonmember(("proposed", "in_force"))


# Every legal change of state.  The database's trigger is made of these pairs; a test holds them equal to the
# transition table in workflow.py, which a model can't import.
LEGAL_CHANGES: tuple[tuple[str, str], ...] = (
    (State.PROPOSED, State.IN_FORCE),
    (State.PROPOSED, State.LIFTED),
    (State.IN_FORCE, State.PROPOSED),
    (State.IN_FORCE, State.LIFTED),
)
