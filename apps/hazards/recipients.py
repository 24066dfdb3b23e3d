"""Who is to be told about a hazard: one query for however many, which a sweep joins to its own statement."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import connection

from apps.hazards.handlers import ROLES_THAT_VERIFY
from apps.hazards.models import Hazard

ROLES = (
    "firm", "site", "supervising_engineer", "recorder", "handler", "head", "county", "city", "closers", "approvers",
)  # fmt: skip
"""What a person may be to a hazard; transitions name these in `notify`.

`first_recorder` is one more, for settling what the recorder was told before a handler took their place.
"""
# Who was assigned (经办人), while they still are of the office and may verify; see handlers.py.
HANDLER = f"""
    (SELECT handler.id FROM accounts_user AS handler
      WHERE handler.id = hazard.handler_id AND handler.is_active AND handler.organisation_id = hazard.organisation_id
        AND handler.role IN ({", ".join(f"'{role}'" for role in ROLES_THAT_VERIFY)})) AS handler_id
"""  # noqa: S608  (no user's words)

# Common table expressions from asked (hazard_id, role, enterprise_id, project_id, region_path, recorded_by_id,
# handler_id, by_authority, is_major) to standing (hazard_id, role, user_id), active accounts only, some of them twice:
# - firm: its safety directors.  site, supervising_engineer: by the posts on the project.
# - head, approvers: the head of the nearest station; a self-check has its director in that role.
# - county, city: the nearest officers; a city without any has those of the province.
# - recorder: who carries the hazard for its office, the handler in the recorder's place where there is one.
# - closers: those who may strike off, the recorder and the head beside, for a major needs another person.
STANDING = """
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
"""
ASKED = f"""
    SELECT id AS hazard_id, role, enterprise_id, project_id, region_path, recorded_by_id, {HANDLER}, by_authority,
           grade = 'major' AS is_major
      FROM hazards_hazard AS hazard CROSS JOIN unnest(%s::text[]) AS role
     WHERE id = ANY(%s)
"""  # noqa: S608
PEOPLE = f"""
    WITH asked AS ({ASKED}), {STANDING}
    SELECT DISTINCT hazard_id, role, user_id FROM standing ORDER BY user_id
"""  # noqa: S608  (no user's words)


class Recipients:
    """The keys of the people around a batch of hazards, by the roles that transitions name in `notify`."""

    def __init__(self, hazards: Sequence[Hazard], roles: Iterable[str] = (*ROLES, "first_recorder")) -> None:
        with connection.cursor() as cursor:
            cursor.execute(PEOPLE, [list(roles), [hazard.pk for hazard in hazards]])
            found = cursor.fetchall()
        self._people: dict[tuple[int, str], list[int]] = defaultdict(list)
        for hazard, role, user in found:
            self._people[hazard, role].append(user)

    def of(self, hazard: Hazard, role: str) -> list[int]:
        """The active accounts that stand in this role to the hazard."""
        return self._people[hazard.pk, role]

    def all_of(self, hazard: Hazard, roles: Iterable[str]) -> list[int]:
        """Everybody in one of these roles, once."""
        return list(dict.fromkeys(user for role in roles for user in self.of(hazard, role)))
