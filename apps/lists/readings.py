"""The four readings of 一个台账、四个清单 and 一个台账、三个清单, loaded by migration and again when missing.

The order of 2020-05 names neither the four nor the three lists.  Each reading is a guess with its reasons; all are
marked as unconfirmed until the authority says which names hold.
"""

from datetime import date
from typing import Any

from apps.lists.models import Period, Side

ORDER = "《建筑施工领域安全生产和风险防控管理意见》（河北省住房和城乡建设厅，2020年5月）"
DOUBLE_CONTROL = "《河北省安全生产风险管控与隐患治理规定》（省政府令〔2018〕第2号）"
SAFETY_LAW = "《中华人民共和国安全生产法》（2021年修正）第四十一条"
DECREE_37 = "《危险性较大的分部分项工程安全管理规定》（住房和城乡建设部令第37号）"
EDITION = "2020"
ACTIVE = "R1"

Columns = tuple[tuple[str, str, int], ...]
NUMBER, PROJECT, FIRM = (
    ("number", "隐患编号", 16),
    ("project__name", "工程名称", 28),
    ("enterprise__organisation__name", "责任单位", 26),
)
PLACE, WHAT = ("project__region__name", "属地", 10), ("description", "隐患内容", 40)
GRADE, STATE, DEADLINE = ("grade", "隐患等级", 10), ("state", "整改状态", 10), ("deadline", "整改期限", 12)
WHO, FOUND = ("responsible_person", "整改责任人", 10), ("found_on", "排查日期", 12)
HAZARD: Columns = (NUMBER, WHAT, PROJECT, PLACE, FIRM, GRADE, FOUND, DEADLINE, STATE)
PROBLEMS: Columns = (
    NUMBER,
    WHAT,
    PROJECT,
    ("category", "问题类别", 12),
    FIRM,
    FOUND,
    ("inspecting_body", "检查单位", 20),
    STATE,
)
DUTIES: Columns = (NUMBER, WHAT, FIRM, WHO, ("handler__name", "监管责任人", 10), DEADLINE, STATE)
MEASURES: Columns = (NUMBER, WHAT, ("demands", "整改要求", 30), ("measures", "整改措施", 30), FIRM, WHO, STATE)
TERMS: Columns = (NUMBER, WHAT, FIRM, FOUND, DEADLINE, ("extensions", "延期次数", 8), STATE)
CLOSING: Columns = (
    NUMBER,
    WHAT,
    FIRM,
    ("measures", "整改措施", 30),
    ("rectified_on", "整改完成日期", 12),
    ("closed_at", "销号时间", 16),
    STATE,
)
WHOLE: Columns = (
    NUMBER,
    WHAT,
    PROJECT,
    PLACE,
    FIRM,
    WHO,
    GRADE,
    ("source", "来源", 10),
    FOUND,
    DEADLINE,
    ("closed_at", "销号时间", 16),
    STATE,
)
RISK_NAME, RISK_SITE = ("name", "风险点", 24), ("project__name", "工程名称", 28)
RISK_LEVEL, RISK_OWNER = ("level", "风险等级", 10), ("responsible_person", "责任人", 10)
RISK: Columns = (
    ("number", "风险点编号", 16),
    RISK_NAME,
    RISK_SITE,
    ("project__region__name", "属地", 10),
    ("place", "部位", 14),
    RISK_LEVEL,
    ("accident_type", "可能事故类型", 12),
    ("control_level", "管控层级", 12),
    ("enterprise__organisation__name", "责任单位", 26),
    RISK_OWNER,
    ("next_check_on", "下次检查", 12),
)
RISK_DUTIES: Columns = (
    RISK_NAME,
    RISK_SITE,
    RISK_LEVEL,
    ("control_level", "管控层级", 12),
    ("enterprise__organisation__name", "责任单位", 26),
    RISK_OWNER,
    ("check_every_days", "检查频次（天）", 8),
)
RISK_MEASURES: Columns = (
    RISK_NAME,
    RISK_SITE,
    RISK_LEVEL,
    ("measures_engineering", "工程技术措施", 30),
    ("measures_management", "管理措施", 30),
    ("measures_training", "教育培训措施", 24),
    ("measures_protection", "个体防护措施", 24),
)
RISK_EMERGENCY: Columns = (RISK_NAME, RISK_SITE, RISK_LEVEL, ("measures_emergency", "应急处置措施", 40), RISK_OWNER)
SITE: Columns = (
    ("name", "工程名称", 32),
    ("number", "项目编号", 22),
    ("region__name", "属地", 10),
    ("enterprise__organisation__name", "施工总承包单位", 26),
    ("stage", "形象进度", 10),
    ("kind", "工程类别", 10),
    ("started_on", "开工日期", 12),
)
WORK: Columns = (
    ("name", "危大工程名称", 26),
    ("project__name", "工程名称", 28),
    ("project__region__name", "属地", 10),
    ("category", "类别", 24),
    ("is_super", "是否超过一定规模", 12),
    ("place", "部位", 12),
    ("state", "状态", 10),
)
CONTRACTOR: Columns = (
    ("organisation__name", "企业名称", 30),
    ("uscc", "统一社会信用代码", 20),
    ("kind", "企业类型", 10),
    ("safety_licence", "安全生产许可证编号", 26),
)

OFFICERS = ["inspector", "station_head", "county_officer", "city_officer", "province_officer"]
HEADS = ["station_head", "county_officer", "city_officer", "province_officer"]
AUTHORITY_SIGNS: dict[str, list[str]] = {"prepare": OFFICERS, "review": OFFICERS, "approve": HEADS}
# Of a firm's people only the safety director answers for all its sites.
FIRM_SIGNS: dict[str, list[str]] = {"prepare": [], "review": [], "approve": ["safety_director"]}

OPEN, OPEN_MAJOR, ALL = "view=open", "view=major", "view=all&state=issued"
FOUND_NOW = "view=all&state=issued&found_on_after=period_start&found_on_before=period_end"
CLOSED_NOW = "view=all&closed_at_after=period_start&closed_at_before=period_end"
IN_FORCE = "view=in_force"
LEDGER = ("hazards", ALL, WHOLE, Period.REALTIME)

# code, name, short name, (register, query, columns, period), legal basis; the first of each is the ledger.
Line = tuple[str, str, str, tuple[str, str, Columns, str], str]
SETS: dict[str, tuple[str, tuple[Line, ...], tuple[Line, ...]]] = {
    "R1": (
        "双控清单",
        (
            ("ledger", "在建工程监管台账", "监管台账", ("projects", "view=underway", SITE, Period.REALTIME), ORDER),
            ("red-risks", "重大风险清单", "重大风险", ("risks", "view=major", RISK, Period.MONTH), DOUBLE_CONTROL),
            ("major-hazards", "重大隐患清单", "重大隐患", ("hazards", OPEN_MAJOR, HAZARD, Period.MONTH), SAFETY_LAW),
            ("duties", "监管责任清单", "监管责任", ("hazards", OPEN, DUTIES, Period.MONTH), ORDER),
            ("findings", "执法检查问题清单", "检查问题", ("hazards", FOUND_NOW, PROBLEMS, Period.MONTH), ORDER),
        ),
        (
            ("ledger", "风险管控与隐患治理台账", "治理台账", LEDGER, DOUBLE_CONTROL),
            ("risks", "风险分级管控清单", "风险管控", ("risks", IN_FORCE, RISK, Period.MONTH), DOUBLE_CONTROL),
            ("searches", "隐患排查清单", "隐患排查", ("hazards", FOUND_NOW, PROBLEMS, Period.MONTH), DOUBLE_CONTROL),
            ("cures", "隐患治理清单", "隐患治理", ("hazards", OPEN, MEASURES, Period.MONTH), DOUBLE_CONTROL),
        ),
    ),
    "R2": (
        "问题整改清单",
        (
            ("ledger", "隐患台账", "隐患台账", LEDGER, ORDER),
            ("problems", "问题清单", "问题", ("hazards", FOUND_NOW, PROBLEMS, Period.MONTH), ORDER),
            ("tasks", "任务清单", "任务", ("hazards", OPEN, TERMS, Period.MONTH), ORDER),
            ("duties", "责任清单", "责任", ("hazards", OPEN, DUTIES, Period.MONTH), ORDER),
            ("closings", "整改销号清单", "整改销号", ("hazards", CLOSED_NOW, CLOSING, Period.MONTH), ORDER),
        ),
        (
            ("ledger", "隐患台账", "隐患台账", LEDGER, ORDER),
            ("problems", "问题清单", "问题", ("hazards", FOUND_NOW, PROBLEMS, Period.MONTH), ORDER),
            ("duties", "责任清单", "责任", ("hazards", OPEN, DUTIES, Period.MONTH), ORDER),
            ("cures", "整改清单", "整改", ("hazards", OPEN, MEASURES, Period.MONTH), ORDER),
        ),
    ),
    "R3": (
        "五落实清单",
        (
            ("ledger", "隐患台账", "隐患台账", LEDGER, ORDER),
            ("hazards", "隐患清单", "隐患", ("hazards", OPEN, HAZARD, Period.MONTH), ORDER),
            ("duties", "责任清单", "责任", ("hazards", OPEN, DUTIES, Period.MONTH), ORDER),
            ("measures", "措施清单", "措施", ("hazards", OPEN, MEASURES, Period.MONTH), ORDER),
            ("terms", "时限清单", "时限", ("hazards", OPEN, TERMS, Period.MONTH), ORDER),
        ),
        (
            ("ledger", "隐患台账", "隐患台账", LEDGER, ORDER),
            (
                "risk-duties",
                "风险管控责任清单",
                "管控责任",
                ("risks", IN_FORCE, RISK_DUTIES, Period.MONTH),
                DOUBLE_CONTROL,
            ),
            (
                "risk-measures",
                "管控措施清单",
                "管控措施",
                ("risks", IN_FORCE, RISK_MEASURES, Period.MONTH),
                DOUBLE_CONTROL,
            ),
            (
                "emergency",
                "应急处置措施清单",
                "应急处置",
                ("risks", IN_FORCE, RISK_EMERGENCY, Period.QUARTER),
                DOUBLE_CONTROL,
            ),
        ),
    ),
    "R4": (
        "监管对象清单",
        (
            ("ledger", "隐患台账", "隐患台账", LEDGER, ORDER),
            ("firms", "企业清单", "企业", ("enterprises", "", CONTRACTOR, Period.QUARTER), ORDER),
            ("projects", "项目清单", "项目", ("projects", "view=underway", SITE, Period.MONTH), ORDER),
            ("works", "危大工程清单", "危大工程", ("dangerous_works", "", WORK, Period.MONTH), DECREE_37),
            ("hazards", "隐患清单", "隐患", ("hazards", OPEN, HAZARD, Period.MONTH), ORDER),
        ),
        (
            ("ledger", "隐患台账", "隐患台账", LEDGER, ORDER),
            ("works", "危大工程清单", "危大工程", ("dangerous_works", "", WORK, Period.MONTH), DECREE_37),
            ("risks", "风险清单", "风险", ("risks", IN_FORCE, RISK, Period.MONTH), DOUBLE_CONTROL),
            ("hazards", "隐患清单", "隐患", ("hazards", OPEN, HAZARD, Period.MONTH), ORDER),
        ),
    ),
}


def load(set_model: Any, type_model: Any, today: date) -> None:
    """Write the readings that are missing; what an administrator has changed stays as it is."""
    for code, (name, of_authority, of_firm) in SETS.items():
        for side, lines in ((Side.AUTHORITY, of_authority), (Side.ENTERPRISE, of_firm)):
            told = {"name": name, "legal_basis": f"{ORDER}；各清单名称未见于文件，为样例"}
            active = code == ACTIVE and not set_model.objects.filter(side=side, is_active=True).exists()
            made, is_new = set_model.objects.get_or_create(
                code=code,
                side=side,
                edition=EDITION,
                defaults=told | ({"is_active": True, "active_since": today} if active else {}),
            )
            if is_new:
                type_model.objects.bulk_create(list_of(type_model, made, at, line) for at, line in enumerate(lines))


def list_of(model: Any, list_set: Any, at: int, line: Line) -> Any:
    code, name, short_name, (register, query, columns, period), basis = line
    return model(
        list_set=list_set,
        code=code,
        name=name,
        short_name=short_name,
        is_ledger=at == 0,
        order=at,
        register=register,
        query=query,
        columns=[{"field": field, "label": label, "width": width} for field, label, width in columns],
        period=period,
        sign_off_roles=AUTHORITY_SIGNS if list_set.side == Side.AUTHORITY else FIRM_SIGNS,
        legal_basis=basis,
    )
