"""Why somebody stands where they do: every point with its source, any day of the past, and what time alone will do."""

from collections.abc import Iterable, Mapping, Sequence
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
class Change:
    """What an entry adds on a later day beyond what it adds now; `day` is its last, or None where it only fades."""

    entry: CreditEntry
    points: Decimal
    day: date | None


@dataclass(frozen=True)
class Forecast:
    """The score so many days ahead if nothing new happens, and why, as far as the reader may see it."""

    days: int
    score: Score
    changes: Sequence[Change]


@dataclass(frozen=True)
class Explained:
    """A score on a day with all that makes it; `hidden` are entries that count and that this reader may not see.

    `raw` are the points of all entries by part, before the limits.
    """

    day: date
    profile: CreditProfile
    score: Score
    rows: Sequence[Row]
    hidden: int
    raw: Mapping[str, Decimal]
    trend: Sequence[tuple[date, Decimal]]
    forecast: Sequence[Forecast]

    @property
    def parts(self) -> list[tuple[str, Decimal, Decimal]]:
        """By part: its label, its points, and what the limits took away or gave."""
        held = self.score.parts
        return [(part.label, held[part.value], held[part.value] - self.raw[part.value]) for part in Part]

    @property
    def hidden_points(self) -> Decimal:
        """What the entries that are not shown add."""
        return sum(self.raw.values(), Decimal(0)) - sum((row.points for row in self.rows), Decimal(0))


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
    shown = [(entry, line) for entry, line in lines if counts_on(line, day) and entry.pk in visible]
    rows = [Row(entry, points_on(line, day), line.ends_on - timedelta(days=1)) for entry, line in shown]
    score = on(day)
    later = [(days, day + timedelta(days=days)) for days in FORECAST_DAYS]
    return Explained(
        day,
        edition,
        score,
        sorted(rows, key=lambda row: (row.entry.starts_on, row.entry.pk), reverse=True),
        score.entries - len(rows),
        raw_points(lines, day),
        [(when, on(when).score) for when in months_before(day)],
        [Forecast(days, on(when), changes_between(shown, day, when)) for days, when in later],
    )


def raw_points(lines: Iterable[tuple[CreditEntry, Line]], day: date) -> dict[str, Decimal]:
    counted = [(entry.part, points_on(line, day)) for entry, line in lines if counts_on(line, day)]
    return {part: sum((points for own, points in counted if own == part), Decimal(0)) for part in Part.values}


def changes_between(shown: Iterable[tuple[CreditEntry, Line]], day: date, later: date) -> list[Change]:
    """What these entries, which count on the day, add otherwise on the later one; who ends first comes first."""
    changes = []
    for entry, line in shown:
        lasts = counts_on(line, later)
        beyond = (points_on(line, later) if lasts else Decimal(0)) - points_on(line, day)
        if beyond:
            changes.append(Change(entry, beyond, None if lasts else line.ends_on - timedelta(days=1)))
    return sorted(changes, key=lambda change: (change.day or later, change.entry.pk))


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
    near = at_or_below("enterprise__region_path", city_of(firm))
    return peers.aggregate(
        better=Count("pk", filter=Q(score__gt=score)),
        of=Count("pk"),
        better_here=Count("pk", filter=near & Q(score__gt=score)),
        of_here=Count("pk", filter=near),
    )


def city_of(firm: Enterprise) -> str:
    """The path of the city in which the firm is seated; of the province where it is seated nowhere below."""
    return lineage(firm.region_path)[:2][-1]


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
        "places": [
            {"x": x, "y": y, "day": day, "score": score}
            for (x, y), (day, score) in zip(places, explained.trend, strict=True)
        ],
        "score": explained.trend[-1][1],
        "lines": [
            {"y": y(float(least)), "label": f"{letter} {least}"} for letter, least in explained.profile.bands.items()
        ],
        "first_day": explained.trend[0][0],
        "last_day": explained.trend[-1][0],
    }
