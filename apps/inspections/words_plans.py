"""Words of plans, campaigns, libraries and publication for histories and dictionaries; connects their receivers."""

from apps.core import words
from apps.inspections import receivers_plans  # noqa: F401
from apps.inspections.models import CampaignState
from apps.inspections.publication import TERM
from apps.inspections.workflow.campaign import CAMPAIGN
from apps.inspections.workflow.plan import PLAN

words.say(
    titles={move.name: move.label for table in (PLAN, CAMPAIGN) for move in table.transitions}
    | {
        "quotas_set": "分配检查数量",
        "zero_reported": "报送零报告",
        "reassigned": "调整检查安排",
        "result_corrected": "更正公示",
    },
    labels={
        "fields_known": "专业",
        "stages": "形象进度",
        "kinds": "工程类别",
        "categories": "危大工程类别",
        "quotas": "检查数量",
        "period": "报告期",
        "inspectors": "检查人员",
        "after": "更正后",
        "before": "原公示结果",
    },
    states={CampaignState.FINISHED.value: str(CampaignState.FINISHED.label)},
    dictionaries={TERM: "公示期限"},
)
