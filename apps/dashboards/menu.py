"""The menu of the platform: built from permissions, so that what may not be opened is not shown."""

from dataclasses import dataclass
from typing import Any

from apps.core.addresses import address_of


@dataclass(frozen=True)
class Item:
    """A line of the menu; `permission` empty is for everybody.  `count` names a figure of `todos.waiting`."""

    label: str
    url_name: str
    icon: str
    permission: str = ""
    count: str = ""
    hot: bool = False


MENU: tuple[tuple[str, tuple[Item, ...]], ...] = (
    ("", (Item("工作台", "dashboards:home", "home", count="todo", hot=True),)),
    (
        "监管对象",
        (
            Item("工程项目", "projects:list", "building-community", "projects.view_project"),
            Item("危大工程", "dangerous_works:list", "alert-triangle", "projects.view_dangerouswork"),
            Item("企业", "enterprises:list", "building-factory-2", "enterprises.view_enterprise"),
            Item("从业人员", "people:list", "users", "people.view_person"),
            Item("花名册", "roster:list", "users-group", "roster.view_engagement"),
            Item("考勤", "attendance:list", "clock", "roster.view_attendance"),
            Item("考勤差异", "attendance_faults:list", "alert-circle", "roster.view_attendancefault"),
            Item("工资月报", "wages:list", "clipboard-list", "wages.view_wagemonth"),
            Item("工资专用账户", "wage_accounts:list", "certificate", "wages.view_wageaccount"),
        ),
    ),
    (
        "隐患治理",
        (
            Item("隐患台账", "hazards:list", "list-details", "hazards.view_hazard", count="open"),
            Item("登记隐患", "hazards:new", "plus", "hazards.add_hazard"),
            Item("风险清单", "risks:list", "activity", "risks.view_riskpoint"),
        ),
    ),
    (
        "履职管理",
        (
            Item("履职概览", "duty_overview", "chart-bar", "duty.view_dutymonth"),
            Item("项目履职月报", "duty_months:list", "calendar", "duty.view_dutymonth"),
            Item("企业带班月报", "firm_duty_months:list", "calendar", "duty.view_firmdutymonth"),
            Item("带班记录", "duty_days:list", "user", "duty.view_dutyday"),
            Item("带班请假", "leaves:list", "send", "duty.view_leave"),
            Item("施工安全日志", "safety_logs:list", "book", "duty.view_safetylog"),
            Item("安全生产承诺书", "commitments:list", "certificate", "duty.view_commitment"),
            Item("企业安全总监", "safety_directors:list", "user-cog", "duty.view_directorappointment"),
            Item("安全总监配备", "director_needs:list", "checklist", "duty.view_directorappointment"),
            Item("项目安全督查员", "site_inspectors:list", "users-group", "duty.view_inspectorappointment"),
            Item("项目履职配备", "site_needs:list", "checklist", "duty.view_inspectorappointment"),
        ),
    ),
    (
        "监督检查",
        (
            Item("检查记录", "visits:list", "clipboard-check", "inspections.view_visit"),
            Item("随机抽取", "draws:list", "dice-5", "inspections.view_draw"),
            Item("检查任务", "campaigns:list", "flag", "inspections.view_campaign"),
            Item("检查对象库", "inspection_objects:list", "map-pin", "inspections.view_campaign"),
            Item("待回访", "follow_ups", "refresh", "inspections.view_campaign"),
            Item("检查日历", "inspection_calendar", "calendar", "inspections.view_campaign"),
            Item("年度计划", "inspection_plans:list", "book", "inspections.view_plan"),
            Item("检查人员库", "inspectors:list", "users-group", "inspections.view_inspector"),
            Item("信用风险分类", "risk_classes:list", "adjustments", "inspections.view_riskclass"),
            Item("抽查事项", "matters:list", "list-details", "inspections.view_matter"),
            Item("检查统计", "inspection_reports", "chart-bar", "inspections.view_campaign"),
            Item("检查表", "checklists:list", "checklist", "inspections.view_checklist"),
            Item("手机检查", "phone:today", "device-mobile", "inspections.inspect_visit"),
        ),
    ),
    (
        "教育培训",
        (
            Item("培训覆盖率", "coverage", "chart-bar", "coverage.view_coverageday"),
            Item("未覆盖人次", "coverage_gaps:list", "users-group", "coverage.view_coveragegap"),
            Item("覆盖率明细", "coverage_days:list", "list-details", "coverage.view_coverageday"),
            Item("培训班次", "trainings:list", "school", "training.view_session"),
            Item("培训签到", "training_scan", "device-mobile", "training.change_session"),
            Item("人员培训情况", "trainees:list", "users-group", "training.view_session"),
            Item("参训记录", "participations:list", "clipboard-list", "training.view_participation"),
            Item("培训计划", "training_plans:list", "calendar", "training.view_trainingplan"),
            Item("培训课程", "courses:list", "book", "training.view_course"),
            Item("考试", "exams:list", "writing-sign", "exams.view_exam"),
            Item("考试成绩", "attempts:list", "certificate", "exams.view_attempt"),
            Item("题库", "questions:list", "bookmark", "exams.view_question"),
        ),
    ),
    (
        "督办执法",
        (
            Item("挂牌督办", "listings:list", "flag", "supervision.view_listing"),
            Item("停工复工", "stop_works:list", "ban", "supervision.view_stopwork"),
            Item("案件移送", "transfers:list", "send", "supervision.view_transfer"),
            Item("事故台账", "accidents:list", "alert-circle", "accidents.view_accident"),
            Item("执法文书", "papers:list", "file-text", "documents.view_paper"),
        ),
    ),
    (
        "信用监管",
        (
            Item("企业信用", "credit:list", "certificate", "credit.view_creditstanding"),
            Item("信用记录", "credit_entries:list", "clipboard-list", "credit.view_creditentry"),
            Item("个人信用", "personal_credit:list", "user", "credit.view_personstanding"),
            Item("失信名单", "blacklistings:list", "ban", "credit.view_blacklisting"),
            Item("联合惩戒", "joint_measures:list", "link", "credit.view_jointmeasure"),
            Item("安全生产许可证", "permits:list", "file-text", "enterprises.view_enterprise"),
            Item("安许证处置", "permit_cases:list", "alert-triangle", "credit.view_permitcase"),
            Item("异议申诉", "appeals:list", "gavel", "credit.view_appeal"),
            Item("信用修复", "credit_repairs:list", "refresh", "credit.view_creditrepair"),
            Item("信用证明", "credit_certificates:list", "shield-check", "credit.view_creditcertificate"),
        ),
    ),
    (
        "台账清单",
        (
            Item("台账与清单", "lists:home", "clipboard-list", "lists.view_listtype"),
            Item("清单快照", "list_snapshots:list", "lock", "lists.view_listsnapshot"),
            Item("清单核对", "list_reconciliations:list", "checklist", "lists.view_reconciliation"),
        ),
    ),
    (
        "统计与导出",
        (
            Item("统计分析", "stats:own", "chart-bar", "hazards.view_tally"),
            Item("法定统计表", "stats:statutory", "file-spreadsheet", "hazards.view_tally"),
            Item("工资统计", "stats:wages", "chart-bar", "hazards.view_tally"),
            Item("导入记录", "imports:list", "file-import", "hazards.import_hazard"),
            Item("后台任务", "jobs:list", "file-export", "core.view_job"),
        ),
    ),
    (
        "系统管理",
        (
            Item("用户", "users:list", "user-cog", "accounts.view_user"),
            Item("组织机构", "organisations:list", "sitemap", "accounts.add_organisation"),
            Item("角色权限", "accounts:roles", "shield-check", "accounts.view_role"),
            Item("例外授权", "grants:list", "key", "accounts.view_grant"),
            Item("企业合并", "enterprise_merges:list", "copy", "enterprises.view_enterprisemerge"),
            Item("提醒规则", "reminder_rules:list", "bell", "hazards.view_reminderrule"),
            Item("消息类别", "message_kinds:list", "mail", "notifications.change_messagekind"),
            Item("外发渠道", "channels:list", "send", "notifications.view_channelsetting"),
            Item("外发记录", "deliveries:list", "list-details", "notifications.view_delivery"),
            Item("督办升级规则", "escalation_rules:list", "adjustments", "supervision.view_escalationrule"),
            Item("清单设置", "list_sets:list", "settings", "lists.change_listset"),
            Item("文书模板", "paper_templates:list", "clipboard-list", "documents.view_papertemplate"),
            Item("查询单位", "agencies:list", "key", "credit.view_agency"),
            Item("查询记录", "look_ups:list", "list-details", "credit.view_lookup"),
            Item("数据字典", "dictionaries:list", "book", "core.view_dictionaryentry"),
            Item("风险评价规则", "risk_rules:list", "adjustments", "risks.add_riskrule"),
            Item("工资预警规则", "wage_rules:list", "adjustments", "wages.add_wagerule"),
            Item("学时标准", "hours_rules:list", "school", "training.add_hoursrule"),
            Item("信用评价目录", "credit_items:list", "book", "credit.view_credititem"),
            Item("信用评价标准", "credit_profiles:list", "adjustments", "credit.view_creditprofile"),
            Item("失信名单种类", "list_types:list", "settings", "credit.view_listtype"),
            Item("安许证处置标准", "permit_rules:list", "adjustments", "credit.view_permitrule"),
            Item("证书规则", "certificate_rules:list", "certificate", "people.view_certificaterule"),
            Item("告知书文本", "consent_wordings:list", "file-text", "people.view_consentwording"),
            Item("个人信息保存期限", "retention_rules:list", "calendar", "people.view_retentionrule"),
            Item("公示和修复期限", "repair_terms:list", "calendar", "credit.view_repairterm"),
            Item("履职标准", "duty_terms:list", "adjustments", "duty.view_dutyterm"),
            Item("承诺书范本", "commitment_wordings:list", "file-text", "duty.view_wording"),
            Item("安全日志项目", "safety_log_items:list", "list-details", "duty.view_logitem"),
            Item("培训覆盖率口径", "coverage_rules:list", "adjustments", "coverage.view_coveragerule"),
            Item("操作日志", "events:list", "history", "core.view_event"),
        ),
    ),
)
# People of firms begin at their to-dos; what comes after stands by the work that it belongs to.
FIRM_MENU: tuple[tuple[str, tuple[Item, ...]], ...] = (
    (
        "",
        (
            Item("待办", "dashboards:home", "home", count="todo", hot=True),
            Item("隐患台账", "hazards:list", "list-details", "hazards.view_hazard", count="open"),
            Item("我的项目", "projects:list", "building-community", "projects.view_project"),
            Item("危大工程", "dangerous_works:list", "alert-triangle", "projects.view_dangerouswork"),
            Item("风险清单", "risks:list", "activity", "risks.view_riskpoint"),
            Item("收到的文书", "papers:list", "file-text", "documents.view_paper"),
            Item("台账与清单", "lists:home", "clipboard-list", "lists.view_listtype"),
            Item("隐患自查", "hazards:new", "camera", "hazards.add_hazard"),
        ),
    ),
    (
        "现场履职",
        (
            Item("现场履职", "site_duty:today", "device-mobile", "duty.add_dutyday"),
            Item("带班记录", "duty_days:list", "user", "duty.view_dutyday"),
            Item("带班请假", "leaves:list", "send", "duty.view_leave"),
            Item("施工安全日志", "safety_logs:list", "book", "duty.view_safetylog"),
            Item("安全生产承诺书", "commitments:list", "certificate", "duty.view_commitment"),
            Item("履职月报", "duty_months:list", "calendar", "duty.view_dutymonth"),
        ),
    ),
    (
        "人员与工资",
        (
            Item("人员与证书", "people:list", "users", "people.view_person"),
            Item("花名册", "roster:list", "users-group", "roster.view_engagement"),
            Item("考勤", "attendance:list", "clock", "roster.view_attendance"),
            Item("考勤差异", "attendance_faults:list", "alert-circle", "roster.view_attendancefault"),
            Item("工资月报", "wages:list", "clipboard-list", "wages.view_wagemonth"),
            Item("工资专用账户", "wage_accounts:list", "certificate", "wages.view_wageaccount"),
        ),
    ),
    (
        "教育培训",
        (
            Item("培训覆盖率", "coverage", "chart-bar", "coverage.view_coverageday"),
            Item("未覆盖人次", "coverage_gaps:list", "users-group", "coverage.view_coveragegap"),
            Item("人员培训情况", "trainees:list", "users-group", "training.view_session"),
            Item("培训班次", "trainings:list", "school", "training.view_session"),
            Item("培训签到", "training_scan", "device-mobile", "training.change_session"),
            Item("参训记录", "participations:list", "clipboard-list", "training.view_participation"),
            Item("培训计划", "training_plans:list", "calendar", "training.view_trainingplan"),
            Item("培训课程", "courses:list", "book", "training.view_course"),
            Item("我的考试", "exam_desk:home", "writing-sign", "exams.view_exam"),
            Item("考试", "exams:list", "checklist", "exams.view_exam"),
            Item("考试成绩", "attempts:list", "certificate", "exams.view_attempt"),
            Item("题库", "questions:list", "bookmark", "exams.view_question"),
        ),
    ),
    (
        "监督与信用",
        (
            Item("检查记录", "visits:list", "clipboard-check", "inspections.view_visit"),
            Item("挂牌督办", "listings:list", "flag", "supervision.view_listing"),
            Item("停工复工", "stop_works:list", "ban", "supervision.view_stopwork"),
            Item("事故台账", "accidents:list", "alert-circle", "accidents.view_accident"),
            Item("本企业信用", "credit:list", "certificate", "credit.object_creditentry"),
            Item("信用记录", "credit_entries:list", "clipboard-list", "credit.object_creditentry"),
            Item("失信名单", "blacklistings:list", "ban", "credit.view_blacklisting"),
            Item("安许证处置", "permit_cases:list", "alert-triangle", "credit.view_permitcase"),
            Item("异议申诉", "appeals:list", "gavel", "credit.view_appeal"),
            Item("信用修复", "credit_repairs:list", "refresh", "credit.view_creditrepair"),
            Item("信用证明", "credit_certificates:list", "shield-check", "credit.view_creditcertificate"),
        ),
    ),
    (
        "企业管理",
        (
            Item("企业", "enterprises:list", "building-factory-2", "enterprises.view_enterprise"),
            Item("企业安全总监", "safety_directors:list", "user-cog", "duty.view_directorappointment"),
            Item("本企业用户", "users:list", "user-cog", "accounts.add_user"),
            Item("导入记录", "imports:list", "file-import", "hazards.import_hazard"),
            Item("导出与任务", "jobs:list", "file-export", "core.view_job"),
        ),
    ),
)
# Of two lines with one label the first that somebody may open stands.
DOCK = (
    Item("待办", "dashboards:home", "home"),
    Item("检查", "phone:today", "clipboard-check", "inspections.inspect_visit"),
    Item("台账", "hazards:list", "list-details", "hazards.view_hazard"),
    Item("登记隐患", "phone:hazard", "camera", "inspections.inspect_visit"),
    Item("登记隐患", "hazards:new", "camera", "hazards.add_hazard"),
    Item("签到", "training_scan", "school", "training.change_session"),
    Item("消息", "messages:list", "bell"),
    Item("更多", "dashboards:menu", "menu-2"),
)


def menu_for(user: Any, path: str, figures: dict[str, int]) -> list[dict[str, Any]]:
    """The groups with at least one line for this user; the line of the longest matching address is current."""
    menu = FIRM_MENU if user.role_definition.side in ("enterprise", "expert") else MENU
    groups: list[dict[str, Any]] = [
        {"label": label, "items": [_line(i, figures) for i in items if _may_open(user, i)]} for label, items in menu
    ]
    shown = [group for group in groups if group["items"]]
    _mark_current([line for group in shown for line in group["items"]], path)
    return shown


def dock_for(user: Any, path: str) -> list[dict[str, Any]]:
    open_to = [item for item in DOCK if _may_open(user, item)]
    first = {item.label: item for item in reversed(open_to)}
    lines = [_line(item, {}) for item in open_to if first[item.label] is item]
    _mark_current(lines, path)
    return lines


def _may_open(user: Any, item: Item) -> bool:
    return not item.permission or user.has_perm(item.permission)


def _line(item: Item, figures: dict[str, int]) -> dict[str, Any]:
    count = figures.get(item.count)
    return {"label": item.label, "url": address_of(item.url_name), "icon": item.icon, "count": count, "hot": item.hot}


def _mark_current(lines: list[dict[str, Any]], path: str) -> None:
    matching = [line for line in lines if path == line["url"] or (line["url"] != "/" and path.startswith(line["url"]))]
    if matching:
        max(matching, key=lambda line: len(line["url"]))["current"] = True
