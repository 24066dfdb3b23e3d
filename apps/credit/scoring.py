"""A score as a pure fold of entries as of a day: no clock, no database, the same for any day of the past or to come.

`apps.credit.folding` says the same in SQL for everybody at once; a test holds the two together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

from apps.credit.models.words import Decay, Letter, Part

CENT = Decimal("0.01")
WORST = Letter.D


@dataclass(frozen=True)
class Line:
    """What of an entry the score needs.  It counts on the days from `starts_on` to the day before `ends_on`."""

    part: str
    points: Decimal
    starts_on: date
    expires_on: date
    ends_on: date
    decay: str = Decay.NONE
    caps_at: str = ""

    @classmethod
    def of(cls, entry: Any) -> Self:
        return cls(**{name: getattr(entry, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Profile:
    """The numbers of a credit profile: base, least and most of each part, lowest score of each letter."""

    base: Decimal
    limits: Mapping[str, tuple[Decimal, Decimal]]
    bands: tuple[tuple[str, Decimal], ...]

    @classmethod
    def of(cls, edition: Any) -> Self:
        limits = {part: (Decimal(least), Decimal(most)) for part, (least, most) in edition.limits.items()}
        bands = sorted(((letter, Decimal(least)) for letter, least in edition.bands.items()), key=lambda b: -b[1])
        return cls(Decimal(edition.base), limits, tuple(bands))

    def letter(self, score: Decimal) -> str:
        return next((letter for letter, least in self.bands if score >= least), WORST)


@dataclass(frozen=True)
class Score:
    """The result: points by part after their limits, the sum with the base, and the letter after its caps."""

    score: Decimal
    grade: str
    parts: Mapping[str, Decimal] = field(default_factory=dict)
    entries: int = 0
    capped_by: str = ""


def counts_on(line: Line, day: date) -> bool:
    return line.starts_on <= day < line.ends_on


def points_on(line: Line, day: date) -> Decimal:
    """The points that an entry adds on a day, to the hundredth; 0 outside of its time."""
    if not counts_on(line, day):
        return Decimal(0)
    term, passed = (line.expires_on - line.starts_on).days, (day - line.starts_on).days
    if line.decay == Decay.HALVED:
        return rounded(line.points / 2) if 2 * passed >= term else line.points
    if line.decay == Decay.LINEAR:
        return rounded(line.points * (term - passed) / term)
    return line.points


def rounded(value: Decimal) -> Decimal:
    """Halves away from zero, as PostgreSQL rounds."""
    return value.quantize(CENT, ROUND_HALF_UP)


def fold(lines: Iterable[Line], profile: Profile, day: date, *, listed: bool = False) -> Score:
    """The score on a day.  Who stands on a list of the seriously untrustworthy has the worst letter."""
    counting = [line for line in lines if counts_on(line, day)]
    parts = {part: limited(counting, part, profile, day) for part in Part.values}
    score = profile.base + sum(parts.values(), Decimal(0))
    caps = [line.caps_at for line in counting if line.caps_at] + ([WORST] if listed else [])
    cap, letter = max(caps, default=""), profile.letter(score)
    return Score(score, max(letter, cap), parts, len(counting), cap if cap > letter else "")


def limited(lines: Iterable[Line], part: str, profile: Profile, day: date) -> Decimal:
    """The points of a part, no less and no more than its limits."""
    told = sum((points_on(line, day) for line in lines if line.part == part), Decimal(0))
    least, most = profile.limits.get(part, (told, told))
    return min(max(told, least), most)
