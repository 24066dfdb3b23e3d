"""The columns of hazard ledgers, under the names that offices give them, and the words in their cells."""

from collections.abc import Mapping

from apps.core.excel import Field
from apps.core.imports.form_importer import VERSION_FIELD
from apps.hazards.models import Grade, RiskLevel, Source

CLOSED, OPEN = "closed", "open"

# Code: grade and risk level.  The law knows two grades; what ledgers call 1 to 4 or 突出 and 较大 is a risk level.
GRADES: dict[str, tuple[str, int]] = {
    "major-4": (Grade.MAJOR.value, RiskLevel.MAJOR.value),
    "ordinary-3": (Grade.ORDINARY.value, RiskLevel.CONSIDERABLE.value),
    "ordinary-2": (Grade.ORDINARY.value, RiskLevel.GENERAL.value),
    "ordinary-1": (Grade.ORDINARY.value, RiskLevel.LOW.value),
}
USUAL_GRADE = "ordinary-2"


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# The first spelling of each code is the one to show.
GRADE_WORDS = {
    "major-4": words("重大隐患（重大风险） 重大 重大隐患 1级 一级 Ⅰ级 I级 A级"),
    "ordinary-3": words("一般隐患（较大风险） 突出 突出隐患 较大 较大隐患 2级 二级 Ⅱ级 II级 B级"),
    "ordinary-2": words("一般隐患（一般风险） 一般 一般隐患 3级 三级 Ⅲ级 III级 C级"),
    "ordinary-1": words("一般隐患（低风险） 低 较小 轻微 4级 四级 Ⅳ级 IV级 D级"),
}
CLOSURE_WORDS = {
    CLOSED: words(
        """已销号 销号 已整改 已完成 完成 整改完成 整改完毕 已整改完成 已整改完毕 已整改到位 整改到位 已按要求整改
        按期整改 已落实 已闭合 闭合 已闭环 闭环 已复查 复查合格 合格 已验收 验收合格 已消除 现场处置 现场整改
        当场整改 立查立改 立行立改 已处置 是 √ ✓"""
    ),
    OPEN: words(
        """未销号 未整改 整改中 正在整改 待整改 未完成 部分整改 部分完成 未闭合 未闭环 待复查 未复查 待验收 待销号
        复查不合格 不合格 超期未整改 逾期未整改 超期 逾期 待下达 待签收 已签收 待监理确认 否 × ✗ x"""
    ),
}


def spellings(words_of: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Spelling → code, those to show before all others."""
    shown = {spelled[0]: code for code, spelled in words_of.items()}
    return {**shown, **{word: code for code, spelled in words_of.items() for word in spelled}}


def firm(name: str, label: str, synonyms: str, **more: str) -> Field:
    return Field(name, label, words(synonyms), kind="reference", max_length=100, **more)  # type: ignore[arg-type]


KEPT_AS_TOLD = "只保留在导入原文中"

FIELDS: tuple[Field, ...] = (
    Field("serial", "序号", words("序 项次 No."), help=KEPT_AS_TOLD, example="1"),
    Field(
        "number",
        "隐患编号",
        words("问题编号 隐患台账编号"),
        help="平台上已有的编号表示更正这条隐患（只限待下达的）；其他编号只保留在导入原文中",
    ),
    VERSION_FIELD,
    Field(
        "found_on",
        "检查时间",
        words("检查日期 排查时间 排查日期 发现时间 发现日期"),
        kind="date",
        required=True,
        example="2026-11-02",
    ),
    Field(
        "inspecting_body",
        "检查单位",
        words("排查单位 检查部门 督办单位 督查单位 检查组"),
        max_length=100,
        example="长安区建设工程安全监督站",
    ),
    Field(
        "inspectors",
        "检查人",
        words("检查人员 排查人员 排查人 督办人员 检查负责人 监督员"),
        max_length=100,
        example="张某、李某",
    ),
    Field(
        "project",
        "检查项目",
        words("工程项目 工程名称 项目名称 工程项目名称 受检项目 被检项目 所属项目 标段"),
        kind="reference",
        max_length=200,
        help="与平台上的工程项目对应；没有的在检查结果中选择对应或新建",
        example="滹沱河畔小区一期",
    ),
    Field("project_number", "项目编号", words("工程编号 项目代码"), kind="reference", max_length=40),
    Field(
        "place",
        "检查工点",
        words("检查地点 检查部位 隐患部位 隐患地点 部位 地点 工点 施工部位 具体位置"),
        max_length=300,
        example="3号楼12层东侧",
    ),
    Field(
        "description",
        "隐患问题描述",
        words(
            """隐患描述 问题描述 存在问题 存在的问题 存在问题/隐患 存在隐患 隐患内容 隐患情况 检查发现的问题 发现的问题
            主要问题 事故隐患 问题隐患 隐患名称"""
        ),
        required=True,
        max_length=4000,
        example="外脚手架连墙件缺失",
    ),
    Field(
        "category",
        "隐患类型",
        words("隐患类别 问题类型 问题类别 类别 类型 专业 隐患分类"),
        max_length=40,
        example="脚手架",
    ),
    Field(
        "grade",
        "隐患等级",
        words("隐患级别 等级 级别 问题等级 问题级别 隐患分级"),
        kind="choice",
        choices=spellings(GRADE_WORDS),
        help="法定等级只有一般和重大；1级为重大，2级（突出、较大）和3级为一般，按风险等级区分。空白按一般风险",
    ),
    Field(
        "risk_level",
        "风险等级",
        words("风险级别 风险分级"),
        kind="choice",
        choices={level.label: str(level.value) for level in reversed(RiskLevel)},
    ),
    Field(
        "source",
        "来源",
        words("检查类型 检查形式 隐患来源 检查方式"),
        kind="choice",
        choices={source.label: source.value for source in Source},
    ),
    Field("clause", "违反条款", words("违反规范 依据条款 标准依据 违反标准条款"), max_length=1000),
    Field(
        "demands",
        "整改要求（措施）",
        words("整改要求 整改意见 处理意见 整改措施要求 整改建议 处置要求"),
        max_length=4000,
        example="立即补设连墙件，经验收合格后方可使用",
    ),
    Field("measures", "整改措施", words("采取的措施 整改情况说明 整改落实情况"), max_length=4000),
    Field("funds", "整改资金", words("治理资金 投入资金"), kind="decimal", unit="元"),
    Field(
        "deadline",
        "整改期限",
        words("整改时限 限期 整改截止日期 要求完成时间 要求完成日期 计划完成时间 整改完成时限 限改日期"),
        kind="date",
        example="2026-11-09",
    ),
    firm("owner_firm", "建设单位", "整改责任单位/建设 责任单位/建设 业主单位"),
    firm("design_firm", "设计单位", "整改责任单位/设计 责任单位/设计"),
    firm(
        "contractor",
        "施工单位",
        "整改责任单位/施工 责任单位/施工 整改责任单位 责任单位 整改单位 整改企业 受检单位 被检单位 施工总承包单位",
        help="整改企业；空白时取建设单位",
        example="河北某某建筑有限公司",
    ),
    firm("supervision_firm", "监理单位", "整改责任单位/监理 责任单位/监理"),
    Field(
        "responsible_person",
        "整改责任人",
        words("责任人 整改人 整改负责人 整改责任人及电话 责任人员"),
        max_length=50,
        example="王某",
    ),
    Field(
        "rectified_on",
        "整改完成日期",
        words("整改完成时间 完成日期 完成时间 实际完成时间 实际完成日期 整改日期"),
        kind="date",
        example="2026-11-08",
    ),
    Field(
        "closure",
        "销号情况",
        words(
            """是否销号 销号状态 完成情况 是否完成 整改情况 整改状态 整改结果 整改完成情况 是否整改 是否整改到位
            复查结果 复查情况 验收情况 验收结果 闭合情况 闭合状态 是否闭合 闭环情况 是否闭环 状态"""
        ),
        kind="choice",
        choices=spellings(CLOSURE_WORDS),
        help="写法不同含义相同的都按已销号；空白按未销号",
    ),
    Field("closed_on", "销号日期", words("销号时间 验收日期 验收时间 复查日期 复查时间 闭合日期"), kind="date"),
    Field("closer", "销号人", words("验收人 复查人 复查人员 验收人员"), max_length=100, help=KEPT_AS_TOLD),
    Field("remarks", "备注", words("说明"), max_length=1000, help=KEPT_AS_TOLD),
)
