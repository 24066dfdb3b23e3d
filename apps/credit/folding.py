"""The fold of `apps.credit.scoring` in SQL: for everybody at once or for those named, written only where it differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, models
from django.utils import timezone

from apps.credit.models import CreditProfile, CreditStanding, Part, PersonStanding, Subject
from apps.credit.scoring import WORST, Profile

# What an entry adds on the day: the same three ways as scoring.points_on.
POINTS = """CASE decay
    WHEN 'halved' THEN CASE WHEN 2 * (%(day)s::date - starts_on) >= expires_on - starts_on
                            THEN round(points / 2, 2) ELSE points END
    WHEN 'linear' THEN round(points * (expires_on - %(day)s::date) / (expires_on - starts_on), 2)
    ELSE points END"""

SCORES = """
    WITH sums AS (
        SELECT {subject} AS subject, count(*) AS entries, max(caps_at) AS cap, {sums}
          FROM credit_creditentry
         WHERE starts_on <= %(day)s AND ends_on > %(day)s AND {about} {only}
         GROUP BY {subject}
    ), listed AS (
        SELECT DISTINCT {subject} AS subject
          FROM credit_blacklisting
         WHERE listed_on <= %(day)s AND least(removed_on, revoked_on, listed_until + 1) > %(day)s AND {about}
    ), limited AS (
        SELECT subject, coalesce(entries, 0) AS entries, coalesce(cap, '') AS cap, listed IS NOT NULL AS is_listed,
               {limits}
          FROM ({everybody}) everybody LEFT JOIN sums USING (subject) LEFT JOIN listed USING (subject)
    ), scored AS (
        SELECT *, (%(base)s + project + enterprise + penalty)::numeric(6, 2) AS score FROM limited
    )
    SELECT subject, score, greatest({letter}, cap, CASE WHEN is_listed THEN '{worst}' ELSE '' END) AS grade,
           project, enterprise, penalty, entries, is_listed
      FROM scored"""

WRITE = """
    INSERT INTO {table} AS had ({key}, score, grade, project_points, enterprise_points, penalty_points, entries,
                                is_listed, changed_at)
    SELECT now.*, clock_timestamp()
      FROM ({scores}) now LEFT JOIN {table} had ON had.{key} = now.subject
     WHERE had.{key} IS NULL
        OR (had.score, had.grade, had.project_points, had.enterprise_points, had.penalty_points, had.entries,
            had.is_listed)
           IS DISTINCT FROM
           (now.score, now.grade, now.project, now.enterprise, now.penalty, now.entries::integer, now.is_listed)
     ORDER BY now.subject
    ON CONFLICT ({key}) DO UPDATE SET
        score = excluded.score, grade = excluded.grade, project_points = excluded.project_points,
        enterprise_points = excluded.enterprise_points, penalty_points = excluded.penalty_points,
        entries = excluded.entries, is_listed = excluded.is_listed, changed_at = excluded.changed_at
    RETURNING {key}"""


@dataclass(frozen=True)
class Fold:
    """Of whom scores are made: the column that names them, who has one at all, and where it is kept."""

    subject: str
    key: str
    about: str
    everybody: str
    standing: type[models.Model]


FOLDS = {
    Subject.ENTERPRISE: Fold(
        Subject.ENTERPRISE,
        "enterprise_id",
        "person_id IS NULL",
        "SELECT organisation_id AS subject FROM enterprises_enterprise",
        CreditStanding,
    ),
    Subject.PERSON: Fold(
        Subject.PERSON,
        "person_id",
        "person_id IS NOT NULL",
        "SELECT DISTINCT person_id AS subject FROM credit_creditentry WHERE person_id IS NOT NULL",
        PersonStanding,
    ),
}


def recompute(subject: str, keys: Sequence[int] | None = None, day: date | None = None) -> list[int]:
    """Bring the stored standings in line with the fold as of today; answers whose changed.

    `keys` are those whose entries have just moved; without them everybody is folded.  Nothing is written for who stands
    as before, so that a night without news leaves no trace.
    """
    fold = FOLDS[Subject(subject)]
    sql, values = scores_sql(fold, keys, day or timezone.localdate())
    if not sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(WRITE.format(table=fold.standing._meta.db_table, key=fold.key, scores=sql), values)
        return [key for (key,) in cursor.fetchall()]


def scores_as_of(subject: str, day: date, keys: Sequence[int] | None = None) -> dict[int, tuple[Any, ...]]:
    """The fold itself, unstored: by key the score, the letter, the points by part, how many count, whether listed."""
    sql, values = scores_sql(FOLDS[Subject(subject)], keys, day)
    if not sql:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {key: tuple(told) for key, *told in cursor.fetchall()}


def scores_sql(fold: Fold, keys: Sequence[int] | None, day: date) -> tuple[str, dict[str, Any]]:
    """The statement and its values; nothing where no profile is in force on the day."""
    edition = CreditProfile.objects.in_force(fold.subject, day)
    if edition is None:
        return "", {}
    profile = Profile.of(edition)
    values: dict[str, Any] = {"day": day, "base": profile.base, "keys": None if keys is None else list(keys)}
    for part, (least, most) in profile.limits.items():
        values |= {f"{part}_least": least, f"{part}_most": most}
    for n, (_, least) in enumerate(profile.bands):
        values[f"band_{n}"] = least
    sql = SCORES.format(
        subject=fold.key,
        about=fold.about,
        only="" if keys is None else f"AND {fold.key} = ANY(%(keys)s)",
        everybody=fold.everybody if keys is None else "SELECT unnest(%(keys)s::bigint[]) AS subject",
        sums=", ".join(f"sum({POINTS}) FILTER (WHERE part = '{part}') AS {part}" for part in Part.values),
        limits=", ".join(limited(part, part in profile.limits) for part in Part.values),
        letter=letter_sql(profile),
        worst=WORST,
    )
    return sql, values


def limited(part: str, has_limits: bool) -> str:
    told = f"coalesce({part}, 0)"
    held = f"least(greatest({told}, %({part}_least)s), %({part}_most)s)" if has_limits else told
    return f"{held}::numeric(7, 2) AS {part}"


def letter_sql(profile: Profile) -> str:
    tests = " ".join(f"WHEN score >= %(band_{n})s THEN '{letter}'" for n, (letter, _) in enumerate(profile.bands))
    return f"CASE {tests} ELSE '{WORST}' END"
