"""Who is to be told about a hazard: one query for however many.

The database's function `hazards_people` answers, for its plan is made once in a connection; made anew for each move it
costs eight times what asking costs.  What each role means stands there, in hazards' migrations.
"""

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
PEOPLE = "SELECT hazard_id, role, user_id FROM hazards_people(%s, %s, %s)"


class Recipients:
    """The keys of the people around a batch of hazards, by the roles that transitions name in `notify`."""

    def __init__(self, hazards: Sequence[Hazard], roles: Iterable[str] = (*ROLES, "first_recorder")) -> None:
        with connection.cursor() as cursor:
            cursor.execute(PEOPLE, [list(roles), [hazard.pk for hazard in hazards], list(ROLES_THAT_VERIFY)])
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
