"""Codes of credit supervision with their words, and which changes of state are legal."""

from enum import nonmember

from django.db import models


class Part(models.TextChoices):
    """The three parts of 《河北省建筑施工企业信用评价管理办法》（2024）."""

    PROJECT = "project", "项目信用信息"
    ENTERPRISE = "enterprise", "企业信用信息"
    PENALTY = "penalty", "行政处罚信息"


class Nature(models.TextChoices):
    GOOD = "good", "良好"
    BAD = "bad", "不良"


class Severity(models.TextChoices):
    """《信用修复管理办法》（国家发展改革委令第36号，2026-04-01 起施行）."""

    MINOR = "minor", "轻微"
    ORDINARY = "ordinary", "一般"
    SERIOUS = "serious", "严重"


class Decay(models.TextChoices):
    """How the points of an entry fade between its start and its expiry."""

    NONE = "none", "有效期内全额计分"
    HALVED = "halved", "有效期过半后减半"
    LINEAR = "linear", "按剩余天数递减"


class Letter(models.TextChoices):
    A = "A", "A级"
    B = "B", "B级"
    C = "C", "C级"
    D = "D", "D级"


class Subject(models.TextChoices):
    ENTERPRISE = "enterprise", "企业"
    PERSON = "person", "个人"


class EntryState(models.TextChoices):
    PROPOSED = "proposed", "待核实"
    CHECKED = "checked", "已核实"
    NOTIFIED = "notified", "已告知"
    OBJECTED = "objected", "异议处理中"
    EFFECTIVE = "effective", "已生效"
    PUBLISHED = "published", "公示中"
    EXPIRED = "expired", "已到期"
    REPAIRED = "repaired", "已修复"
    REVOKED = "revoked", "已撤销"
    REJECTED = "rejected", "不予认定"

    OPEN = nonmember(("proposed", "checked", "notified", "objected"))
    IN_FORCE = nonmember(("effective", "published"))
    DECIDED = nonmember(("effective", "published", "expired", "repaired", "revoked"))


ENTRY_CHANGES: tuple[tuple[str, str], ...] = (
    ("proposed", "checked"),
    ("proposed", "rejected"),
    ("checked", "notified"),
    ("checked", "effective"),  # good behaviour needs no notice
    ("checked", "rejected"),
    ("notified", "objected"),
    ("notified", "effective"),
    ("notified", "rejected"),
    ("objected", "notified"),
    ("objected", "rejected"),
    ("effective", "published"),
    ("effective", "expired"),
    ("effective", "repaired"),
    ("effective", "revoked"),
    ("published", "effective"),
    ("published", "repaired"),
    ("published", "revoked"),
)


class ListState(models.TextChoices):
    PROPOSED = "proposed", "待核实"
    CHECKED = "checked", "已核实"
    NOTIFIED = "notified", "已告知"
    OBJECTED = "objected", "异议处理中"
    LISTED = "listed", "已列入"
    REMOVED = "removed", "已移出"
    REVOKED = "revoked", "已撤销"
    REJECTED = "rejected", "不予列入"

    OPEN = nonmember(("proposed", "checked", "notified", "objected"))
    STANDING = nonmember(("proposed", "checked", "notified", "objected", "listed"))


LIST_CHANGES: tuple[tuple[str, str], ...] = (
    ("proposed", "checked"),
    ("proposed", "rejected"),
    ("checked", "notified"),
    ("checked", "rejected"),
    ("notified", "objected"),
    ("notified", "listed"),
    ("notified", "rejected"),
    ("objected", "notified"),
    ("objected", "rejected"),
    ("listed", "removed"),
    ("listed", "revoked"),
)


class Removal(models.TextChoices):
    EXPIRED = "expired", "期满移出"
    REPAIRED = "repaired", "信用修复移出"


class PermitState(models.TextChoices):
    PROPOSED = "proposed", "待核实"
    CHECKED = "checked", "已核实"
    NOTIFIED = "notified", "已告知"
    OBJECTED = "objected", "异议处理中"
    SUSPENDED = "suspended", "暂扣中"
    REPORTED = "reported", "待复核"
    RELEASED = "released", "已发还"
    ENDED = "ended", "已转吊销"
    REVOKED = "revoked", "已吊销"
    REJECTED = "rejected", "不予处置"

    OPEN = nonmember(("proposed", "checked", "notified", "objected"))
    HELD = nonmember(("suspended", "reported"))
    IN_FORCE = nonmember(("suspended", "reported", "revoked"))
    DECIDED = nonmember(("suspended", "reported", "released", "ended", "revoked"))
    STANDING = nonmember(("proposed", "checked", "notified", "objected", "suspended", "reported"))


PERMIT_CHANGES: tuple[tuple[str, str], ...] = (
    ("proposed", "checked"),
    ("proposed", "rejected"),
    ("checked", "notified"),
    ("checked", "rejected"),
    ("notified", "objected"),
    ("notified", "suspended"),
    ("notified", "revoked"),
    ("notified", "rejected"),
    ("objected", "notified"),
    ("objected", "rejected"),
    ("suspended", "reported"),
    ("suspended", "ended"),  # the permit was revoked meanwhile
    ("reported", "suspended"),
    ("reported", "ended"),
    ("reported", "released"),
)


class PermitMeasure(models.TextChoices):
    """《建筑施工企业安全生产许可证动态监管暂行办法》（建质〔2008〕121号）."""

    SUSPEND = "suspend", "暂扣"
    REVOKE = "revoke", "吊销"


class RepairState(models.TextChoices):
    APPLIED = "applied", "待受理"
    ACCEPTED = "accepted", "审查中"
    GRANTED = "granted", "准予修复"
    REFUSED = "refused", "不予修复"
    DECLINED = "declined", "不予受理"
    WITHDRAWN = "withdrawn", "已撤回"

    OPEN = nonmember(("applied", "accepted"))


REPAIR_CHANGES: tuple[tuple[str, str], ...] = (
    ("applied", "accepted"),
    ("applied", "declined"),
    ("applied", "withdrawn"),
    ("accepted", "granted"),
    ("accepted", "refused"),
    ("accepted", "withdrawn"),
)


class MeasureState(models.TextChoices):
    SENT = "sent", "待反馈"
    APPLIED = "applied", "已落实"
    LIFTED = "lifted", "已解除"


MEASURE_CHANGES: tuple[tuple[str, str], ...] = (("sent", "applied"), ("sent", "lifted"), ("applied", "lifted"))


class OfficeKind(models.TextChoices):
    """What the office is there for that a joint measure is asked of: each kind has measures of its own."""

    BIDDING = "bidding", "招标投标监管"
    QUALIFICATION = "qualification", "资质审批"
    PERMIT = "permit", "安全许可"
    MARKET = "market", "市场监管"
    SUPERVISION = "supervision", "质量安全监督"
    ENFORCEMENT = "enforcement", "执法"
    OTHER = "other", "其他"


class CertificateState(models.TextChoices):
    VALID = "valid", "有效"
    REVOKED = "revoked", "已撤销"


class Trigger(models.TextChoices):
    """What of the platform's own records a catalogue item is recorded for, without anybody typing it again."""

    MAJOR_HAZARD = "major_hazard", "被责令整改重大隐患"
    LISTED_SUPERVISION = "listed_supervision", "被挂牌督办"
    WORK_STOPPED = "work_stopped", "被责令停工"
    PENALTY_DECIDED = "penalty_decided", "案件移送后受到行政处罚"
    INSPECTION_FAILED = "inspection_failed", "监督检查评分不合格"
    INSPECTION_EXCELLENT = "inspection_excellent", "监督检查评分优良"
    ENFORCEMENT_PROPOSED = "enforcement_proposed", "被出具行政执法建议书"
    ACCIDENT_GENERAL = "accident_general", "一般事故负有责任"
    ACCIDENT_LARGER = "accident_larger", "较大事故负有责任"
    ACCIDENT_MAJOR = "accident_major", "重大及以上事故负有责任"
    ACCIDENT_CONCEALED = "accident_concealed", "迟报、漏报、谎报或者瞒报事故"
    PERMIT_SUSPENDED = "permit_suspended", "安全生产许可证被暂扣"
    PERMIT_REVOKED = "permit_revoked", "安全生产许可证被吊销"
