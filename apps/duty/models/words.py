"""The fixed words of duties on site."""

from django.db import models


class Term(models.TextChoices):
    """What an office may set anew from a day on; the value of each is a number or one of a few words."""

    LEADER_SHARE = "leader_share", "项目负责人带班比例下限（%）"
    HEAD_SHARE = "head_share", "企业负责人带班检查比例下限（%）"
    LATE_AFTER = "late_after", "带班记录补记期限（天）"
    DEPUTY = "deputy", "请假代理人条件"
    DIRECTOR_NEEDED = "director_needed", "须设安全总监的资质"
    INSPECTOR_AREA = "inspector_area", "须派督查员的建筑面积（㎡起）"


NUMBERS = (Term.LEADER_SHARE, Term.HEAD_SHARE, Term.LATE_AFTER, Term.INSPECTOR_AREA)
"""Terms whose value is a whole number."""
B_ONLY, B_OR_TECHNICAL = "B类证书", "B类证书或技术负责人"
DEPUTIES = (B_ONLY, B_OR_TECHNICAL)


class DutyKind(models.TextChoices):
    """Whose presence is told: of the project's leader, or of a head of the enterprise (建质〔2011〕111号)."""

    LEADER = "leader", "项目负责人带班"
    HEAD = "head", "企业负责人带班检查"


class LeaveState(models.TextChoices):
    ASKED = "asked", "待建设单位同意"
    AGREED = "agreed", "已同意"
    REFUSED = "refused", "不同意"
    WITHDRAWN = "withdrawn", "已撤回"


LEAVE_CHANGES: tuple[tuple[str, str], ...] = (
    (LeaveState.ASKED, LeaveState.AGREED),
    (LeaveState.ASKED, LeaveState.REFUSED),
    (LeaveState.ASKED, LeaveState.WITHDRAWN),
)


class Weather(models.TextChoices):
    FINE = "fine", "晴"
    CLOUDY = "cloudy", "多云或阴"
    RAIN = "rain", "雨"
    SNOW = "snow", "雪"
    WIND = "wind", "大风（六级及以上）"
    FOG = "fog", "雾霾"


class Answer(models.TextChoices):
    NORMAL = "normal", "正常"
    NONE = "none", "不涉及"
    PROBLEM = "problem", "发现问题"


class Level(models.TextChoices):
    """Who promises: the enterprise, the project, or one post."""

    ENTERPRISE = "enterprise", "企业"
    PROJECT = "project", "项目"
    POST = "post", "岗位"
