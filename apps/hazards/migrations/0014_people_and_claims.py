from django.db import migrations, models

# Whom hazards concern: (hazard_id, role, user_id), active accounts only.  `verifying` are the roles of accounts that may
# handle a hazard for its office.
# - firm: its safety directors.  site, supervising_engineer: by the posts on the project.
# - head, approvers: the head of the nearest station; a self-check has its director in that role.
# - county, city: the nearest officers; a city without any has those of the province.
# - recorder: who carries the hazard for its office, the handler in the recorder's place where there is one.
# - closers: those who may strike off, the recorder and the head beside, for a major needs another person.
#
# A generic plan: how the question is best answered does not depend on who is asked for, and planning costs most of it.
PEOPLE = """
    CREATE FUNCTION hazards_people(roles text[], hazards bigint[], verifying text[])
    RETURNS TABLE (hazard_id bigint, role text, user_id bigint)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
    #variable_conflict use_column
    BEGIN RETURN QUERY
    WITH
        asked AS (
            SELECT hazard.id AS hazard_id, asked_role AS role, hazard.enterprise_id, hazard.project_id,
                   hazard.region_path, hazard.recorded_by_id, hazard.by_authority, hazard.grade = 'major' AS is_major,
                   (SELECT handler.id FROM accounts_user AS handler
                     WHERE handler.id = hazard.handler_id AND handler.is_active AND handler.role = ANY(verifying)
                       AND handler.organisation_id = hazard.organisation_id) AS handler_id
              FROM hazards_hazard AS hazard CROSS JOIN unnest(roles) AS asked_role
             WHERE hazard.id = ANY(hazards)),
        duty AS (
            SELECT asked.*,
                   CASE WHEN role IN ('head', 'approvers') OR role = 'closers' AND is_major
                        THEN CASE WHEN by_authority THEN 'station_head' ELSE 'firm' END
                        WHEN role = 'county' THEN 'county_officer'
                        WHEN role = 'city' THEN 'city_officer'
                        ELSE role END AS office
              FROM asked),
        place AS (
            SELECT region_path,
                   (SELECT array_agg(left(region_path, n)) FROM generate_series(1, length(region_path)) AS n
                     WHERE n > 1 AND substr(region_path, n, 1) = '/') AS paths
              FROM (SELECT DISTINCT region_path FROM duty
                     WHERE office IN ('station_head', 'county_officer', 'city_officer'))),
        officer AS (
            SELECT place.region_path, stand_in.office, accounts_user.id AS user_id,
                   rank() OVER (PARTITION BY place.region_path, stand_in.office
                                ORDER BY accounts_user.role <> stand_in.office,
                                         length(accounts_organisation.region_path) DESC) AS distance
              FROM place
              JOIN accounts_organisation
                ON accounts_organisation.region_path = ANY(place.paths) AND accounts_organisation.kind <> 'enterprise'
              JOIN accounts_user ON accounts_user.organisation_id = accounts_organisation.id AND accounts_user.is_active
              JOIN (VALUES ('station_head', 'station_head'), ('county_officer', 'county_officer'),
                           ('city_officer', 'city_officer'), ('province_officer', 'city_officer'))
                AS stand_in (role, office) ON stand_in.role = accounts_user.role),
        standing AS (
            SELECT duty.hazard_id, duty.role, accounts_user.id AS user_id
              FROM duty JOIN accounts_user ON accounts_user.organisation_id = duty.enterprise_id
             WHERE duty.office = 'firm' AND accounts_user.role = 'safety_director' AND accounts_user.is_active
            UNION ALL
            SELECT duty.hazard_id, duty.role, accounts_user.id
              FROM duty
              JOIN projects_projectmember AS member ON member.project_id = duty.project_id AND member.ended_on IS NULL
              JOIN accounts_user ON accounts_user.id = member.user_id AND accounts_user.is_active
             WHERE duty.office = 'site' AND member.post IN ('project_manager', 'project_safety_officer')
                OR duty.office = 'supervising_engineer' AND member.post = 'supervising_engineer'
            UNION ALL
            SELECT duty.hazard_id, duty.role, accounts_user.id
              FROM duty
              JOIN accounts_user ON accounts_user.is_active AND accounts_user.id =
                   CASE duty.role WHEN 'first_recorder' THEN duty.recorded_by_id WHEN 'handler' THEN duty.handler_id
                        ELSE coalesce(duty.handler_id, duty.recorded_by_id) END
             WHERE duty.role IN ('recorder', 'first_recorder', 'handler', 'closers')
            UNION ALL
            SELECT duty.hazard_id, duty.role, officer.user_id
              FROM duty JOIN officer USING (region_path, office)
             WHERE officer.distance = 1)
    SELECT DISTINCT standing.hazard_id, standing.role, standing.user_id FROM standing ORDER BY standing.user_id;
    END $$
"""


class Migration(migrations.Migration):
    dependencies = [("hazards", "0013_more_text_samples")]

    operations = [
        migrations.RunSQL(PEOPLE, "DROP FUNCTION hazards_people"),
        migrations.AddField("reminder", "counted_from", models.DateField("起算日", null=True)),
        migrations.AddField("reminder", "settled_at", models.DateTimeField("处理时间", null=True)),
        # All claims of before were said in the statement that claimed them.
        migrations.RunSQL("UPDATE hazards_reminder SET settled_at = created_at", migrations.RunSQL.noop),
        migrations.AddIndex(
            "reminder",
            models.Index(fields=["kind", "id"], condition=models.Q(settled_at=None), name="reminder_unsaid"),
        ),
    ]
