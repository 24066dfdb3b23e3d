"""Very many credit entries of the past, drawn and written by the database, with the event that says they came in."""

from datetime import date
from typing import Any

from django.db import connection, models

from apps.core.events import leaf_sql
from apps.core.models import Event
from apps.credit.folding import recompute
from apps.credit.models import CreditEntry, CreditItem, Subject
from apps.dashboards.demo.loading import bare, reserve

DAYS = 900
"""The oldest was decided so many days ago."""

DRAW = """
    CREATE OR REPLACE FUNCTION pg_temp.lot(n bigint, use int) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
        SELECT (hashint8extended(n, {seed} * 1000 + use) & 9007199254740991) / 9007199254740992.0::float8
    $$"""

# A few firms have most of the entries, as a few have most of the sites.
DRAWN = """
    CREATE TEMP TABLE demo_entry ON COMMIT DROP AS
    WITH firms AS (SELECT array_agg(organisation_id ORDER BY organisation_id) AS keys
                     FROM enterprises_enterprise WHERE kind = 'contractor'),
         items AS (SELECT array_agg(id ORDER BY id) AS keys FROM credit_credititem WHERE id = ANY(%(items)s)),
         offices AS (SELECT array_agg(id ORDER BY id) AS keys FROM accounts_user WHERE id = ANY(%(officers)s))
    SELECT n,
           firms.keys[1 + floor(power(pg_temp.lot(n, 1), 1.7) * cardinality(firms.keys))::int] AS firm,
           items.keys[1 + floor(power(pg_temp.lot(n, 2), 1.4) * cardinality(items.keys))::int] AS item,
           offices.keys[1 + mod(n, cardinality(offices.keys))::int] AS checker,
           offices.keys[1 + mod(n + 1, cardinality(offices.keys))::int] AS decider,
           %(today)s::date - floor(pg_temp.lot(n, 3) * %(days)s)::int AS starts_on,
           pg_temp.lot(n, 4) AS fate,
           (pg_temp.lot(n, 5) * 300)::int AS cut
      FROM generate_series(1, %(count)s::bigint) n, firms, items, offices"""

VALUES = {
    "id": "%(first)s + d.n - 1",
    "version": "1",
    "created_at": "now()",
    "number": "'XY-' || extract(year FROM d.starts_on) || '-9' || lpad(d.n::text, 7, '0')",
    "enterprise_id": "d.firm",
    "region_path": "e.region_path",
    "organisation_id": "u.organisation_id",
    "office_path": "o.region_path",
    "item_id": "i.id",
    "part": "i.part",
    "nature": "i.nature",
    "severity": "i.severity",
    "points": "i.points",
    "caps_at": "i.caps_at",
    "decay": "i.decay",
    "happened_on": "d.starts_on - 30",
    "facts": "i.name",
    "evidence": "i.evidence",
    "legal_basis": "i.legal_basis",
    "served_on": "d.starts_on - 15",
    "objection_until": "d.starts_on - 8",
    "checked_at": "(d.starts_on - 20)::timestamp AT TIME ZONE 'Asia/Shanghai'",
    "checked_by_id": "d.checker",
    "opinion": "'证据充分'",
    "decided_at": "d.starts_on::timestamp AT TIME ZONE 'Asia/Shanghai'",
    "decided_by_id": "d.decider",
    "starts_on": "d.starts_on",
    "expires_on": "t.expires_on",
    "ends_on": "t.ends_on",
    "state": """CASE WHEN d.fate < 0.02 AND t.ends_on < %(today)s THEN 'revoked'
                     WHEN t.ends_on <= %(today)s THEN 'expired'
                     WHEN t.publish_until >= %(today)s THEN 'published' ELSE 'effective' END""",
    "revoked_on": "CASE WHEN d.fate < 0.02 AND t.ends_on < %(today)s THEN t.ends_on END",
    "published_on": "CASE WHEN i.publish_months > 0 THEN d.starts_on END",
    "publish_until": "t.publish_until",
}
FROM = """
      FROM demo_entry d
      JOIN enterprises_enterprise e ON e.organisation_id = d.firm
      JOIN credit_credititem i ON i.id = d.item
      JOIN accounts_user u ON u.id = d.decider
      JOIN accounts_organisation o ON o.id = u.organisation_id
     CROSS JOIN LATERAL (SELECT (d.starts_on + make_interval(months => i.valid_months))::date AS expires_on) x
     CROSS JOIN LATERAL (
         SELECT x.expires_on,
                CASE WHEN d.fate < 0.02 THEN least(x.expires_on, d.starts_on + d.cut) ELSE x.expires_on END AS ends_on,
                CASE WHEN i.publish_months > 0
                     THEN (d.starts_on + make_interval(months => i.publish_months))::date END AS publish_until) t
     ORDER BY d.n"""
FACTS = """'{"points":"' || points || '"}'"""
EVENTS = """
    INSERT INTO core_event (record_type, record_id, step, name, before, after, facts, actor_id, happened_at, leaf)
    SELECT 'credit.creditentry', id::text, 1, 'imported', '', state, facts::jsonb, decided_by_id, created_at, {leaf}
      FROM (SELECT id, state, decided_by_id, created_at, {facts} AS facts
              FROM credit_creditentry WHERE id >= %(first)s ORDER BY id) told"""
MOMENT = """to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def write_entries(count: int, officers: list[int], *, seed: int, today: date) -> None:
    """So many decided entries of contractors; `officers` are at least two, of whom one checked and another decided."""
    items = CreditItem.objects.filter(subject=Subject.ENTERPRISE, caps_at="").order_by("pk")
    known: dict[str, Any] = {
        "count": count,
        "today": today,
        "days": DAYS,
        "items": list(items.values_list("pk", flat=True)),
        "officers": officers,
        "first": reserve(CreditEntry, count).start,
    }
    with connection.cursor() as cursor:
        cursor.execute(DRAW.format(seed=int(seed)))
        cursor.execute(DRAWN, known)
        cursor.execute("ANALYZE demo_entry")
        with bare(CreditEntry._meta.db_table, Event._meta.db_table):
            cursor.execute(insert(), known)
            cursor.execute(EVENTS.format(facts=FACTS, leaf=leaf()), known)
        cursor.execute("ANALYZE credit_creditentry")
    recompute(Subject.ENTERPRISE)


def insert() -> str:
    """Every column, those that are not told as empty text or nothing."""
    columns = {str(f.column): VALUES.get(str(f.column), blank(f)) for f in CreditEntry._meta.concrete_fields}
    return f"INSERT INTO credit_creditentry ({', '.join(columns)}) SELECT {', '.join(columns.values())} {FROM}"


def blank(field: models.Field) -> str:
    return "NULL" if field.null else "''"


def leaf() -> str:
    return leaf_sql(
        record_type="'credit.creditentry'::text",
        record_id="id::text",
        step="1",
        name="'imported'::text",
        after="state",
        facts="facts",
        actor="decided_by_id",
        happened_at=MOMENT,
    )
