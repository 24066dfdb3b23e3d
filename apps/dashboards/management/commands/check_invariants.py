"""What must hold between tables: `manage.py check_invariants [--json]`; exits 1 when something does not.

What the database refuses by itself (constraints, foreign keys over copied scope keys, triggers) is not asked again.
"""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

from apps.hazards.models.tally import STANDING, TALLY, Summary


def differing(summary: Summary) -> str:
    """The kinds of which a table of counts says something else than the ledger."""
    columns = summary.columns
    return f"""
        SELECT count(*) FROM (
            SELECT {columns} FROM (
                SELECT {columns}, count FROM {summary.table}
                UNION ALL SELECT {columns}, -n FROM ({summary.counted}) AS ledger ({columns}, n)) both_sides
             GROUP BY {columns} HAVING sum(count) <> 0) differing
    """  # noqa: S608


# Each counts the rows that break it.
INVARIANTS = {
    "tally_equals_ledger": differing(TALLY),
    "standing_equals_ledger": differing(STANDING),
    # Every move is one event of the record's version; the last move has led to the state in which it stands.
    "hazard_has_the_event_of_its_version": """
        SELECT count(*) FROM hazards_hazard h LEFT JOIN core_event e
            ON e.record_type = 'hazards.hazard' AND e.record_id = h.id::text AND e.step = h.version
         WHERE e.id IS NULL
    """,
    "hazard_stands_where_its_last_move_led": """
        SELECT count(*) FROM hazards_hazard h JOIN core_event e
            ON e.record_type = 'hazards.hazard' AND e.record_id = h.id::text AND e.step = h.version
         WHERE e.after <> '' AND e.after <> h.state
    """,
    "risk_point_has_the_event_of_its_version": """
        SELECT count(*) FROM risks_riskpoint r LEFT JOIN core_event e
            ON e.record_type = 'risks.riskpoint' AND e.record_id = r.id::text AND e.step = r.version
         WHERE e.id IS NULL
    """,
    "measures_of_a_risk_point_are_counted": """
        SELECT count(*) FROM risks_riskpoint r WHERE measure_count <> (
            SELECT count(*) FROM risks_controlmeasure m WHERE m.risk_id = r.id AND NOT m.is_retired)
    """,
    "every_check_counts_its_failures": """
        SELECT count(*) FROM risks_controlcheck c WHERE failed <> (
            SELECT count(*) FROM risks_measureresult m WHERE m.control_check_id = c.id AND NOT m.is_effective)
    """,
    # Of each series every serial up to the last one stands on a paper.
    "paper_numbers_have_no_gap": """
        SELECT count(*) FROM documents_paperseries s
         WHERE s.kind <> 'random_draw'
           AND s.last <> (SELECT count(*) FROM documents_paper p
                           WHERE p.organisation_id = s.organisation_id AND p.kind = s.kind AND p.year = s.year
                             AND p.serial BETWEEN 1 AND s.last)
    """,
    # Draws are numbered in series of their own; a void one keeps its number.
    "draw_numbers_have_no_gap": """
        SELECT count(*) FROM documents_paperseries s
         WHERE s.kind = 'random_draw'
           AND s.last <> (SELECT count(*) FROM inspections_draw d
                           WHERE d.organisation_id = s.organisation_id AND d.number IS NOT NULL
                             AND extract(year FROM d.announced_at AT TIME ZONE 'Asia/Shanghai') = s.year)
    """,
    "coverage_of_regions_is_that_of_their_projects": """
        SELECT count(*) FROM (
            SELECT region_path, day FROM (
                SELECT region_path, day, 1 AS projects, counted, covered FROM coverage_coverageday
                UNION ALL SELECT region_path, day, -projects, -counted, -covered
                    FROM coverage_coverageregionday) both_sides
             GROUP BY region_path, day HAVING (sum(projects), sum(counted), sum(covered)) <> (0, 0, 0)) differing
    """,
    # While something waits to be counted, somebody may be without.
    "training_of_all_on_site_is_judged": """
        SELECT count(*) FROM roster_engagement e
         WHERE e.left_on IS NULL AND NOT EXISTS (SELECT FROM coverage_coveragedirty)
           AND NOT EXISTS (SELECT FROM training_trainingstanding s WHERE s.engagement_id = e.id)
    """,
    "work_is_not_both_done_and_given_up": """
        SELECT count(*) FROM core_outboxentry WHERE done_at IS NOT NULL AND dead_at IS NOT NULL
    """,
    "finished_job_has_its_time": """
        SELECT count(*) FROM core_job
         WHERE (state IN ('done', 'failed', 'cancelled')) <> (finished_at IS NOT NULL)
    """,
}


class Command(BaseCommand):
    help = "Count the rows that break what must hold between tables."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = self.asked()
        report = {"invariants": broken, "ok": not any(broken.values())}
        if options["json"]:
            self.stdout.write(json.dumps(report))
        else:
            for name, count in broken.items():
                self.stdout.write(f"{name:40} {count or 'holds'}")
        if not report["ok"]:
            sys.exit(1)

    @transaction.atomic
    def asked(self) -> dict[str, int]:
        """All of them; each is one statement, so it sees one moment and needs no lock.

        A whole ledger is read, so the limit that other work has on a statement does not apply here.
        """
        told = {}
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '64MB'")
            for name, query in INVARIANTS.items():
                cursor.execute(query)
                told[name] = cursor.fetchone()[0]
        return told
