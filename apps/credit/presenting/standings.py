"""The panels of a credit page: what was decided of the firm, how it stands, and what follows."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from apps.core.cases import line
from apps.credit.cells import letter_mark, points_in_words, points_mark
from apps.credit.explaining import Explained, curve, rank_of
from apps.credit.models import Blacklisting, JointMeasure, ListState
from apps.credit.services.permits import standing_of
from apps.enterprises.models import Enterprise
from apps.hazards.models import Grade, Hazard, State
from apps.inspections.models import RiskClass, RiskGrade

Facts = list[dict[str, Any]]


def score_panel(told: Explained) -> dict[str, Any]:
    """Score and letter, the parts, the trend, and what time alone will bring."""
    return {
        "score": told.score.score,
        "letter": letter_mark(told.score.grade),
        "grade": told.score.grade,
        "bands": told.profile.bands_in_words,
        "sample": told.profile.is_sample,
        "capped_by": told.score.capped_by,
        "base": told.profile.base,
        "parts": [
            {"label": label, "points": points_mark(points), "cut": points_in_words(cut) if cut else ""}
            for label, points, cut in told.parts
        ],
        "curve": curve(told),
        "forecast": [
            {"days": days, "score": score.score, "letter": letter_mark(score.grade)} for days, score in told.forecast
        ],
    }


def lines_of(told: Explained) -> list[dict[str, Any]]:
    """The table: newest first, and the base at the end, so that the column adds up."""
    return [
        {
            "day": row.entry.starts_on,
            "title": row.entry.item.name,
            "url": row.entry.get_absolute_url(),
            "sub": sub_of(row.entry),
            "part": row.entry.get_part_display(),
            "points": points_mark(row.points),
            "faded": points_in_words(row.entry.points) if row.points != row.entry.points else "",
            "until": row.last_day,
        }
        for row in told.rows
    ]


def sub_of(entry: Any) -> str:
    place = entry.project.name if entry.project else ""
    return "　".join(filter(None, (entry.number, entry.decision_number, place)))


def standing_lists(firm: Enterprise, day: date) -> list[dict[str, Any]]:
    """The lists on which the firm stands, for the banner; they are public, so that whoever sees the firm sees them."""
    rows = Blacklisting.objects.filter(enterprise=firm, person=None, state=ListState.LISTED, listed_until__gte=day)
    return [
        {
            "name": listing.list_type.name,
            "number": listing.decision_number,
            "url": listing.get_absolute_url(),
            "span": f"{listing.listed_on} 至 {listing.listed_until}",
            "condition": listing.condition,
            "measures": [f"{measure.office}：{measure.text}" for measure in listing.measures.exclude(state="lifted")],
        }
        for listing in rows.select_related("list_type").prefetch_related("measures").order_by("listed_on", "pk")
    ]


def held_permit(firm: Enterprise, day: date) -> Facts:
    """How the permit stands, suspended, revoked or run out."""
    permit = standing_of(firm, day)
    return [line("安许证", f"{permit.number}　{permit.words}" if permit.number else "无")]


def supervision_panel(firm: Enterprise, user: Any) -> Facts:
    """差别化监管: the class of the draws, where inspections may be read, and the hazards that are still open."""
    kind = RiskClass.objects.filter(enterprise=firm).first()
    hazards = Hazard.objects.visible_to(user).filter(enterprise=firm, state__in=State.OPEN)
    counted = hazards.aggregate(all=Count("pk"), major=Count("pk", filter=Q(grade=Grade.MAJOR)))
    said = f"{RiskGrade(kind.grade).label}，{kind.assessed_on} 评定" if kind else "未评定，按 C（一般）抽取"
    facts = [
        line("风险分类", said),
        line("分类来源", kind.source if kind else ""),
        line(
            "未销号隐患",
            f"您可见 {counted['all']} 条，其中重大 {counted['major']} 条",
            url=f"{reverse('hazards:list')}?view=open&enterprise__organisation__name={quote(firm.name)}",
        ),
    ]
    return [*facts, *held_permit(firm, timezone.localdate())]


def rank_words(firm: Enterprise, told: Explained) -> dict[str, str]:
    place = rank_of(firm, told.score.score)
    kind = firm.get_kind_display()
    return {
        "province": f"全省{kind}企业第 {place['better'] + 1:,} / {max(place['of'], place['better'] + 1):,} 名",
        "city": f"本地区第 {place['better_here'] + 1:,} / {max(place['of_here'], place['better_here'] + 1):,} 名",
    }


def leaving_panel(firm: Enterprise, user: Any, day: date) -> Facts:
    """What the way off a list still asks for."""
    listing = (
        Blacklisting.objects.filter(enterprise=firm, person=None, state=ListState.LISTED)
        .select_related("list_type")
        .order_by("-listed_until")
        .first()
    )
    if listing is None or listing.listed_until is None or listing.listed_on is None:
        return []
    left = (listing.listed_until - day).days
    waiting = JointMeasure.objects.filter(listing=listing, state="sent").count()
    return [
        line("期满移出", f"{listing.listed_until + timedelta(days=1)}，还有 {left + 1} 天"),
        line("申请移出", f"列入满 {listing.list_type.removable_after} 个月后提出信用修复"),
        line("惩戒反馈", f"待反馈 {waiting} 项"),
    ]


def past_lists(firm: Enterprise) -> list[dict[str, str]]:
    rows = Blacklisting.objects.filter(enterprise=firm, person=None, state__in=(ListState.REMOVED, ListState.REVOKED))
    return [
        {
            "title": listing.list_type.name,
            "url": listing.get_absolute_url(),
            "state": listing.get_state_display(),
            "note": f"{listing.listed_on} 列入，{listing.removed_on or listing.revoked_on} 移出",
        }
        for listing in rows.select_related("list_type").order_by("-pk")
    ]
