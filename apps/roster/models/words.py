"""The words of the roster."""

from django.db import models


class WorkerClass(models.TextChoices):
    """What a person is on a site; the yearly hours of training and the certificate go by it.

    The classes are those of 《建筑业企业职工安全培训教育暂行规定》（建教〔1997〕83号）, whose yearly hours differ.
    """

    LEADER = "leader", "项目负责人"
    SAFETY_OFFICER = "safety_officer", "专职安全员"
    MANAGER = "manager", "其他管理和技术人员"
    SPECIAL = "special", "特种作业人员"
    WORKER = "worker", "一般作业人员"
    RETURNING = "returning", "待岗、转岗、换岗人员"


class Source(models.TextChoices):
    """How an attendance came to be known."""

    DEVICE = "device", "考勤设备"
    IMPORT = "import", "导入"


class FaultKind(models.TextChoices):
    """Why attendance and roster disagree.

    That a number is not registered at all is told as “not on the roster” too: whether it is known elsewhere is nobody's
    business at this site.
    """

    NOT_ON_ROSTER = "not_on_roster", "不在本项目名册"
    BEFORE_ENTRY = "before_entry", "早于进场日期"
    AFTER_EXIT = "after_exit", "晚于退场日期"
    TWO_SITES = "two_sites", "同一天在两个项目考勤"
