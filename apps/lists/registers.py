"""The registers of frozen lists, of comparisons, and of what these found."""

from typing import Any, ClassVar

from django.db.models import Case, F, Func, Q, QuerySet, TextField, Value, When

from apps.core.addresses import address_of
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags.ui import state_dot
from apps.lists.models import Difference, ListSnapshot, Reconciliation, Side, SnapshotState
from apps.lists.workflow import PERMISSION, to_sign

TONES = {
    SnapshotState.DRAFT: "blue",
    SnapshotState.PREPARED: "ring",
    SnapshotState.REVIEWED: "ring",
    SnapshotState.APPROVED: "green",
    SnapshotState.VOID: "grey",
}


def state_cell(snapshot: ListSnapshot) -> str:
    state = SnapshotState(snapshot.state)
    return state_dot(TONES[state], str(state.label))


def count_cell(snapshot: ListSnapshot) -> str:
    return f"{snapshot.row_count}" if snapshot.row_count else "零报告"


@registry.add
class SnapshotRegister(Register):
    """清单快照：各单位各期已冻结的清单。"""

    name = "list_snapshots"
    label = "清单快照"
    model = ListSnapshot
    order = ("-end", "-id")
    search = ("title", "organisation_name")
    columns = (
        Column("title", "清单名称", width=26),
        Column("organisation_name", "编制单位", width=30),
        Column("side", "适用对象", filter="exact", width=12),
        Column("start", "期初", width=12),
        Column("end", "期末", filter="range", sortable=True, width=12),
        Column("row_count", "条数", width=10, cell=count_cell),
        Column("state", "状态", filter="exact", width=12, cell=state_cell),
        Column("frozen_at", "冻结时间", width=18),
        Column("edition", "体系版本", shown=False, width=20),
        Column("prepared_by.name", "编制人", shown=False, width=12),
        Column("reviewed_by.name", "审核人", shown=False, width=12),
        Column("approved_by.name", "批准人", shown=False, width=12),
        Column("approved_at", "批准时间", shown=False, width=18),
        Column("sha256", "SHA-256", shown=False, width=30),
    )
    related = ("prepared_by", "reviewed_by", "approved_by")
    views = (
        View("valid", "有效", lambda user: ~Q(state=SnapshotState.VOID)),
        View("unsigned", "待签批", lambda user: ~Q(state__in=(SnapshotState.APPROVED, SnapshotState.VOID))),
        View("approved", "已签发", lambda user: Q(state=SnapshotState.APPROVED)),
        View("to_sign", "待我签字", to_sign, hot=True, permission=PERMISSION, todo="清单待签字"),
        View("own", "本单位", lambda user: Q(organisation=user.organisation_id)),
        View("firms", "企业报送", lambda user: Q(side=Side.ENTERPRISE)),
    )

    def rows(self, user: Any) -> QuerySet:
        """The contents stay in the database: a page of lists needs none of them."""
        return super().rows(user).defer("rows", "columns", "sign_off", "reach")

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        if not user.has_perm("lists.view_reconciliation"):
            return []
        return [{"label": "清单核对", "url": address_of("list_reconciliations:list"), "icon": "checklist"}]

    def card(self, record: ListSnapshot) -> dict[str, str]:
        return {
            "title": record.title,
            "sub": f"{record.organisation_name}　{record.period_label}",
            "state": state_cell(record),
            "due": count_cell(record),
        }


@registry.add
class ReconciliationRegister(Register):
    """清单核对：主管部门清单与企业清单逐条比对。"""

    name = "list_reconciliations"
    label = "清单核对"
    model = Reconciliation
    order = ("-id",)
    related = ("authority_snapshot", "firm", "made_by")
    columns = (
        Column("authority_snapshot.title", "清单名称", width=26),
        Column("authority_snapshot.organisation_name", "主管部门", width=30),
        Column("firm.name", "企业", filter="icontains", width=30),
        Column("authority_snapshot.start", "期初", width=12),
        Column("authority_snapshot.end", "期末", width=12),
        Column("compared", "双方记录数", width=10),
        Column("agreeing", "一致", width=8),
        Column("made_by.name", "核对人", width=12),
        Column("made_at", "核对时间", filter="range", width=18),
    )

    def rows(self, user: Any) -> QuerySet:
        heavy = ("rows", "columns", "sign_off", "reach")
        return super().rows(user).defer(*(f"authority_snapshot__{name}" for name in heavy))

    def card(self, record: Reconciliation) -> dict[str, str]:
        return {
            "title": record.firm.name,
            "sub": f"{record.authority_snapshot.title}　{record.authority_snapshot.period_label}",
            "state": "",
            "due": f"不一致 {record.compared - record.agreeing}",
        }


def of_reconciliation(rows: QuerySet, key: str) -> QuerySet:
    is_number = key.isascii() and key.isdigit() and len(key) < 18
    return rows.filter(reconciliation=int(key)) if is_number else rows.none()


class DetailsInWords(Func):
    """`Difference.details_in_words` in SQL."""

    template = """coalesce((
        SELECT string_agg(concat(d ->> 'label', '：主管部门“', coalesce(nullif(d ->> 'authority', ''), '（无）'),
                                 '”，企业“', coalesce(nullif(d ->> 'firm', ''), '（无）'), '”'), '；' ORDER BY n)
          FROM jsonb_array_elements(%(expressions)s) WITH ORDINALITY AS told (d, n)), '')"""
    output_field = TextField()


def details_in_words() -> Func:
    return DetailsInWords(F("details"))


def state_label() -> Case:
    return Case(When(settled_at=None, then=Value("待处理")), default=Value("已处理"), output_field=TextField())


def settled_cell(difference: Difference) -> str:
    return state_dot("green" if difference.settled_at else "red", difference.state_label)


@registry.add
class DifferenceRegister(Register):
    """核对差异：一方有一方无，或内容不一致的记录。"""

    name = "list_differences"
    label = "核对差异"
    model = Difference
    order = ("-id",)
    related = ("reconciliation__authority_snapshot", "firm", "settled_by")
    columns = (
        Column("record_key", "记录编号", width=20),
        Column("firm.name", "企业", filter="icontains", width=28),
        Column("finding", "差异", filter="exact", width=20),
        Column("details_in_words", "内容", width=60, expression=details_in_words()),
        Column("state_label", "状态", width=10, cell=settled_cell, expression=state_label()),
        Column("outcome", "处理结果", filter="exact", width=18),
        Column("reason", "处理理由", width=30),
        Column("settled_by.name", "处理人", width=12),
        Column("settled_at", "处理时间", shown=False, width=18),
        Column("reconciliation.authority_snapshot.title", "清单名称", shown=False, width=26),
        Column("reconciliation.authority_snapshot.end", "期末", shown=False, width=12),
    )
    links: ClassVar = (Column("of", "核对", filter="hidden", narrow=of_reconciliation),)
    views = (
        View("open", "待处理", lambda user: Q(settled_at=None), hot=True),
        View("settled", "已处理", lambda user: Q(settled_at__isnull=False)),
    )

    def rows(self, user: Any) -> QuerySet:
        heavy = ("rows", "columns", "sign_off", "reach")
        return super().rows(user).defer(*(f"reconciliation__authority_snapshot__{name}" for name in heavy))

    def card(self, record: Difference) -> dict[str, str]:
        return {
            "title": record.record_key,
            "sub": record.firm.name,
            "state": settled_cell(record),
            "due": record.get_finding_display(),
        }
