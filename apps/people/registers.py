"""The register of persons."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from apps.core.edition_registers import BegunStays
from apps.core.editions import in_force_today_of
from apps.core.models import DictionaryEntry
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.people.forms import CertificateRuleForm, ConsentWordingForm, PersonForm, RetentionRuleForm
from apps.people.models import (
    EXPIRY_STEPS,
    PURPOSES,
    Certificate,
    CertificateRule,
    ConsentWording,
    Person,
    RetentionRule,
    lacks_an_answer,
)


def with_expiring(days: int) -> Callable[[Any], Q]:
    return lambda user: Q(pk__in=Certificate.objects.expiring(timezone.localdate(), days).values("person"))


def with_expired(user: Any) -> Q:
    return Q(pk__in=Certificate.objects.expired(timezone.localdate()).values("person"))


def next_expiry() -> Subquery:
    """The first day on which one of the person's certificates runs out, for the rows of one page."""
    current = Certificate.objects.current().filter(person=OuterRef("pk")).order_by().values("person")
    return Subquery(current.annotate(first=Min("valid_until")).values("first"))


LABEL_OF_PURPOSE = Subquery(
    DictionaryEntry.objects.filter(kind=PURPOSES, code=OuterRef("purpose")).order_by("pk").values("label")[:1]
)
"""`ConsentWording.purpose_label` in SQL."""


@registry.add
class PersonRegister(Register):
    """从业人员台账.  Identity and telephone numbers are masked here whoever looks.

    The identity number is no filter: what is asked stands in the address, and a part of it would let it be guessed.
    """

    name = "people"
    label = "人员"
    model = Person
    related = ("employer__organisation",)
    search = ("name", "initials", "employer__organisation__name")
    form_class = PersonForm
    once = ("id_number", "account")
    forgets_uploads = True
    columns = (
        Column("name", "姓名", synonyms=("人员姓名", "员工姓名")),
        Column("id_masked", "身份证号码", width=22, synonyms=("身份证", "身份证号", "证件号码", "公民身份号码")),
        Column(
            "employer.organisation.name",
            "所在企业",
            filter="icontains",
            width=32,
            synonyms=("单位", "所在单位", "工作单位", "企业名称"),
            reference="uscc",
        ),
        Column("post", "职务或工种", filter="icontains", synonyms=("职务", "岗位", "工种")),
        Column("phone_masked", "联系电话", synonyms=("电话", "手机", "手机号码", "联系方式")),
        Column("next_expiry", "证书最近到期"),
    )
    is_long = True
    views = (
        View("all_staff", "在册", lambda user: Q(pseudonymised_at=None)),
        *(View(f"within_{d}", f"{d} 天内到期", with_expiring(d), hot=d == EXPIRY_STEPS[-1]) for d in EXPIRY_STEPS),
        View("expired", "证书已过期", with_expired, hot=True),
        View("number_doubted", "编号存疑", lambda user: Q(pk__in=Certificate.objects.doubted().values("person"))),
        View("renewed_early", "换证过早", lambda user: Q(pk__in=Certificate.objects.early().values("person"))),
        View("no_consent", "未告知或未征求同意", lacks_an_answer),
        View("pseudonymised", "已去标识", lambda user: Q(pseudonymised_at__isnull=False)),
    )

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).defer("id_number", "phone").annotate(next_expiry=next_expiry())

    def locked(self, record: Any) -> str | None:
        return "该人员已过保存期限，能识别身份的内容已去除，不能再修改" if record.pseudonymised_at else None

    def is_late(self, record: Any) -> bool:
        expiry: date | None = record.next_expiry
        return expiry is not None and expiry < timezone.localdate()

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": f"{record.name}　{record.post}",
            "sub": f"{record.employer.name}　{record.phone_masked}",
            "state": "证书已过期" if self.is_late(record) else "",
            "due": f"证书{record.next_expiry}到期" if record.next_expiry else "",
        }


@registry.add
class CertificateRuleRegister(BegunStays):
    """证书规则: forms of numbers, terms and windows of renewal by kind of certificate, in editions."""

    name = "certificate_rules"
    label = "证书规则"
    model = CertificateRule
    scope_kind = "public"
    form_class = CertificateRuleForm
    order = ("kind", "-effective_from")
    columns = (
        Column("kind", "证书类别", filter="exact", width=22),
        Column("form", "编号格式", width=28),
        Column("form_is_certain", "格式确定", width=10),
        Column("example", "编号示例", width=24),
        Column("years", "最长有效期（年）", width=10),
        Column("renewal_months", "期满前几个月内申请延续", width=12),
        Column("effective_from", "施行日期", width=12),
        Column("is_sample", "示例", width=8, cell=ui.sample_cell),
        Column("source", "依据", width=40),
        Column("certainty", "把握程度", width=30),
    )
    views = (View("in_force", "现行", in_force_today_of(CertificateRule)),)


@registry.add
class ConsentWordingRegister(BegunStays):
    """告知书文本: what persons are told of each purpose, in editions."""

    name = "consent_wordings"
    label = "告知书文本"
    model = ConsentWording
    scope_kind = "public"
    form_class = ConsentWordingForm
    order = ("purpose", "-effective_from")
    columns = (
        Column("purpose_label", "用途", width=16, expression=LABEL_OF_PURPOSE),
        Column("rests_on_consent", "以本人同意为依据", width=12),
        Column("wording", "告知内容", width=60),
        Column("effective_from", "施行日期", width=12),
        Column("is_sample", "示例", width=8, cell=ui.sample_cell),
        Column("basis", "依据", width=44),
        Column("certainty", "把握程度", width=30),
    )
    views = (View("in_force", "现行", in_force_today_of(ConsentWording)),)


@registry.add
class RetentionRuleRegister(BegunStays):
    """个人信息保存期限: after how many years a person is kept without what identifies them, in editions."""

    name = "retention_rules"
    label = "个人信息保存期限"
    model = RetentionRule
    scope_kind = "public"
    form_class = RetentionRuleForm
    order = ("subject", "-effective_from")
    columns = (
        Column("subject", "对象", width=12),
        Column("years", "保存年限（年）", width=12),
        Column("is_on", "启用", width=8),
        Column("effective_from", "施行日期", width=12),
        Column("is_sample", "示例", width=8, cell=ui.sample_cell),
        Column("source", "依据", width=50),
        Column("certainty", "把握程度", width=30),
    )
    views = (View("in_force", "现行", in_force_today_of(RetentionRule)),)
