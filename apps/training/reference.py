"""What the law asks for and what is taught for it, as the platform is shipped; for the migration and for tests."""

from datetime import date
from typing import Any

BY_1997 = "《建筑业企业职工安全培训教育暂行规定》（建教〔1997〕83号）"
BY_2008 = "《建筑施工特种作业人员管理规定》（建质〔2008〕75号）：每年不少于24学时；建教〔1997〕83号为20学时，从新规定"
UNREAD = "各处转载一致，原文未核对；施行日期以发布日期计"
# Subject, hours, from when, by what.
HOURS = (
    ("leader", 30, date(1997, 4, 17), BY_1997),
    ("safety_officer", 40, date(1997, 4, 17), BY_1997),
    ("manager", 20, date(1997, 4, 17), BY_1997),
    ("special", 24, date(2008, 6, 1), BY_2008),
    ("worker", 15, date(1997, 4, 17), BY_1997),
    ("returning", 20, date(1997, 4, 17), BY_1997),
    ("company", 15, date(1997, 4, 17), BY_1997),
    ("project", 15, date(1997, 4, 17), BY_1997),
    ("team", 20, date(1997, 4, 17), BY_1997),
)
# Name, level, hours, whom for, examined or not.  What they teach is a sample: the decree gives subjects and hours.
COURSES: tuple[tuple[str, str, int, list[str], bool, str], ...] = (
    (
        "新工人公司级安全教育",
        "company",
        15,
        [],
        False,
        "安全生产法律法规、企业安全规章制度和劳动纪律、事故教训（示例内容）",
    ),
    (
        "新工人项目级安全教育",
        "project",
        15,
        [],
        False,
        "工地安全制度、施工现场环境、工程施工特点及不安全因素（示例内容）",
    ),
    ("新工人班组级安全教育", "team", 20, [], False, "本工种安全操作规程、劳动纪律、岗位讲评和防护用品使用（示例内容）"),
    ("项目负责人年度继续教育", "yearly", 30, ["leader"], True, "年度法规更新、重大隐患判定标准、应急处置（示例内容）"),
    (
        "专职安全员年度继续教育",
        "yearly",
        40,
        ["safety_officer"],
        True,
        "隐患排查方法、危大工程监督、检查标准（示例内容）",
    ),
    (
        "管理和技术人员年度继续教育",
        "yearly",
        20,
        ["manager"],
        False,
        "岗位安全职责、专项施工方案、技术交底（示例内容）",
    ),
    ("特种作业人员年度继续教育", "yearly", 24, ["special"], True, "操作规程、设备检查、典型事故（示例内容）"),
    ("一般作业人员年度继续教育", "yearly", 15, ["worker"], False, "高处作业、临时用电、个人防护、应急逃生（示例内容）"),
    ("转岗复岗安全教育", "transfer", 20, ["returning"], False, "新岗位操作规程、危险因素和防护（示例内容）"),
)


def load(rule: Any, course: Any) -> None:
    """Write what is missing into the models HoursRule and Course, which the migration has in its own state."""
    for subject, hours, day, source in HOURS:
        told = {"hours": hours, "source": source, "certainty": UNREAD}
        rule.objects.get_or_create(subject=subject, effective_from=day, defaults=told)
    for name, level, hours, classes, is_examined, content in COURSES:
        about = {"level": level, "hours": hours, "classes": classes, "needs_exam": is_examined, "content": content}
        course.objects.get_or_create(enterprise=None, name=name, defaults=about)
