"""疑似重复: which firms may be registered twice, told by what they have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import connection

from apps.enterprises.models import Enterprise, EnterpriseMerge, MergeState

KEPT_S = 60
MOST_BEARERS = 20
"""What more firms than this have in common is a word such as “无”, and tells nothing."""
GROUNDS = {"former": "曾用名相同", "licence": "安全生产许可证编号相同", "name": "名称相同"}
# Wide and narrow letters, brackets and points are one, and so are the two words for a limited company.
SPELLED = r"""replace(upper(regexp_replace(normalize({text}, NFKC),
    '[[:space:]()\[\]<>《》〔〕【】“”"''·.,，。、_-]', '', 'g')), '有限责任公司', '有限公司') COLLATE "C" """
PAIRS = f"""
WITH seen AS MATERIALIZED ({{seen}}),
told AS (
    SELECT s.id, 'name' AS ground, {SPELLED.format(text="o.name")} AS word
      FROM seen s JOIN accounts_organisation o ON o.id = s.id
    UNION ALL SELECT s.id, 'former', {SPELLED.format(text="n.name")}
      FROM seen s JOIN enterprises_formername n ON n.enterprise_id = s.id
    UNION ALL SELECT s.id, 'licence', {SPELLED.format(text="e.safety_licence")}
      FROM seen s JOIN enterprises_enterprise e ON e.organisation_id = s.id WHERE e.safety_licence <> ''
),
telling AS (
    SELECT id, ground, word, ground = 'licence' AS is_licence
      FROM (SELECT *, count(*) OVER (PARTITION BY word, ground) AS bearers FROM told) counted
     WHERE bearers <= %s AND word <> ''
)
SELECT a.id, b.id, array_agg(DISTINCT least(a.ground, b.ground) ORDER BY least(a.ground, b.ground))
  FROM telling a JOIN telling b ON a.word = b.word AND a.is_licence = b.is_licence AND a.id < b.id
 GROUP BY a.id, b.id ORDER BY b.id DESC, a.id
"""  # noqa: S608  (made by Django, and our own words)


class Pair(NamedTuple):
    """Keys of two firms, and what they have in common."""

    older: int
    newer: int
    grounds: tuple[str, ...]


@dataclass(frozen=True)
class LikelyPair:
    """The newer is shown as the duplicate; the page of the merge lets the two change places."""

    older: Enterprise
    newer: Enterprise
    grounds: str


def likely_pairs(user: Any) -> list[Pair]:
    """All pairs among the firms that this user sees, the newest first, but for those on which somebody has decided.

    Spelling all names of the province alike takes a second, so what was found is kept for the next page.
    """
    found = cache.get_or_set(f"likely:{user.pk}", lambda: found_pairs(user), KEPT_S) or []
    known = decided_pairs()
    return [pair for pair in found if frozenset(pair[:2]) not in known]


def found_pairs(user: Any) -> list[Pair]:
    seen = Enterprise.objects.visible_to(user).standing().order_by().values_list("pk")
    sql, values = seen.query.sql_with_params()
    keys = f"SELECT q.id FROM ({sql}) q (id)"  # noqa: S608  (made by Django)
    with connection.cursor() as cursor:
        cursor.execute(PAIRS.format(seen=keys), (*values, MOST_BEARERS))
        return [Pair(older, newer, tuple(grounds)) for older, newer, grounds in cursor.fetchall()]


def decided_pairs() -> set[frozenset[int]]:
    """Proposed already, or found to be two firms."""
    rows = EnterpriseMerge.objects.exclude(state=MergeState.WITHDRAWN)
    return {frozenset(pair) for pair in rows.values_list("survivor", "duplicate")}


def with_firms(pairs: Sequence[Pair], user: Any) -> list[LikelyPair]:
    rows = Enterprise.objects.visible_to(user).standing().select_related("organisation__region")
    firms = rows.in_bulk({pk for pair in pairs for pk in pair[:2]})
    return [
        LikelyPair(firms[pair.older], firms[pair.newer], "、".join(GROUNDS[ground] for ground in pair.grounds))
        for pair in pairs
        if pair.older in firms and pair.newer in firms
    ]
