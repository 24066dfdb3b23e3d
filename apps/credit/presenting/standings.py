"""The panels of a credit page: what was decided of the firm, how it stands, and what follows."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.cases import line
from apps.credit.cells import letter_mark, points_in_words, points_mark, sample_mark
from apps.credit.explaining import Explained, Forecast, city_of, curve, rank_of
from apps.credit.models import Blacklisting, CreditEntry, JointMeasure, ListState
from apps.credit.services.permits import standing_of
from apps.enterprises.models import Enterprise
from apps.hazards.models import Grade, Hazard, State
from apps.inspections.models import RiskClass, RiskGrade
from apps.regions.models import Region

Facts = list[dict[str, Any]]
MOST_CHANGES = 5


def score_panel(told: Explained, user: Any) -> dict[str, Any]:
    """Score and letter, the parts, the trend, and what time alone will bring."""
    return {
        "score": told.score.score,
        "letter": letter_mark(told.score.grade),
        "grade": told.score.grade,
        "bands": told.profile.bands_in_words,
        "profile_url": told.profile.get_absolute_url() if user.has_perm("credit.view_creditprofile") else "",
        "sample": sample_mark(told.profile.is_sample),
        "capped_by": told.score.capped_by,
        "base": told.profile.base,
        "parts": [
            {"label": label, "points": points_mark(points), "cut": points_in_words(cut) if cut else ""}
            for label, points, cut in told.parts
        ],
        "hidden_points": points_mark(told.hidden_points),
        "curve": curve(told),
        "forecast": [forecast_of(one) for one in told.forecast],
    }


def forecast_of(one: Forecast) -> dict[str, Any]:
    """The figure, and the first of the entries that bring it about."""
    return {
        "days": one.days,
        "score": one.score.score,
        "letter": letter_mark(one.score.grade),
        "changes": [
            {
                "number": change.entry.number,
                "url": change.entry.get_absolute_url(),
                "why": f"计至 {change.day}" if change.day else "按计分方式递减",
                "points": points_mark(change.points),
                "sample": sample_mark(change.entry.item.is_sample),
            }
            for change in one.changes[:MOST_CHANGES]
        ],
        "more": max(0, len(one.changes) - MOST_CHANGES),
    }


def lines_of(told: Explained, user: Any) -> list[dict[str, Any]]:
    """The table: newest first, and the base at the end, so that the column adds up.

    An office elsewhere is told what counts, though the case is not its own and does not open for it.
    """
    keys = [row.entry.pk for row in told.rows]
    opens = set(CreditEntry.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
    return [
        {
            "day": row.entry.starts_on,
            "title": row.entry.item.name,
            "url": row.entry.get_absolute_url() if row.entry.pk in opens else "",
            "sub": sub_of(row.entry),
            "part": row.entry.get_part_display(),
            "points": points_mark(row.points),
            "sample": sample_mark(row.entry.item.is_sample),
            "faded": points_in_words(row.entry.points) if row.points != row.entry.points else "",
            "until": row.last_day,
        }
        for row in told.rows
    ]


def sub_of(entry: Any) -> str:
    place = entry.project.name if entry.project else ""
    return "　".join(filter(None, (entry.number, entry.decision_number, place)))


def standing_lists(firm: Enterprise, user: Any, day: date) -> list[dict[str, Any]]:
    """The lists on which the firm stands, for the banner; they are public, so that whoever sees the firm sees them."""
    rows = Blacklisting.objects.filter(enterprise=firm, person=None, listed_on__lte=day, listed_until__gte=day)
    rows = rows.exclude(Q(removed_on__lte=day) | Q(revoked_on__lte=day))
    opens = set(rows.visible_to(user).values_list("pk", flat=True))
    return [
        {
            "name": listing.list_type.name,
            "number": listing.decision_number,
            "url": listing.get_absolute_url() if listing.pk in opens else "",
            "span": f"{listing.listed_on} 至 {listing.listed_until}",
            "condition": listing.condition,
            "measures": [measure_words(measure) for measure in listing.measures.exclude(state="lifted")],
        }
        for listing in rows.select_related("list_type").prefetch_related("measures").order_by("listed_on", "pk")
    ]


def measure_words(measure: JointMeasure) -> str:
    """招标投标监管：列入期间限制投标（待反馈）: for whom, what, and whether it is done."""
    state = "逾期未反馈" if measure.is_late else measure.get_state_display()
    return f"{measure.get_kind_display()}：{measure.text}（{state}）"


def marks_of(told: Explained | None, lists: list[dict[str, Any]]) -> list[SafeString]:
    """Beside the name of the firm: that it is listed, and its letter."""
    listed = [format_html('<span class="chip chip-red">{}</span>', "失信名单")] if lists else []
    return [*listed, letter_mark(told.score.grade)] if told else listed


def held_permit(firm: Enterprise, day: date) -> Facts:
    """How the permit stands, suspended, revoked or run out; it leads to the permit, or to the cases about it."""
    permit = standing_of(firm, day)
    if not permit.number:
        return [line("安许证", "无")]
    cases = f"{reverse('permit_cases:list')}?view=all&enterprise__uscc={firm.uscc}"
    is_held = permit.state in ("suspended", "revoked")
    url = cases if is_held else reverse("permits:detail", args=[firm.uscc])
    return [line("安许证", permit.number, url=url), line("许可状态", permit.words, url=url)]


def supervision_panel(firm: Enterprise, user: Any) -> Facts:
    """差别化监管: the class of the draws, where inspections may be read, and the hazards that are still open."""
    kind = RiskClass.objects.filter(enterprise=firm).first()
    hazards = Hazard.objects.visible_to(user).filter(enterprise=firm, state__in=State.OPEN)
    counted = hazards.aggregate(all=Count("pk"), major=Count("pk", filter=Q(grade=Grade.MAJOR)))
    said = f"{RiskGrade(kind.grade).label}，{kind.assessed_on} 评定" if kind else "未评定，按 C（一般）抽取"
    facts = [
        line("风险分类", said, url=class_url(kind, user)),
        line("分类来源", kind.source if kind else ""),
        line(
            "未销号隐患",
            f"您可见 {counted['all']} 条，其中重大 {counted['major']} 条",
            url=f"{reverse('hazards:list')}?view=open&enterprise__organisation__name={quote(firm.name)}",
        ),
    ]
    return [*facts, *held_permit(firm, timezone.localdate())]


def class_url(kind: RiskClass | None, user: Any) -> str:
    sees = kind is not None and user.has_perm("inspections.view_riskclass")
    return reverse("risk_classes:detail", args=[kind.pk]) if kind and sees else ""


def rank_words(firm: Enterprise, told: Explained) -> list[dict[str, str]]:
    """Each with the list that it is counted in, as far as the reader sees it."""
    place = rank_of(firm, told.score.score)
    peers = f"{reverse('credit:list')}?view=all&sort=-score&enterprise__kind={firm.kind}&enterprise__status=active"
    city = Region.objects.filter(path=city_of(firm)).values_list("code", flat=True).first() or ""
    return [
        {
            "words": f"全省{firm.get_kind_display()}企业第 {place['better'] + 1:,} / "
            f"{max(place['of'], place['better'] + 1):,} 名",
            "url": peers,
        },
        {
            "words": f"本地区第 {place['better_here'] + 1:,} / {max(place['of_here'], place['better_here'] + 1):,} 名",
            "url": f"{peers}&enterprise__organisation__region__name={city}",
        },
    ]


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
    waiting = list(JointMeasure.objects.filter(listing=listing, state="sent"))
    late = sum(measure.is_late for measure in waiting)
    awaited = f"待反馈 {len(waiting)} 项{f'，逾期 {late} 项' if late else ''}"
    return [
        line("期满移出", f"{listing.listed_until + timedelta(days=1)}，还有 {left + 1} 天"),
        line("申请移出", f"列入满 {listing.list_type.removable_after} 个月后提出信用修复"),
        line("惩戒反馈", awaited, url=measures_url(listing, user)),
    ]


def measures_url(listing: Blacklisting, user: Any) -> str:
    sees = user.has_perm("credit.view_jointmeasure")
    return f"{reverse('joint_measures:list')}?view=all&listing__number={listing.number}" if sees else ""


def past_lists(firm: Enterprise, user: Any) -> list[dict[str, str]]:
    rows = Blacklisting.objects.filter(enterprise=firm, person=None, state__in=(ListState.REMOVED, ListState.REVOKED))
    opens = set(rows.visible_to(user).values_list("pk", flat=True))
    return [
        {
            "title": listing.list_type.name,
            "url": listing.get_absolute_url() if listing.pk in opens else "",
            "state": listing.get_state_display(),
            "note": f"{listing.listed_on} 列入，{listing.removed_on or listing.revoked_on} 移出",
        }
        for listing in rows.select_related("list_type").order_by("-pk")
    ]
