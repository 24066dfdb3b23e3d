"""Words of credit supervision for histories and dictionaries: what moves, facts and states are called."""

from apps.core import words
from apps.credit.clocks import TERMS
from apps.credit.models import CertificateState, EntryState, ListState, MeasureState, PermitState, RepairState
from apps.credit.workflow import CERTIFICATE, ENTRY, JOINT, LISTING, PERMIT, REPAIR

# By record, as the same move is called otherwise with another: 撤销认定, 撤销列入, 决定吊销.
TABLES = {
    "credit.creditentry": ENTRY,
    "credit.blacklisting": LISTING,
    "credit.permitcase": PERMIT,
    "credit.creditrepair": REPAIR,
    "credit.jointmeasure": JOINT,
    "credit.creditcertificate": CERTIFICATE,
}
STATES = (EntryState, ListState, PermitState, RepairState, MeasureState, CertificateState)
OF_FINDINGS = {
    "source": "来源",
    "months": "期限（月）",
    "list_type": "名单种类",
    "item": "评价项目",
    "office": "实施单位",
    "sanction": "措施",
    "feedback_by": "反馈期限",
    "finding": "修复对象",
    "proof": "证明材料",
    "revocation": "吊销案件",
}
OF_CERTIFICATES = {"on_day": "证明日期", "at_least": "信用等级不低于", "holder": "持证单位"}

words.say(
    titles={
        "sent": "推送",
        "evidence_added": "添加证据文件",
        "applied_for": "申请修复",
        "made": "出具",
        "token_made": "生成令牌",
    },
    of={
        record_type: {"proposed": "提出"} | {move.name: str(move.label) for move in table.transitions}
        for record_type, table in TABLES.items()
    },
    labels=OF_FINDINGS | OF_CERTIFICATES,
    states={code: str(label) for states in STATES for code, label in states.choices},
    dictionaries={term.kind: term.label for term in TERMS},
)
