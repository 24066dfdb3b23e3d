"""The limits, wordings and items that ship: what a decree sets, with its source, and samples marked as such."""

from datetime import date
from typing import Any

from apps.duty.models.words import B_OR_TECHNICAL, Level, Term

FROM = date(2020, 1, 1)
LOGS_FROM = date(2025, 6, 1)
DECREE = "《建筑施工企业负责人及项目负责人施工现场带班暂行办法》（建质〔2011〕111号）"
SURE, SAMPLE = "条文明确", "示例，未查到确定的条文，由主管部门核定"

TERMS: tuple[tuple[str, str, str, str, bool], ...] = (
    (Term.LEADER_SHARE, "80", f"{DECREE}：项目负责人每月带班生产时间不少于本月施工时间的80%", SURE, False),
    (Term.HEAD_SHARE, "25", f"{DECREE}：企业负责人每月带班检查时间不少于其工作日的25%", SURE, False),
    (Term.LATE_AFTER, "3", "平台管理规则", SAMPLE, True),
    (
        Term.DEPUTY,
        B_OR_TECHNICAL,
        f"{DECREE}第十一条：离开时须经建设单位同意，并委托具有相应资格的项目相关负责人负责",
        "委托代理有条文；代理人的具体条件为示例",
        True,
    ),
    (Term.DIRECTOR_NEEDED, "特级、壹级、一级", "企业安全总监制（检索所得，条文待核）", SAMPLE, True),
    (Term.INSPECTOR_AREA, "50000", "项目安全督查员制（检索所得，条文待核）", SAMPLE, True),
)
WORDINGS: tuple[tuple[str, str, str], ...] = (
    (
        Level.ENTERPRISE,
        "企业安全生产承诺书（示例）",
        (
            "本企业承诺：依法履行安全生产主体责任；足额提取和使用安全生产费用；配齐安全生产管理人员；"
            "及时排查和消除事故隐患；不违章指挥，不强令冒险作业；如实报告事故。如有违反，接受处理并承担相应责任。"
        ),
    ),
    (
        Level.PROJECT,
        "项目安全生产承诺书（示例）",
        (
            "本项目承诺：项目负责人按规定带班；危大工程按专项方案施工；特种作业人员持证上岗；"
            "隐患当日登记、按期整改；未经教育培训的人员不上岗。如有违反，接受处理并承担相应责任。"
        ),
    ),
    (
        Level.POST,
        "岗位安全生产承诺书（示例）",
        (
            "本人承诺：遵守安全操作规程；正确佩戴和使用劳动防护用品；不违章作业，拒绝违章指挥；"
            "发现隐患立即报告。如有违反，接受处理并承担相应责任。"
        ),
    ),
)
ITEMS: tuple[tuple[str, str, str, bool, str], ...] = (
    ("accident", "事故", "人员伤亡、坍塌、火灾等，时间精确到分钟", True, "其他"),
    ("near_miss", "险情和未遂事件", "险情、未遂事件，时间精确到分钟", True, "其他"),
    ("certificates", "持证上岗", "无证、假证、证书失效的人员", False, "安全管理"),
    ("dangerous_work", "危大工程", "按方案施工、监测、旁站情况", False, "其他"),
    ("electricity", "临时用电", "配电箱、漏电保护、线缆敷设", False, "施工用电"),
    ("heights", "高处作业", "临边洞口、安全带、作业平台", False, "高处作业"),
    ("lifting", "起重机械", "限位保险、吊索具、司机信号工", False, "塔式起重机与起重吊装"),
    ("fire", "消防", "动火审批、灭火器材、可燃物", False, "消防安全"),
    ("scaffold", "脚手架和模板支架", "搭设、连墙件、荷载", False, "脚手架"),
    ("training", "教育和交底", "班前教育、安全技术交底", False, "安全管理"),
)
LOG_SOURCE = "施工安全日志（住房城乡建设部2025年6月）；项目逐条待核"


def load(get_model: Any) -> None:
    """Write what is not there yet; `get_model(name)` gives the models of the migration, or those of today."""
    for code, value, source, certainty, is_sample in TERMS:
        told = {"value": value, "source": source, "certainty": certainty, "is_sample": is_sample}
        get_model("DutyTerm").objects.get_or_create(code=code, effective_from=FROM, defaults=told)
    for level, title, text in WORDINGS:
        told = {"title": title, "text": text, "source": "平台范本", "certainty": SAMPLE, "is_sample": True}
        get_model("Wording").objects.get_or_create(level=level, effective_from=FROM, defaults=told)
    for position, (code, name, hint, asks_time, category) in enumerate(ITEMS, 1):
        told = {"name": name, "hint": hint, "position": position * 10, "asks_time": asks_time, "category": category}
        told |= {"source": LOG_SOURCE, "certainty": SAMPLE, "is_sample": True}
        get_model("LogItem").objects.get_or_create(code=code, effective_from=LOGS_FROM, defaults=told)
