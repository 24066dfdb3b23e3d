from django.db import migrations

# Paths are those of the project and follow it.
FOLLOW = """
    ALTER TABLE coverage_coverageday ADD CONSTRAINT coverage_follows_its_project
        FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
    ALTER TABLE coverage_coveragegap ADD CONSTRAINT gap_follows_its_project
        FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
    -- A frozen month stays in the region it was frozen in; a key keeps that it is of a project.
    ALTER TABLE coverage_coveragesnapshot ADD CONSTRAINT snapshot_of_a_project
        FOREIGN KEY (project_id) REFERENCES projects_project (id) DEFERRABLE INITIALLY IMMEDIATE;
"""

# A day without attendance counts against somebody on the days after it, and under one rule keeps them counted there.
WINDOW = """
    CREATE FUNCTION coverage_window() RETURNS integer LANGUAGE sql STABLE AS $$
        SELECT coalesce(max(greatest(absent_days, CASE denominator WHEN 'rostered' THEN window_days ELSE 0 END)), 0)
        FROM coverage_coveragerule
    $$;
"""
# What a row of each table bears on: the columns that matter, and the days from them.  `before` and `after` are the rows
# of a statement as they were and as they are; those that changed in none of these columns change no figure.
ATTENDANCE = """
    INSERT INTO coverage_coveragedirty (project_id, first_day, last_day)
    SELECT project_id, min(day), max(day) + coverage_window() FROM ({changed}) c
    GROUP BY project_id, date_trunc('month', day);
"""
FAULT = """
    INSERT INTO coverage_coveragedirty (project_id, first_day, last_day)
    SELECT DISTINCT project_id, day, day FROM ({changed}) c;
"""
ENGAGEMENT = """
    INSERT INTO coverage_coveragedirty (project_id, first_day)
    SELECT project_id, min(entered_on) FROM ({changed}) c GROUP BY project_id;
"""
PARTICIPATION = """
    INSERT INTO coverage_coveragedirty (person_id, first_day)
    SELECT person_id, min(credited_on) FROM ({changed}) c WHERE credited_on IS NOT NULL GROUP BY person_id;
"""
CERTIFICATE = """
    INSERT INTO coverage_coveragedirty (person_id, first_day, last_day)
    SELECT person_id, min(issued_on), max(valid_until) FROM ({changed}) c GROUP BY person_id;
"""
TOLD = {
    "roster_attendance": ("project_id, person_id, engagement_id, day", ATTENDANCE),
    "roster_attendancefault": ("id, project_id, day, kind, id_index, settled_at", FAULT),
    "roster_engagement": (
        "id, project_id, person_id, employer_id, worker_class, trade, entered_on, left_on",
        ENGAGEMENT,
    ),
    "training_participation": ("session_id, person_id, level, hours, credited_on", PARTICIPATION),
    "people_certificate": ("id, person_id, kind, trade, issued_on, valid_until", CERTIFICATE),
}
STATEMENTS = {
    "INSERT": ("NEW TABLE AS after", "SELECT {columns} FROM after"),
    "UPDATE": (
        "OLD TABLE AS before NEW TABLE AS after",
        """(SELECT {columns} FROM before EXCEPT SELECT {columns} FROM after)
            UNION ALL (SELECT {columns} FROM after EXCEPT SELECT {columns} FROM before)""",
    ),
    "DELETE": ("OLD TABLE AS before", "SELECT {columns} FROM before"),
}


def function(name: str, body: str) -> str:
    return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            {body}
            RETURN NULL;
        END $$;"""


def trigger(name: str, table: str, operation: str, tables: str) -> str:
    return f"""
        CREATE TRIGGER {name} AFTER {operation} ON {table} REFERENCING {tables}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}();"""


def queue_sql() -> str:
    """A trigger for each table and operation, each with its function."""
    parts = []
    for table, (columns, insert) in TOLD.items():
        for operation, (tables, changed) in STATEMENTS.items():
            name = f"coverage_{table.partition('_')[2]}_{operation.lower()}"
            parts.append(function(name, insert.format(changed=changed.format(columns=columns))))
            parts.append(trigger(name, table, operation, tables))
    return "\n".join(parts)


# A training that turns out to be another firm's or another site's; a number that is put right; another contractor.
OTHERS = """
    INSERT INTO coverage_coveragedirty (person_id, first_day)
    SELECT p.person_id, min(p.credited_on)
    FROM before b JOIN after a USING (id) JOIN training_participation p ON p.session_id = a.id
    WHERE (a.enterprise_id, a.project_id) IS DISTINCT FROM (b.enterprise_id, b.project_id) AND p.credited_on IS NOT NULL
    GROUP BY p.person_id;
"""
NUMBER = """
    INSERT INTO coverage_coveragedirty (person_id, first_day)
    SELECT a.id, DATE '1900-01-01' FROM before b JOIN after a USING (id) WHERE a.id_index IS DISTINCT FROM b.id_index;
"""
CONTRACTOR = """
    INSERT INTO coverage_coveragedirty (project_id, first_day)
    SELECT a.id, DATE '1900-01-01' FROM before b JOIN after a USING (id)
    WHERE a.enterprise_id IS DISTINCT FROM b.enterprise_id;
"""
# The first edition also judges the days before it.
RULE = """
    INSERT INTO coverage_coveragedirty (first_day)
    SELECT CASE WHEN EXISTS (SELECT FROM coverage_coveragerule r WHERE r.effective_from < c.first_day)
        THEN c.first_day ELSE DATE '1900-01-01' END
    FROM (SELECT min(effective_from) AS first_day FROM ({changed}) rules HAVING count(*) > 0) c;
"""
HOURS = """
    INSERT INTO coverage_coveragedirty (first_day)
    SELECT min(effective_from) FROM ({changed}) c HAVING count(*) > 0;
"""
CHANGED_RULES = "SELECT effective_from FROM before UNION ALL SELECT effective_from FROM after"

SUMMED = ("projects", "whole", "counted", "covered", "unexplained", "disputed", "absent")
OF_A_DAY = "1 AS projects, is_whole::int AS whole, counted, covered, unexplained, disputed, absent"
# Signed differences of a statement, in one order of rows, so that no two statements wait for each other crosswise.
SUMS = """
    INSERT INTO coverage_coverageregionday AS s (region_path, day, {columns})
    SELECT region_path, day, {sums} FROM ({parts}) c
    GROUP BY region_path, day HAVING ({sums}) IS DISTINCT FROM ({zeros})
    ORDER BY day, region_path
    ON CONFLICT (day, region_path) DO UPDATE SET {added};
    DELETE FROM coverage_coverageregionday s USING (SELECT DISTINCT region_path, day FROM before) b
    WHERE s.region_path = b.region_path AND s.day = b.day AND s.projects = 0;
"""
AFTER = f"SELECT region_path, day, {OF_A_DAY} FROM after"  # noqa: S608  (our own words)
TAKEN = ", ".join(f"-{name}" for name in SUMMED)
BEFORE = f"SELECT region_path, day, {TAKEN} FROM (SELECT region_path, day, {OF_A_DAY} FROM before) b"  # noqa: S608

TAKEN_AWAY = f"SELECT * FROM ({BEFORE}) t (region_path, day, {', '.join(SUMMED)})"  # noqa: S608


def sums_sql() -> str:
    words = {
        "columns": ", ".join(SUMMED),
        "sums": ", ".join(f"sum({name})" for name in SUMMED),
        "zeros": ", ".join("0" for _ in SUMMED),
        "added": ", ".join(f"{name} = s.{name} + excluded.{name}" for name in SUMMED),
    }
    add = SUMS.split("DELETE FROM")[0]
    bodies = {
        "INSERT": add.format(parts=AFTER, **words),
        "UPDATE": SUMS.format(parts=f"{AFTER} UNION ALL {BEFORE}", **words),
        "DELETE": SUMS.format(parts=TAKEN_AWAY, **words),
    }
    table = "coverage_coverageday"
    parts = []
    for operation, body in bodies.items():
        name = f"coverage_sums_{operation.lower()}"
        parts += [function(name, body), trigger(name, table, operation, STATEMENTS[operation][0])]
    return "\n".join(parts)


OTHER_TRIGGERS = "\n".join(
    (
        function("coverage_session_update", OTHERS),
        trigger("coverage_session_update", "training_session", "UPDATE", STATEMENTS["UPDATE"][0]),
        function("coverage_number_update", NUMBER),
        trigger("coverage_number_update", "people_person", "UPDATE", STATEMENTS["UPDATE"][0]),
        function("coverage_contractor_update", CONTRACTOR),
        trigger("coverage_contractor_update", "projects_project", "UPDATE", STATEMENTS["UPDATE"][0]),
        function("coverage_rule_insert", RULE.format(changed="SELECT effective_from FROM after")),
        trigger("coverage_rule_insert", "coverage_coveragerule", "INSERT", STATEMENTS["INSERT"][0]),
        function("coverage_rule_update", RULE.format(changed=CHANGED_RULES)),
        function("coverage_hours_insert", HOURS.format(changed="SELECT effective_from FROM after")),
        trigger("coverage_hours_insert", "training_hoursrule", "INSERT", STATEMENTS["INSERT"][0]),
        function("coverage_hours_update", HOURS.format(changed=CHANGED_RULES)),
        trigger("coverage_hours_update", "training_hoursrule", "UPDATE", STATEMENTS["UPDATE"][0]),
        trigger("coverage_rule_update", "coverage_coveragerule", "UPDATE", STATEMENTS["UPDATE"][0]),
    )
)


class Migration(migrations.Migration):
    dependencies = [
        ("coverage", "0001_initial"),
        ("roster", "0002_by_month_and_in_scope"),
        ("training", "0004_plans_in_scope_and_rules_by_law"),
    ]
    operations = [
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
        migrations.RunSQL(WINDOW, "DROP FUNCTION coverage_window"),
        migrations.RunSQL(queue_sql(), migrations.RunSQL.noop),
        migrations.RunSQL(OTHER_TRIGGERS, migrations.RunSQL.noop),
        migrations.RunSQL(sums_sql(), migrations.RunSQL.noop),
    ]
