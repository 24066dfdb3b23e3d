"""The register of random draws."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.inspections.forms.draws import DrawForm
from apps.inspections.models import Draw, DrawScheme, DrawState, PoolEntry, PoolInspector
from apps.inspections.services.draws import save_draw

SCHEMES_SHOWN = 4
"""So many of the newest schemes stand above the list; all of them on their own page."""
TONES: dict[str, str] = {
    DrawState.PREPARED: "ring",
    DrawState.ANNOUNCED: "blue",
    DrawState.DRAWN: "green",
    DrawState.VOIDED: "grey",
}


def state_cell(draw: Draw) -> str:
    return ui.state_dot(TONES[draw.state], draw.get_state_display())


def to_commit(user: Any) -> Q:
    own = Q(custodian_a=user.pk, commitment_a="") | Q(custodian_b=user.pk, commitment_b="")
    return Q(state=DrawState.PREPARED) & own


def to_reveal(user: Any) -> Q:
    own = Q(custodian_a=user.pk, secret_a="") | Q(custodian_b=user.pk, secret_b="")
    return Q(state=DrawState.ANNOUNCED, draw_at__lte=timezone.now()) & own


def of_the_office(user: Any) -> Q:
    return Q(region_path=user.organisation.region_path) if user.organisation_id else Q(pk=None)


def to_announce(user: Any) -> Q:
    return Q(state=DrawState.PREPARED) & ~Q(commitment_a="") & ~Q(commitment_b="") & of_the_office(user)


def to_hold(user: Any) -> Q:
    return (
        Q(state=DrawState.ANNOUNCED, void_requested_by=None) & ~Q(secret_a="") & ~Q(secret_b="") & of_the_office(user)
    )


def to_judge(user: Any) -> Q:
    waiting = Q(state__in=(DrawState.ANNOUNCED, DrawState.DRAWN), void_requested_by__isnull=False)
    return waiting & ~Q(void_requested_by=user.pk) & of_the_office(user)


# Where the figures of the fairness page lead: draws that a firm or an inspector stood in, and those that hit them.


def entries(**found: Any) -> Exists:
    return Exists(PoolEntry.objects.filter(draw=OuterRef("pk"), **found))


def inspectors(**found: Any) -> Exists:
    return Exists(PoolInspector.objects.filter(draw=OuterRef("pk"), **found))


def pool_of(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(entries(enterprise__uscc=value), state=DrawState.DRAWN)


def chose(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(entries(enterprise__uscc=value, is_chosen=True), state=DrawState.DRAWN)


def staffed_by(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(inspectors(inspector__user__username=value), state=DrawState.DRAWN)


def sent(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(inspectors(inspector__user__username=value, assigned__gt=0), state=DrawState.DRAWN)


@registry.add
class DrawRegister(Register):
    name = "draws"
    label = "随机抽取"
    model = Draw
    related = ("campaign", "organisation", "custodian_a", "custodian_b", "pool_file", "bundle", "replaces")
    search = ("number", "campaign__title")
    form_class = DrawForm
    save = staticmethod(save_draw)
    add_label = "准备抽取"
    columns = (
        Column("number", "抽取编号", filter="icontains", width=26, cell=lambda draw: draw.number or "待公告"),
        Column("campaign.title", "检查任务", filter="icontains", width=30),
        Column("campaign.number", "任务编号", shown=False, width=18),
        Column("round", "轮次", width=8),
        Column("organisation.name", "抽取单位", width=24),
        Column("state", "状态", filter="exact", width=14, cell=state_cell),
        Column("draw_at", "抽取时间", filter="range", sortable=True, width=18),
        Column("pool_size", "候选对象数", width=12),
        Column("announced_at", "公告时间", shown=False, width=18),
        Column("drawn_at", "实际抽取时间", shown=False, width=18),
        Column("public_source", "公开随机值来源", shown=False, width=30),
        Column("pool_sha256", "名单校验值", shown=False, width=30),
        Column("terms_sha256", "规则校验值", shown=False, width=30),
        Column("seed", "种子", shown=False, width=30),
        Column("result_sha256", "结果校验值", shown=False, width=30),
        Column("announces_itself", "交存后自动公告", shown=False, width=14),
        Column("void_reason", "作废理由", shown=False, width=30),
    )
    links = (
        Column("entries", "名单中的企业", filter="hidden", narrow=pool_of),
        Column("chosen", "抽中的企业", filter="hidden", narrow=chose),
        Column("inspectors", "候选检查人员", filter="hidden", narrow=staffed_by),
        Column("sent", "派出的检查人员", filter="hidden", narrow=sent),
    )
    views = (
        View("open", "进行中", lambda user: Q(state__in=(DrawState.PREPARED, DrawState.ANNOUNCED))),
        View("drawn", "已抽取", lambda user: Q(state=DrawState.DRAWN)),
        View("voided", "已作废", lambda user: Q(state=DrawState.VOIDED)),
        View(
            "to_commit",
            "待我交存",
            to_commit,
            hot=True,
            permission="inspections.commit_draw",
            todo="随机抽取待交存承诺值",
        ),
        View(
            "to_reveal",
            "待我公开",
            to_reveal,
            hot=True,
            permission="inspections.commit_draw",
            todo="随机抽取待公开密语",
        ),
        View("to_announce", "待公告", to_announce, hot=True, permission="inspections.draw_draw", todo="随机抽取待公告"),
        View("to_hold", "待抽取", to_hold, hot=True, permission="inspections.draw_draw", todo="随机抽取待进行"),
        View("to_judge", "作废待批准", to_judge, hot=True, permission="inspections.void_draw", todo="抽取作废待批准"),
    )

    def locked(self, record: Draw) -> str | None:
        if record.state == DrawState.PREPARED:
            return None
        return f"{record} {record.get_state_display()}，名单和规则不能再改"

    def prefilled(self, query: QueryDict) -> dict[str, Any]:
        scheme = query.get("scheme", "")
        return {"scheme": scheme} if scheme else {}

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        fairness = {"label": "公平性", "url": reverse("draws:fairness"), "icon": "chart-bar", "primary": False}
        if not self.may(user, "add"):
            return [fairness]
        schemes = DrawScheme.objects.visible_to(user).order_by("-pk")[:SCHEMES_SHOWN]
        by_scheme = [
            {"label": f"按“{one}”抽取", "url": f"{reverse('draws:new')}?scheme={one.pk}", "icon": "dice-5"}
            for one in schemes
        ]
        return [*by_scheme, {"label": "抽查方案", "url": reverse("draws:schemes"), "icon": "clipboard-list"}, fairness]

    def card(self, record: Draw) -> dict[str, str]:
        return {
            "title": str(record.campaign),
            "sub": f"第 {record.round} 轮　{record.number or '待公告'}",
            "state": state_cell(record),
            "due": f"{timezone.localtime(record.draw_at):%m-%d %H:%M}",
        }
