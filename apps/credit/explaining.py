"""Why somebody stands where they do: every point with its source, any day of the past, and what time alone will do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from apps.core.scoping import at_or_below, lineage
from apps.credit.clocks import months_after
from apps.credit.models import Blacklisting, CreditEntry, CreditProfile, CreditStanding, Part
from apps.credit.scoring import Line, Profile, Score, counts_on, fold, points_on
from apps.enterprises.models import Enterprise

FORECAST_DAYS = (30, 90)
TREND_MONTHS = 12


@dataclass(frozen=True)
class Row:
    """One entry in a score: what it adds on the day, and until when."""

    entry: CreditEntry
    points: Decimal
    last_day: date


@dataclass(frozen=True)
class Explained:
    """A score on a day with all that makes it; `hidden` are entries that count and that this reader may not see."""

    day: date
    profile: CreditProfile
    score: Score
    rows: Sequence[Row]
    hidden: int
    trend: Sequence[tuple[date, Decimal]]
    forecast: Sequence[tuple[int, Score]]

    @property
    def parts(self) -> list[tuple[str, Decimal, Decimal]]:
        """By part: its label, its points, and what the limits took away or gave."""
        raw = {part: sum((r.points for r in self.rows if r.entry.part == part), Decimal(0)) for part in Part.values}
        return [(part.label, self.score.parts[part.value], self.score.parts[part.value] - raw[part]) for part in Part]


def explained(
    counting: Iterable[CreditEntry], listings: Iterable[Blacklisting], subject: str, day: date, seen: Iterable[int]
) -> Explained | None:
    """All decided entries and listings of one subject, folded for the day; None where no standard was in force.

    `seen` are the keys of the entries that the reader may see.
    """
    edition = CreditProfile.objects.in_force(subject, day)
    if edition is None:
        return None
    entries, spans = list(counting), [span(listing) for listing in listings]
    lines = [(entry, Line.of(entry)) for entry in entries]
    profile = Profile.of(edition)

    def on(when: date) -> Score:
        listed = any(first <= when < end for first, end in spans)
        return fold([line for _, line in lines], profile, when, listed=listed)

    visible = set(seen)
    rows = [
        Row(entry, points_on(line, day), line.ends_on - timedelta(days=1))
        for entry, line in lines
        if counts_on(line, day) and entry.pk in visible
    ]
    score = on(day)
    return Explained(
        day,
        edition,
        score,
        sorted(rows, key=lambda row: (row.entry.starts_on, row.entry.pk), reverse=True),
        score.entries - len(rows),
        [(when, on(when).score) for when in months_before(day)],
        [(days, on(day + timedelta(days=days))) for days in FORECAST_DAYS],
    )


def span(listing: Blacklisting) -> tuple[date, date]:
    """The days on which it stands: from the first to before the second."""
    assert listing.listed_on is not None and listing.listed_until is not None  # noqa: S101
    return listing.listed_on, listing.removed_on or listing.revoked_on or listing.listed_until + timedelta(days=1)


def months_before(day: date) -> list[date]:
    return [months_after(day, -n) for n in range(TREND_MONTHS, 0, -1)] + [day]


def of_firm(firm: Enterprise, user: Any, day: date) -> Explained | None:
    """The score of an enterprise that this user sees."""
    decided = CreditEntry.objects.filter(enterprise=firm, person=None, starts_on__isnull=False)
    seen = CreditEntry.objects.of_firm(firm, user).filter(person=None)
    if user.role_definition.side != "regulator" and user.organisation_id != firm.pk:
        seen = decided.filter(state="published", published_on__lte=day, publish_until__gte=day)
    listings = Blacklisting.objects.filter(enterprise=firm, person=None, listed_on__isnull=False)
    rows = decided.select_related("item", "project", "organisation")
    return explained(rows, listings, "enterprise", day, seen.values_list("pk", flat=True))


def of_person(person: Any, user: Any, day: date) -> Explained | None:
    decided = CreditEntry.objects.filter(person=person, starts_on__isnull=False)
    seen = decided.values_list("pk", flat=True)
    listings = Blacklisting.objects.filter(person=person, listed_on__isnull=False)
    return explained(decided.select_related("item", "project", "organisation"), listings, "person", day, seen)


def rank_of(firm: Enterprise, score: Decimal) -> dict[str, int]:
    """Where the firm stands among those of its kind: how many stand better and how many there are, and in its city."""
    peers = CreditStanding.objects.filter(enterprise__kind=firm.kind, enterprise__status="active")
    city = lineage(firm.region_path)[:2][-1]
    near = at_or_below("enterprise__region_path", city)
    return peers.aggregate(
        better=Count("pk", filter=Q(score__gt=score)),
        of=Count("pk"),
        better_here=Count("pk", filter=near & Q(score__gt=score)),
        of_here=Count("pk", filter=near),
    )


def curve(explained: Explained) -> dict[str, Any]:
    """The trend as points of a small drawing, with the line below which the worst letter begins."""
    scores = [float(score) for _, score in explained.trend]
    bands = [float(least) for least in explained.profile.bands.values()]
    low, high = min([*scores, *bands]) - 5, max([*scores, *bands]) + 5

    def y(value: float) -> float:
        return round(10 + (high - value) / (high - low) * 110, 1)

    step = 270 / (len(scores) - 1)
    places = [(round(30 + n * step, 1), y(score)) for n, score in enumerate(scores)]
    return {
        "points": " ".join(f"{x},{y}" for x, y in places),
        "last": {"x": places[-1][0], "y": places[-1][1], "score": explained.trend[-1][1]},
        "lines": [
            {"y": y(float(least)), "label": f"{letter} {least}"} for letter, least in explained.profile.bands.items()
        ],
        "first_day": explained.trend[0][0],
        "last_day": explained.trend[-1][0],
    }
