"""The register of enterprises."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core.addresses import address_of
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.enterprises.forms import EnterpriseForm
from apps.enterprises.models import Enterprise, EnterpriseKind, EnterpriseMerge, EnterpriseStatus, MergeState
from apps.enterprises.services import save_enterprise, why_locked
from apps.enterprises.workflow import DECIDES, PROPOSES
from apps.regions.choices import all_regions, region_column


def of_kind(kind: str) -> Any:
    return lambda user: Q(kind=kind, status=EnterpriseStatus.ACTIVE)


def licence_run_out(user: Any) -> Q:
    active = Q(kind=EnterpriseKind.CONTRACTOR, status=EnterpriseStatus.ACTIVE)
    return active & Q(safety_licence_until__lt=timezone.localdate())


@registry.add
class EnterpriseRegister(Register):
    """企业台账: facts of public registers; the telephone number is masked here whoever looks."""

    name = "enterprises"
    label = "企业"
    model = Enterprise
    key = "uscc"
    related = ("organisation__region",)
    search = ("organisation__name", "organisation__short_name", "organisation__initials", "uscc")
    form_class = EnterpriseForm
    save = staticmethod(save_enterprise)
    columns = (
        Column("organisation.name", "企业名称", width=32, synonyms=("单位名称", "公司名称", "企业全称", "名称")),
        Column(
            "uscc",
            "统一社会信用代码",
            width=22,
            synonyms=("信用代码", "社会信用代码", "统一信用代码", "税号", "营业执照号"),
        ),
        Column("kind", "企业类型", filter="exact", synonyms=("类型", "单位类型", "企业类别")),
        region_column(
            "organisation.region.name",
            "注册地",
            choices=all_regions,
            synonyms=("所在地", "注册地区", "所属区域", "区县", "行政区划"),
        ),
        Column(
            "qualification", "资质等级", filter="icontains", width=28, synonyms=("资质", "企业资质", "资质类别及等级")
        ),
        Column(
            "safety_licence",
            "安全生产许可证编号",
            shown=False,
            width=26,
            synonyms=("安许证", "安全生产许可证", "安许证编号"),
        ),
        Column(
            "safety_licence_until",
            "安许证有效期至",
            filter="range",
            sortable=True,
            synonyms=("安全生产许可证有效期至", "安全生产许可证有效期", "安许证有效期", "许可证有效期"),
        ),
        Column("legal_representative", "法定代表人", shown=False, synonyms=("法人", "法人代表", "负责人")),
        Column("phone_masked", "联系电话", synonyms=("电话", "手机", "联系方式")),
        Column("address", "注册地址", shown=False, width=36, synonyms=("地址", "单位地址")),
        Column("organisation.short_name", "简称", shown=False),
        Column("status", "状态", filter="exact", synonyms=("企业状态", "经营状态")),
    )
    views = (
        View("active", "正常", lambda user: Q(status=EnterpriseStatus.ACTIVE)),
        View("contractors", "施工", of_kind(EnterpriseKind.CONTRACTOR)),
        View("supervision", "监理", of_kind(EnterpriseKind.SUPERVISION)),
        View("owners", "建设", of_kind(EnterpriseKind.OWNER)),
        View("licence", "安许证已过期", licence_run_out, hot=True),
        View("merged", "已合并", lambda user: Q(status=EnterpriseStatus.MERGED)),
    )

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        if not user.has_perm(PROPOSES):
            return []
        return [{"label": "疑似重复", "url": address_of("enterprises:likely"), "icon": "copy"}]

    def locked(self, record: Enterprise) -> str | None:
        return why_locked(record.organisation) if record.is_merged else None

    def is_late(self, record: Enterprise) -> bool:
        until = record.safety_licence_until
        return until is not None and until < timezone.localdate() and record.status == EnterpriseStatus.ACTIVE

    def card(self, record: Enterprise) -> dict[str, str]:
        place = record.organisation.region.name
        return {
            "title": record.name,
            "sub": f"{place}　{record.uscc}",
            "state": f"{record.get_kind_display()}·{record.get_status_display()}",
            "due": "安许证已过期" if self.is_late(record) else "",
        }


TONES: dict[str, str] = {MergeState.PROPOSED: "blue", MergeState.MERGED: "green", MergeState.UNDONE: "orange"}
UNREAD = ("moved", "made", "kept", "before")
"""Columns that may be long and that no list shows."""


def merge_state_cell(merge: EnterpriseMerge) -> str:
    return ui.state_dot(TONES.get(merge.state, "grey"), merge.get_state_display())


def to_decide(user: Any) -> Q:
    return Q(state=MergeState.PROPOSED) & ~Q(proposed_by=user.pk)


@registry.add
class MergeRegister(Register):
    """企业合并记录: which registrations of one firm were made one, by whom, and what became of it."""

    name = "enterprise_merges"
    label = "企业合并"
    model = EnterpriseMerge
    related = ("duplicate__organisation", "survivor__organisation", "proposed_by", "decided_by", "undone_by")
    search = ("duplicate__organisation__name", "survivor__organisation__name", "duplicate__uscc", "survivor__uscc")
    columns = (
        Column("duplicate.organisation.name", "重复企业", filter="icontains", width=30),
        Column("duplicate.uscc", "重复企业信用代码", width=22),
        Column("survivor.organisation.name", "保留企业", filter="icontains", width=30),
        Column("survivor.uscc", "保留企业信用代码", width=22),
        Column("state", "状态", filter="exact", width=10, cell=merge_state_cell),
        Column("proposed_by.name", "提请人", width=10),
        Column("created_at", "提请时间", filter="range", width=18),
        Column("decided_by.name", "决定人", width=10),
        Column("decided_at", "决定时间", filter="range", shown=False, width=18),
        Column("moved_count", "移动记录数", width=12),
        Column("kept_count", "保留记录数", shown=False, width=12),
        Column("undone_by.name", "撤销人", shown=False, width=10),
        Column("undone_at", "撤销时间", filter="range", shown=False, width=18),
        Column("returned_count", "退回记录数", shown=False, width=12),
        Column("reason", "提请理由", shown=False, width=40),
        Column("basis", "认定依据", shown=False, width=40),
        Column("undo_reason", "撤销理由", shown=False, width=40),
    )
    views = (
        View("proposed", "待确认", lambda user: Q(state=MergeState.PROPOSED), hot=True),
        View("merged", "已合并", lambda user: Q(state=MergeState.MERGED)),
        View("undone", "已撤销", lambda user: Q(state=MergeState.UNDONE)),
        View("to_decide", "待我确认", to_decide, hot=True, permission=DECIDES, todo="企业合并待确认"),
    )

    def rows(self, user: Any) -> QuerySet[EnterpriseMerge]:
        return super().rows(user).defer(*UNREAD)

    def card(self, record: EnterpriseMerge) -> dict[str, str]:
        return {
            "title": record.duplicate.name,
            "sub": f"并入 {record.survivor.name}",
            "state": merge_state_cell(record),
            "due": "",
        }
