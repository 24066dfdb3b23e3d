"""Certificates, the agencies that may ask by program, and what they asked."""

from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from apps.core.addresses import address_of
from apps.core.pages import whole
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.credit.cells import state_cell
from apps.credit.forms.certificates import AgencyForm
from apps.credit.models import Agency, CertificateState, CreditCertificate, LookUp
from apps.credit.registers.entries import of_firm


@registry.add
class CreditCertificateRegister(Register):
    """信用证明: what was certified of whom for which day, and whether it still holds."""

    name = "credit_certificates"
    label = "信用证明"
    model = CreditCertificate
    key = "number"
    related = ("enterprise__organisation", "agency", "made_by")
    search = ("number", "enterprise__organisation__name", "enterprise__uscc")
    columns = (
        Column("number", "编号", width=18, sortable=True),
        Column("enterprise.organisation.name", "企业", filter="icontains", width=32),
        Column("enterprise.uscc", "统一社会信用代码", shown=False, width=22),
        Column("on_day", "证明日期", filter="range", sortable=True, width=12),
        Column("at_least", "信用等级不低于", filter="exact", width=14),
        Column("purpose", "用途", width=34),
        Column("agency.name", "查询单位", width=26),
        Column("made_by.name", "出具申请人", width=12),
        Column("made_at", "出具时间", filter="range", sortable=True, width=18),
        Column("state", "状态", filter="exact", width=10, cell=state_cell),
        Column("revoked_at", "撤销时间", shown=False, width=18),
        Column("reason", "撤销理由", shown=False, width=30),
        Column("sha256", "校验值", shown=False, width=30),
    )
    links = (Column("enterprise.uscc", "企业", filter="hidden", narrow=of_firm),)
    views = (
        View("valid", "有效", lambda user: Q(state=CertificateState.VALID)),
        View("revoked", "已撤销", lambda user: Q(state=CertificateState.REVOKED)),
    )

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        if not self.may(user, "add"):
            return []
        address = address_of("credit_certificates:new")
        return [{"label": "出具信用证明", "url": address, "icon": "plus", "primary": True}]

    def card(self, record: CreditCertificate) -> dict[str, str]:
        return {
            "title": str(record.enterprise),
            "sub": f"{record.number}　{record.purpose}",
            "state": state_cell(record),
            "due": f"{record.on_day}",
        }


def active_cell(agency: Any) -> str:
    return ui.state_dot("green", "启用") if agency.is_active else ui.state_dot("grey", "停用")


@registry.add
class AgencyRegister(Register):
    name = "agencies"
    label = "查询单位"
    model = Agency
    scope_kind = "system"
    form_class = AgencyForm
    search = ("name", "uscc")
    order = ("name", "pk")
    columns = (
        Column("name", "名称", sortable=True, width=32),
        Column("uscc", "统一社会信用代码", width=22),
        Column("contact", "联系人和电话", width=26),
        Column("per_hour", "每小时查询次数上限", width=16),
        Column("is_active", "启用", filter="exact", width=8, cell=active_cell),
        Column("token_made_at", "令牌生成时间", width=18),
    )
    views = (
        View("active", "启用", lambda user: Q(is_active=True)),
        View("without", "未生成令牌", lambda user: Q(is_active=True, token_made_at=None)),
        View("off", "停用", lambda user: Q(is_active=False)),
    )

    def card(self, record: Agency) -> dict[str, str]:
        return {"title": record.name, "sub": record.uscc, "state": active_cell(record), "due": ""}


@registry.add
class LookUpRegister(Register):
    """查询记录: every question of an agency and what it was told."""

    name = "look_ups"
    label = "查询记录"
    model = LookUp
    scope_kind = "system"
    related = ("agency", "enterprise__organisation")
    search = ("asked", "agency__name")
    columns = (
        Column("asked_at", "查询时间", filter="range", sortable=True, width=18),
        Column("agency.name", "查询单位", filter="icontains", width=28),
        Column("asked", "信用代码", filter="icontains", width=24),
        Column("enterprise.organisation.name", "企业", width=30),
        Column("said", "答复", width=36),
        Column("status", "状态码", width=8),
        Column("address", "来源地址", shown=False, width=18),
    )
    links = (Column("agency.pk", "查询单位", filter="hidden", narrow=whole("agency")),)
    views = (
        View("today", "今天", lambda user: Q(asked_at__date=timezone.localdate())),
        View("refused", "未予答复", lambda user: Q(answer__status__gte=400)),
    )

    def rows(self, user: Any) -> QuerySet:
        rows = super().rows(user)
        return rows.annotate(
            said=KeyTextTransform("said", "answer"),
            status=Cast(KeyTextTransform("status", "answer"), TextField()),
        )

    def row_url(self, record: LookUp) -> str:
        return f"{self.base_url}{record.pk}/"
