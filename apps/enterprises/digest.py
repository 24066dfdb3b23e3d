"""What the morning digest says of merges: those that wait for a decision."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from apps.accounts.models import User
from apps.accounts.roles import roles_holding
from apps.enterprises.models import EnterpriseMerge, EnterprisePresence, MergeState
from apps.enterprises.workflow import DECIDES
from apps.notifications.digests import OpenItem, digest_source


@digest_source
def merges_to_decide(day: date) -> Iterator[OpenItem]:
    """The nearest office that may decide: a city's, or the province's where no city sees both firms."""
    rows = EnterpriseMerge.objects.filter(state=MergeState.PROPOSED).order_by("pk")
    merges = list(rows.select_related("duplicate__organisation", "survivor__organisation"))
    known = paths_of({pk for merge in merges for pk in (merge.survivor_id, merge.duplicate_id)})
    deciders = User.objects.holding(*roles_holding(DECIDES)).order_by("pk") if merges else User.objects.none()
    offices: dict[str, list[int]] = defaultdict(list)
    for pk, path in deciders.values_list("pk", "organisation__region_path"):
        offices[path].append(pk)
    for merge in merges:
        both = known[merge.survivor_id], known[merge.duplicate_id]
        seeing = [path for path in offices if all(sees(path, paths) for paths in both)]
        nearest = max((path.count("/") for path in seeing), default=0)
        people = {pk for path in seeing if path.count("/") == nearest for pk in offices[path]}
        for person in sorted(people - {merge.proposed_by_id}):
            yield OpenItem(person, f"待确认企业合并：{merge}", merge.get_absolute_url())


def paths_of(firms: set[int]) -> dict[int, set[str]]:
    """Where each of these firms is known."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = EnterprisePresence.objects.filter(enterprise__in=firms).order_by()
    for firm, path in rows.values_list("enterprise", "region_path").distinct():
        found[firm].add(path)
    return found


def sees(office: str, paths: Iterable[str]) -> bool:
    return any(path.startswith(office) for path in paths)
