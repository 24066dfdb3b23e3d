"""The kinds of official papers (执法文书), as code: label, character in the number, what each must say, its basis.

The wording of a paper is data (`PaperTemplate`); what it must contain is law or its meaning, and stands here.
"""

from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["line", "text", "day", "items"]


@dataclass(frozen=True)
class ContentField:
    """One thing that a paper says; the label is also its placeholder in templates, {整改期限}.

    "items" are rows of problems, each {"text", "clause", "demand"}; "day" is an ISO date.
    """

    name: str
    label: str
    kind: FieldKind = "line"
    required: bool = True
    help_text: str = ""


@dataclass(frozen=True)
class PaperKind:
    """`character` stands in the number after the office's own words: 冀石建安改〔2026〕000123号.

    `starts_clock` says that a deadline counts from the service of the paper.  Where no text that we could read
    prescribes the paper, `basis` says so instead of quoting one.
    """

    code: str
    label: str
    character: str
    fields: tuple[ContentField, ...]
    basis: str
    starts_clock: bool = False
    copies: int = 3

    def field(self, name: str) -> ContentField:
        return next(field for field in self.fields if field.name == name)

    @property
    def required(self) -> tuple[ContentField, ...]:
        return tuple(field for field in self.fields if field.required)


ITEMS_HELP = "每行一条；可依次写问题、违反条款、整改要求，中间用竖线“｜”隔开"
PROJECT = ContentField("project", "工程名称")
ITEMS = ContentField("items", "问题清单", "items", help_text=ITEMS_HELP)
DEADLINE = ContentField("deadline", "整改期限", "day")
DEMANDS = ContentField("demands", "整改要求", "text", required=False)
INSPECTORS = ContentField("inspectors", "监督人员", required=False, help_text="姓名和执法证号，不少于两人")
CONTACT = ContentField("contact", "联系方式", required=False, help_text="联系人、电话，印在文书上")
EARLIER = ContentField("earlier_number", "原文书文号")

DUTY = "《中华人民共和国安全生产法》第六十五条、《建设工程安全生产管理条例》第四十三条"
LISTED = "《房屋市政工程生产安全重大隐患排查治理挂牌督办暂行办法》（建质〔2011〕158号）"
TRUST = "国办发〔2020〕49号（认定前告知事由、依据和权利；认定文书载明惩戒措施提示、移出条件和救济措施），格式为实践做法"

_ALL = (
    PaperKind(
        "inspection_record",
        "监督检查记录",
        "检",
        (
            PROJECT,
            ContentField("matter", "检查类型", help_text="检查类型和检查编号"),
            ContentField("day", "检查日期", "day"),
            ContentField("tables", "检查内容", "text"),
            ContentField("result", "检查结果", "text"),
            ContentField("items", "发现的问题", "items", help_text=ITEMS_HELP),
            ContentField("opinion", "检查意见", "text", required=False),
            ContentField("answer", "被检查方意见", "text", required=False, help_text="意见，或拒绝签名的情况"),
            INSPECTORS,
            CONTACT,
        ),
        "《中华人民共和国安全生产法》第六十八条（检查须作书面记录，由检查人员和被检查单位负责人签字；拒绝签字的记录在案）",
        copies=2,
    ),
    PaperKind(
        "rectification_notice",
        "限期整改通知书",
        "改",
        (PROJECT, ITEMS, DEADLINE, DEMANDS, INSPECTORS, CONTACT),
        DUTY,
        starts_clock=True,
        copies=4,
    ),
    PaperKind(
        "stop_work_notice",
        "停工通知书",
        "停",
        (
            PROJECT,
            ContentField("scope", "停工范围", help_text="全面停工，或局部停工及其部位"),
            ITEMS,
            ContentField("deadline", "整改期限", "day", required=False),
            DEMANDS,
            INSPECTORS,
            CONTACT,
        ),
        DUTY,
        starts_clock=True,
        copies=4,
    ),
    PaperKind(
        "review_opinion",
        "复查意见书",
        "查",
        (
            PROJECT,
            EARLIER,
            ContentField("items", "复查情况", "items", help_text=ITEMS_HELP),
            ContentField("conclusion", "复查结论", "text"),
            INSPECTORS,
            CONTACT,
        ),
        DUTY,
        copies=4,
    ),
    PaperKind(
        "resumption_notice",
        "复工通知书",
        "复",
        (
            PROJECT,
            EARLIER,
            ContentField("scope", "复工范围"),
            ContentField("resumes_on", "复工日期", "day"),
            DEMANDS,
            INSPECTORS,
            CONTACT,
        ),
        DUTY,
        copies=4,
    ),
    # The five contents that 158号 prescribes: name, hazard, demands with their deadline, procedure of release, others.
    PaperKind(
        "listing_notice",
        "挂牌督办通知书",
        "督",
        (
            PROJECT,
            ContentField("items", "重大隐患具体内容", "items", help_text=ITEMS_HELP),
            ContentField("demands", "治理要求", "text"),
            ContentField("deadline", "治理期限", "day"),
            ContentField("release_procedure", "督办解除程序", "text"),
            ContentField("other", "其他事项", "text", help_text="没有其他要求时写“无”"),
            ContentField("level", "督办级别", required=False),
            CONTACT,
        ),
        LISTED,
        starts_clock=True,
        copies=5,
    ),
    PaperKind(
        "listing_release",
        "解除挂牌督办通知书",
        "解",
        (PROJECT, EARLIER, ContentField("findings", "现场审查情况", "text"), CONTACT),
        LISTED,
        copies=5,
    ),
    PaperKind(
        "enforcement_proposal",
        "行政执法建议书",
        "建",
        (
            PROJECT,
            ITEMS,
            ContentField("proposal", "执法建议", "text"),
            ContentField("deadline", "回告期限", "day"),
            CONTACT,
        ),
        "河北省省级安全检查通行做法，依据待主管部门确认",
        starts_clock=True,
    ),
    PaperKind(
        "case_transfer",
        "案件移送书",
        "移",
        (
            PROJECT,
            ContentField("facts", "案情和涉嫌违法事实", "text"),
            ContentField("grounds", "移送依据", "text"),
            ContentField("items", "证据材料清单", "items", help_text="每行一件"),
            ContentField("deadline", "回告期限", "day", required=False),
            CONTACT,
        ),
        "《中华人民共和国行政处罚法》第二十二条、第二十七条（管辖和移送），移送程序以当地规定为准",
        starts_clock=True,
    ),
    PaperKind(
        "urging_letter",
        "督办函",
        "函",
        (
            ContentField("matter", "督办事项", "text"),
            ContentField("demands", "办理要求", "text"),
            ContentField("deadline", "办理期限", "day"),
            ContentField("project", "工程名称", required=False),
            CONTACT,
        ),
        "河北省省级巡查通行做法，依据待主管部门确认",
        starts_clock=True,
    ),
    # What 国办发〔2020〕49号 has the subject told before the finding, and read in the decision to list: cause, law,
    # measures, conditions of the removal, remedies.
    PaperKind(
        "credit_notice",
        "信用认定告知书",
        "告",
        (
            ContentField("subject", "当事人", help_text="名称和统一社会信用代码"),
            ContentField("matter", "拟认定事项", "text"),
            ContentField("facts", "认定的事实", "text"),
            ContentField("items", "证据清单", "items", help_text="每行一件"),
            ContentField("grounds", "认定依据", "text"),
            ContentField("consequence", "拟作出的处理", "text"),
            ContentField("rights", "陈述申辩和异议权利", "text", help_text="提出的期限、方式和受理单位"),
            ContentField("project", "工程名称", required=False),
            CONTACT,
        ),
        TRUST,
        starts_clock=True,
    ),
    PaperKind(
        "list_decision",
        "严重失信主体名单列入决定书",
        "列",
        (
            ContentField("subject", "当事人", help_text="名称和统一社会信用代码"),
            ContentField("list_name", "名单名称"),
            ContentField("decision_number", "决定文号"),
            ContentField("condition", "列入情形", "text"),
            ContentField("facts", "认定的事实", "text"),
            ContentField("grounds", "列入依据", "text"),
            ContentField("listed_on", "列入日期", "day"),
            ContentField("listed_until", "列入截止日期", "day"),
            ContentField("measures", "惩戒措施", "text"),
            ContentField("removal", "移出条件和程序", "text"),
            ContentField("remedies", "救济途径", "text"),
            CONTACT,
        ),
        TRUST,
    ),
    # What a decision on a penalty has to say (行政处罚法第五十九条), for the suspension and the revocation alike.
    PaperKind(
        "permit_decision",
        "安全生产许可证处置决定书",
        "许",
        (
            ContentField("subject", "当事人", help_text="名称和统一社会信用代码"),
            ContentField("permit_number", "许可证编号"),
            ContentField("decision_number", "决定文号"),
            ContentField("facts", "认定的事实", "text"),
            ContentField("items", "证据清单", "items", help_text="每行一件"),
            ContentField("grounds", "处置依据", "text"),
            ContentField("decision", "处置决定", "text"),
            ContentField("performance", "履行方式和期限", "text"),
            ContentField("remedies", "救济途径", "text"),
            ContentField("project", "工程名称", required=False),
            CONTACT,
        ),
        "《建筑施工企业安全生产许可证动态监管暂行办法》（建质〔2008〕121号）、《中华人民共和国行政处罚法》第五十九条",
        starts_clock=True,
    ),
)

KINDS: dict[str, PaperKind] = {kind.code: kind for kind in _ALL}


def kind_choices() -> list[tuple[str, str]]:
    return [(kind.code, kind.label) for kind in _ALL]


def content_fields() -> dict[str, list[ContentField]]:
    """Every field by name with its meanings in the kinds that have it, for a form that fits all of them."""
    found: dict[str, list[ContentField]] = {}
    for kind in _ALL:
        for field in kind.fields:
            found.setdefault(field.name, []).append(field)
    return found
