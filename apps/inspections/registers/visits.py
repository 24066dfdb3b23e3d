"""The registers of visits and of checklists."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from apps.core.pages import int_or_none
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.inspections.forms.checklists import ChecklistForm, save_edition
from apps.inspections.models import Answer, Checklist, Verdict, Visit, VisitState
from apps.inspections.recorded import recorded
from apps.regions.choices import region_column

TONES: dict[str, str] = {
    VisitState.PLANNED: "blue",
    VisitState.UNDER_WAY: "orange",
    VisitState.SUBMITTED: "ring",
    VisitState.PUBLISHED: "green",
    VisitState.CANCELLED: "grey",
}
INSPECTS = "inspections.inspect_visit"
PUBLISHES = "inspections.publish_visit"


def state_cell(visit: Any) -> str:
    return ui.state_dot(TONES.get(visit.state, "grey"), visit.get_state_display())


def mine(user: Any) -> Q:
    """Sent out, and not handed in yet."""
    return Q(state__in=VisitState.OPEN, team__inspector__user=user)


def late(user: Any) -> Q:
    return Q(state__in=VisitState.OPEN, planned_on__lt=timezone.localdate())


def to_publish(user: Any) -> Q:
    """Handed in, and the own office's to make public."""
    return Q(state=VisitState.SUBMITTED, organisation=user.organisation_id)


def late_to_publish(user: Any) -> Q:
    return Q(state=VisitState.SUBMITTED, publish_by__lt=timezone.localdate())


# Behind the figures of progress and reports stand rows that no column tells apart.  What is no number finds nothing.


def whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1


def of_inspector(rows: QuerySet, text: str) -> QuerySet:
    key = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
    return rows.filter(team__inspector=key)


def scored(rows: QuerySet, text: str) -> QuerySet:
    """80-85: from the first on, below the second."""
    low, _, high = text.partition("-")
    return rows.filter(score__gte=whole(low), score__lt=whole(high))


def judged(rows: QuerySet, text: str, **told: Any) -> QuerySet:
    """JGJ59-B.17:3: with an answer in the record to that item of that table which does not say that it is absent."""
    code, _, item = text.rpartition(":")
    answers = Answer.objects.filter(visit=OuterRef("pk"), checklist__code=code, item=whole(item), **told)
    return rows.filter(Exists(recorded(answers).exclude(verdict=Verdict.ABSENT)))


def deducted(rows: QuerySet, text: str) -> QuerySet:
    return judged(rows, text, verdict=Verdict.DEDUCT)


def used(rows: QuerySet, code: str) -> QuerySet:
    return rows.filter(Exists(Answer.objects.filter(visit=OuterRef("pk"), checklist__code=code)))


LINKS = (
    Column("campaign", "检查任务", filter="hidden", narrow=lambda rows, n: rows.filter(campaign__number=n)),
    Column("round", "轮次", filter="hidden", narrow=lambda rows, n: rows.filter(round=whole(n))),
    Column("inspector", "检查人员", filter="hidden", narrow=of_inspector),
    Column("standing", "未取消", filter="hidden", narrow=lambda rows, _: rows.exclude(state=VisitState.CANCELLED)),
    Column("scored", "得分段", filter="hidden", narrow=scored),
    Column("used", "使用的检查表", filter="hidden", narrow=used),
    Column("judged", "检查项", filter="hidden", narrow=judged),
    Column("deducted", "扣分项", filter="hidden", narrow=deducted),
)


@registry.add
class VisitRegister(Register):
    name = "visits"
    label = "检查记录"
    model = Visit
    key = "number"
    related = ("project__region", "enterprise__organisation", "organisation", "campaign", "draw")
    search = ("number", "project__name")
    columns = (
        Column("number", "检查编号", sortable=True, width=18),
        Column("kind", "检查类型", filter="exact", width=14),
        Column("project.name", "工程项目", filter="icontains", width=30),
        Column("enterprise.organisation.name", "受检企业", filter="icontains", width=28),
        region_column(shown=False),
        Column("planned_on", "计划检查日期", filter="range", sortable=True, width=12),
        Column("submitted_at", "提交时间", filter="range", sortable=True, shown=False, width=18),
        Column("score", "汇总得分", sortable=True, width=10),
        Column("grade", "评定等级", width=10),
        Column("state", "状态", filter="exact", width=10, cell=state_cell),
        Column("publish_by", "公示期限", filter="range", shown=False, width=12),
        Column("published_at", "公示时间", filter="range", shown=False, width=18),
        Column("campaign.title", "检查任务", shown=False, width=30),
        Column("draw.number", "随机抽取", shown=False, width=24),
        Column("organisation.name", "检查单位", filter="icontains", shown=False, width=24),
    )
    views = (
        View("open", "待检查", lambda user: Q(state__in=VisitState.OPEN)),
        View("to_inspect", "待我检查", mine, hot=True, permission=INSPECTS, todo="监督检查待实施"),
        View("late", "逾期未检查", late, hot=True, permission=INSPECTS),
        View("done", "已检查", lambda user: Q(state__in=VisitState.DONE)),
        View("to_publish", "待公示", to_publish, permission=PUBLISHES, todo="检查结果待公示"),
        View("late_to_publish", "公示超期", late_to_publish, hot=True, permission=PUBLISHES),
    )
    links = LINKS

    def is_late(self, record: Visit) -> bool:
        return record.state in VisitState.OPEN and record.planned_on < timezone.localdate()

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": record.project.name,
            "sub": f"{record.number}　{record.get_kind_display()}",
            "state": state_cell(record),
            "due": str(record.planned_on),
        }


@registry.add
class ChecklistRegister(Register):
    name = "checklists"
    label = "检查表"
    model = Checklist
    scope_kind = "public"
    order = ("family", "code", "-effective_from")
    search = ("name",)
    form_class = ChecklistForm
    save = staticmethod(save_edition)
    add_label = "制定新版检查表"
    columns = (
        Column("code", "编码", width=18),
        Column("name", "名称", filter="icontains", width=36),
        Column("family", "类别", filter="exact", width=18),
        Column("effective_from", "施行日期", filter="range", sortable=True, width=12),
        Column("withdrawn_from", "停用日期", width=12),
        Column("is_sample", "样例", filter="exact", width=8),
        Column("source", "来源", shown=False, width=40),
        Column("certainty", "把握程度", shown=False, width=40),
    )

    def locked(self, record: Any) -> str:
        return "检查表施行后不能修改，请制定新版"

    def prefilled(self, query: QueryDict) -> dict[str, Any]:
        """The edition that a new one begins from."""
        return {"base": int_or_none(query.get("base"))}
