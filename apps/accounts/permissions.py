"""The access matrix as a table, for the page and for docs/permissions.md."""

from dataclasses import dataclass

from apps.accounts.rights import EVERYONE
from apps.accounts.roles import ROLES, Role

# Words for the verbs of permissions; a permission is "<app>.<verb>_<model>".
VERBS = {
    "view": "查看",
    "add": "新增",
    "change": "修改",
    "import": "导入",
    "export": "导出",
    "reveal": "查看完整身份证号和电话",
    "disable": "停用",
    "reset": "重置密码",
    "unlock": "解除锁定",
    "assign_role": "授予角色",
    "revoke": "撤销",
    "record": "登记",
    "order": "下达整改",
    "receive": "签收",
    "rectify": "提交整改",
    "remind": "催办",
    "approve_extension": "批准延期",
    "confirm": "监理确认",
    "verify": "复查",
    "close": "销号",
    "void": "申请作废",
    "approve_void": "批准作废",
    "contest": "提出异议",
    "assign": "指派经办人",
    "check": "检查、核实",
    "approve": "批准和解除",
    "approve_red": "批准和解除重大（红色）风险",
    "share": "供本单位使用",
    "publish": "公布（视图：供全部用户使用）",
    "propose": "提请",
    "view_basis": "查看提出依据",
    "decide": "决定",
    "report": "报告",
    "withdraw": "撤销",
    "send": "移送",
    "handle": "登记办理",
    "freeze": "冻结",
    "sign": "签批和作废",
    "settle": "处理",
    "issue": "核对编号",
    "serve": "登记送达",
    "enforce": "启用",
    "resend": "重新发送",
    "inspect": "现场检查",
    "supplement": "补充记录",
    "commit": "交存和公开密语",
    "draw": "公告和抽取",
    "merge": "提请合并",
    "decide_merge": "决定和撤销合并",
    "determine": "认定",
    "object": "提出异议、申请复核",
    "answer": "反馈",
    "accept": "受理",
    "apply": "申请",
    "proctor": "监考（开启考试终端）",
}
SUBJECTS = {
    "hazards.hazard": "隐患",
    "hazards.tally": "统计分析",
    "hazards.reminderrule": "提醒规则",
    "supervision.listing": "挂牌督办",
    "supervision.stopwork": "停工",
    "supervision.transfer": "案件移送",
    "supervision.escalationrule": "督办升级规则",
    "accidents.accident": "事故",
    "credit.creditstanding": "企业信用",
    "credit.appeal": "异议申诉",
    "credit.personstanding": "个人信用",
    "credit.creditentry": "信用记录",
    "credit.blacklisting": "失信名单",
    "credit.jointmeasure": "联合惩戒",
    "credit.permitcase": "安许证处置",
    "credit.creditrepair": "信用修复",
    "credit.creditcertificate": "信用证明",
    "credit.credititem": "信用评价项目",
    "credit.creditprofile": "信用评价标准",
    "credit.repairterm": "公示和修复期限",
    "credit.listtype": "失信名单种类",
    "credit.permitrule": "安许证处置标准",
    "credit.agency": "查询单位",
    "credit.lookup": "查询记录",
    "risks.riskpoint": "风险点",
    "risks.riskrule": "风险评价规则",
    "lists.listtype": "台账与清单",
    "lists.listset": "清单体系",
    "lists.listsnapshot": "清单快照",
    "lists.reconciliation": "清单核对",
    "lists.difference": "核对差异",
    "inspections.plan": "年度检查计划",
    "inspections.campaign": "检查任务",
    "inspections.draw": "随机抽取",
    "inspections.visit": "监督检查",
    "inspections.inspector": "检查人员",
    "inspections.riskclass": "企业信用风险分类",
    "inspections.matter": "抽查事项",
    "inspections.checklist": "检查表",
    "documents.paper": "执法文书",
    "documents.papertemplate": "文书模板",
    "documents.issuingoffice": "发文字号",
    "projects.project": "工程项目",
    "projects.dangerouswork": "危大工程",
    "enterprises.enterprise": "企业",
    "enterprises.enterprisemerge": "企业合并",
    "people.person": "从业人员",
    "exams.question": "题库",
    "exams.exam": "考试",
    "exams.attempt": "考试成绩",
    "people.certificaterule": "证书规则",
    "people.consentwording": "告知书文本",
    "people.retentionrule": "个人信息保存期限",
    "roster.engagement": "花名册",
    "roster.attendance": "考勤",
    "roster.attendancefault": "考勤差异",
    "wages.wageaccount": "工资专用账户",
    "wages.wagemonth": "工资月报",
    "wages.wagerule": "工资预警规则",
    "duty.dutyday": "带班记录",
    "duty.leave": "带班请假",
    "duty.safetylog": "施工安全日志",
    "duty.commitment": "安全生产承诺书",
    "duty.commitmentbreach": "违诺记录",
    "duty.directorappointment": "企业安全总监",
    "duty.inspectorappointment": "项目安全督查员",
    "duty.dutymonth": "项目履职月报",
    "duty.firmdutymonth": "企业负责人带班月报",
    "duty.dutyterm": "履职标准",
    "duty.wording": "承诺书范本",
    "duty.logitem": "安全日志项目",
    "training.course": "培训课程",
    "training.trainingplan": "培训计划",
    "training.session": "培训班次",
    "training.participation": "参训记录",
    "training.hoursrule": "学时标准",
    "coverage.coverageday": "培训覆盖率",
    "coverage.coveragegap": "未覆盖人次",
    "coverage.coveragerule": "培训覆盖率口径",
    "accounts.user": "用户",
    "accounts.organisation": "组织机构",
    "accounts.role": "角色",
    "accounts.grant": "例外授权",
    "core.dictionaryentry": "数据字典",
    "core.event": "操作日志",
    "core.job": "后台任务",
    "core.savedview": "视图",
    "notifications.message": "消息",
    "notifications.messagekind": "消息类别",
    "notifications.channelsetting": "外发渠道",
    "notifications.delivery": "外发记录",
    "regions.region": "行政区划",
}
REACHES = {
    "region": "本机构辖区",
    "enterprise": "本企业",
    "projects": "参与或受托的项目",
    "none": "不接触业务数据",
}


@dataclass(frozen=True)
class Line:
    """One permission and, per role in order, whether the role has it."""

    permission: str
    subject: str
    verb: str
    held: tuple[bool, ...]


@dataclass(frozen=True)
class Matrix:
    roles: tuple[Role, ...]
    reaches: tuple[str, ...]
    lines: tuple[Line, ...]


def split(permission: str) -> tuple[str, str]:
    """hazards.approve_void_hazard -> ("hazards.hazard", "approve_void")"""
    app, _, rest = permission.partition(".")
    verb, _, model = rest.rpartition("_")
    return f"{app}.{model}", verb


def matrix() -> Matrix:
    roles = tuple(ROLES.values())
    known = set().union(*(role.permissions for role in roles))
    lines = tuple(
        Line(p, SUBJECTS[split(p)[0]], VERBS[split(p)[1]], tuple(p in role.permissions for role in roles))
        for p in sorted(known, key=_place)
    )
    return Matrix(roles, tuple(REACHES[role.reach] for role in roles), lines)


def _place(permission: str) -> tuple[int, int]:
    subject, verb = split(permission)
    return list(SUBJECTS).index(subject), list(VERBS).index(verb)


def as_markdown() -> str:
    """docs/permissions.md, written by `manage.py permissions_doc` and compared by a test."""
    table = matrix()
    head = ["| 权限 | " + " | ".join(role.label for role in table.roles) + " |", "|---|" + ":-:|" * len(table.roles)]
    body = [
        f"| {line.subject}：{line.verb} `{line.permission}` | "
        + " | ".join("✓" if held else "" for held in line.held)
        + " |"
        for line in table.lines
    ]
    return "\n".join([*INTRODUCTION, *head, *body, "", *_reach_table(table), "", *_account_table(table), ""])


INTRODUCTION = [
    "# Permissions",
    "",
    "Generated from `apps/accounts/roles.py` and `rights.py` by `python3 run.py manage permissions_doc`; a test",
    "compares the two.",
    "A role says what a person may do at all. Which rows it may be done to is the person's scope (second table), and",
    "whether this person may make this move on this record is a guard in the transition table of the record.",
    f"Every role has: {', '.join(f'`{p}`' for p in sorted(EVERYONE))}.",
    "",
    "## What each role may do",
    "",
]


def _reach_table(table: Matrix) -> list[str]:
    rows = [
        f"| {role.label} `{role.code}` | {reach} | {'全部账号与机构' if role.keeps_accounts else '本机构'} |"
        for role, reach in zip(table.roles, table.reaches, strict=True)
    ]
    return ["## How far each role reaches", "", "| 角色 | 业务数据 | 账号与机构 |", "|---|---|---|", *rows]


def _account_table(table: Matrix) -> list[str]:
    def named(codes: tuple[str, ...]) -> str:
        return "、".join(ROLES[code].label for code in codes if code) or "—"

    rows = [f"| {role.label} | {named(role.assigns)} | {named(role.manages)} |" for role in table.roles]
    return [
        "## Who gives roles to whom, and who looks after whose account",
        "",
        "| 角色 | 可授予的角色 | 可管理其账号的角色 |",
        "|---|---|---|",
        *rows,
    ]
