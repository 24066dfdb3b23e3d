"""Who is to be told about a hazard.  Asked for many hazards at once, so that a sweep needs few queries."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from apps.accounts.models import User
from apps.hazards.handlers import may_handle
from apps.hazards.models import Hazard
from apps.projects.models import ProjectMember

SITE_POSTS = ("project_manager", "project_safety_officer")


class Recipients:
    """The people around a batch of hazards, by the roles that transitions name in `notify`."""

    def __init__(self, hazards: Sequence[Hazard]) -> None:
        self._firms = self._staff({h.enterprise_id for h in hazards})
        self._members = self._engaged({h.project_id for h in hazards})
        self._officers = self._authorities({h.region_path for h in hazards})
        named = {pk for h in hazards for pk in (h.recorded_by_id, h.handler_id) if pk}
        self._named = {u.pk: u for u in User.objects.filter(pk__in=named, is_active=True)}

    def of(self, hazard: Hazard, role: str) -> list[User]:
        """The active accounts that stand in this role to the hazard."""
        return self._roles[role](self, hazard)

    def all_of(self, hazard: Hazard, roles: Iterable[str]) -> list[User]:
        found = {user.pk: user for role in roles for user in self.of(hazard, role)}
        return list(found.values())

    def everybody(self, hazard: Hazard) -> list[User]:
        """Also the recorder whose place a handler has taken: they may have been told something before."""
        found = {user.pk: user for user in (*self.all_of(hazard, self._roles), *self._recorded(hazard))}
        return list(found.values())

    @staticmethod
    def _staff(enterprises: set[int]) -> dict[int, list[User]]:
        users: dict[int, list[User]] = defaultdict(list)
        for user in User.objects.filter(organisation__in=enterprises, role="safety_director", is_active=True):
            users[user.organisation_id].append(user)
        return users

    @staticmethod
    def _engaged(projects: set[int]) -> dict[tuple[int, str], list[User]]:
        users: dict[tuple[int, str], list[User]] = defaultdict(list)
        members = ProjectMember.objects.filter(
            project__in=projects, ended_on=None, user__isnull=False, user__is_active=True
        ).select_related("user")
        for member in members:
            users[member.project_id, member.post].append(member.user)
        return users

    @staticmethod
    def _authorities(paths: set[str]) -> dict[tuple[str, str], list[User]]:
        wanted = {above for path in paths for above in paths_above(path)}
        users: dict[tuple[str, str], list[User]] = defaultdict(list)
        heads = User.objects.filter(
            organisation__region_path__in=wanted,
            role__in=("station_head", "county_officer", "city_officer", "province_officer"),
            is_active=True,
        ).select_related("organisation")
        for user in heads:
            users[user.organisation.region_path, user.role].append(user)
        return users

    def firm(self, hazard: Hazard) -> list[User]:
        return self._firms[hazard.enterprise_id]

    def site(self, hazard: Hazard) -> list[User]:
        return [user for post in SITE_POSTS for user in self._members[hazard.project_id, post]]

    def supervising_engineer(self, hazard: Hazard) -> list[User]:
        return self._members[hazard.project_id, "supervising_engineer"]

    def handler(self, hazard: Hazard) -> list[User]:
        """Who was assigned, while they still are of the office and may verify."""
        handler = self._named.get(hazard.handler_id or 0)
        return [handler] if handler and may_handle(handler, hazard) else []

    def recorder(self, hazard: Hazard) -> list[User]:
        """Who carries the hazard for its office: the handler, where one is assigned, in the recorder's place."""
        return self.handler(hazard) or self._recorded(hazard)

    def _recorded(self, hazard: Hazard) -> list[User]:
        recorder = self._named.get(hazard.recorded_by_id or 0)
        return [recorder] if recorder else []

    def head(self, hazard: Hazard) -> list[User]:
        """The head of the station of the place; a self-check has its director in that role."""
        if not hazard.by_authority:
            return self.firm(hazard)
        return self._nearest(hazard, "station_head")

    def county(self, hazard: Hazard) -> list[User]:
        return self._nearest(hazard, "county_officer")

    def city(self, hazard: Hazard) -> list[User]:
        return self._nearest(hazard, "city_officer") or self._nearest(hazard, "province_officer")

    def closers(self, hazard: Hazard) -> list[User]:
        """Those who may strike off: the recorder and the head beside, for a major needs another person."""
        return [*self.recorder(hazard), *(self.head(hazard) if hazard.is_major else [])]

    def approvers(self, hazard: Hazard) -> list[User]:
        return self.head(hazard)

    def _nearest(self, hazard: Hazard, role: str) -> list[User]:
        found = (self._officers[path, role] for path in paths_above(hazard.region_path))
        return next((users for users in found if users), [])

    _roles: dict[str, Callable[["Recipients", Hazard], list[User]]] = {
        "firm": firm,
        "site": site,
        "supervising_engineer": supervising_engineer,
        "recorder": recorder,
        "handler": handler,
        "head": head,
        "county": county,
        "city": city,
        "closers": closers,
        "approvers": approvers,
    }


def paths_above(path: str) -> list[str]:
    """The path itself and those above it, nearest first: /13/1301/130102/ → /13/1301/130102/, /13/1301/, /13/."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:n]) + "/" for n in range(len(parts), 0, -1)]
