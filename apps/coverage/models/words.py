"""The words of coverage."""

from django.db import models


class Denominator(models.TextChoices):
    """Who is counted on a day (分母口径)."""

    ATTENDED = "attended", "当天有考勤的人员"
    ROSTERED = "rostered", "在册且近期有考勤的人员"


REASONS: dict[str, str] = {
    "off_roster": "考勤与名册不一致",
    "is_disputed": "同一天在两个项目考勤",
    "lacks_company": "未完成公司级三级教育",
    "lacks_project": "未完成项目级三级教育",
    "lacks_team": "未完成班组级三级教育",
    "lacks_hours": "年度学时不足",
    "lacks_certificate": "没有有效证书",
}
"""Why a person's day is not covered, by the column that says so."""

NAMELESS = "未填姓名"
"""A stranger of whom the source of the attendance gave no name."""
