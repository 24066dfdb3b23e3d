"""Words of inspections for histories and dictionaries: what moves, facts and states are called."""

from apps.core import words
from apps.inspections.models import CampaignState, DrawState, RiskGrade, VisitState
from apps.inspections.publication import TERM
from apps.inspections.workflow.campaign import CAMPAIGN
from apps.inspections.workflow.draw import DRAW
from apps.inspections.workflow.plan import PLAN
from apps.inspections.workflow.visit import VISIT

OF_VISITS = {
    "record_sha256": "记录校验值",
    "hazards": "隐患",
    "papers": "执法文书",
    "publish_by": "公示期限",
    "public_result": "公示结果",
    "cancel_reason": "取消理由",
    "team": "检查组",
    "tables": "检查表",
    "planned_on": "计划检查日期",
    "text": "补充内容",
    "withdrawn_from": "停用日期",
}
OF_PLANS = {
    "fields_known": "专业",
    "stages": "形象进度",
    "kinds": "工程类别",
    "categories": "危大工程类别",
    "quotas": "检查数量",
    "period": "报告期",
    "inspectors": "检查人员",
    "after": "更正后",
    "before": "原公示结果",
}
OF_DRAWS = {
    "commitment": "承诺值",
    "opinion": "意见",
    "recent_days": "近期已检查的天数",
    "visits_from": "检查开始日期",
    "visits_until": "检查结束日期",
    **{f"rate_{grade.value.lower()}": f"{grade.label}抽取比例" for grade in RiskGrade},
}
words.say(
    titles={move.name: move.label for table in (VISIT, PLAN, CAMPAIGN, DRAW) for move in table.transitions}
    | {
        "supplemented": "补充记录",
        "withdrawn": "停用",
        "quotas_set": "分配检查数量",
        "zero_reported": "报送零报告",
        "reassigned": "调整检查安排",
        "result_corrected": "更正公示",
    },
    of={"inspections.drawscheme": {"removed": "删除方案"}},
    labels=OF_VISITS | OF_PLANS | OF_DRAWS,
    states=dict(VisitState.choices)
    | dict(DrawState.choices)
    | {CampaignState.FINISHED.value: str(CampaignState.FINISHED.label)},
    dictionaries={TERM: "公示期限"},
)
