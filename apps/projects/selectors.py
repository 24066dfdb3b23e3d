"""Questions about projects that span models."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from apps.accounts.grants import granted_ids, holds_none
from apps.accounts.models import Grant, User
from apps.projects.models import REACHING, PartyRole, Project, ProjectMember, ProjectParty


def reached_ids(user: User) -> Iterable[int]:
    """Projects that a person reaches beside region and enterprise, in one query.

    Posts they hold today, projects on which their firm is owner, general contractor or supervision firm today, and
    exceptional access granted until a day.  Authorities hold no posts and are no firm: grants are all they can have.
    """
    is_authority = user.role_definition.side == "regulator"
    if is_authority and holds_none(user):
        return ()
    granted = granted_ids(user, Project)
    if is_authority:
        return granted
    today = timezone.localdate()
    posts = ProjectMember.objects.current(today).filter(user=user)
    parts = ProjectParty.objects.current(today).filter(enterprise_id=user.organisation_id, role__in=REACHING)
    ids = [rows.order_by().values_list("project_id", flat=True) for rows in (posts, parts)]
    return ids[0].union(ids[1], granted)


def name_of_party(role: str) -> Subquery:
    """The name of the firm that has this part in each project now, for the rows of one page."""
    current = ProjectParty.objects.filter(project=OuterRef("pk"), role=role, ended_on=None).order_by("pk")
    return Subquery(current.values("enterprise__organisation__name")[:1])


def current_party(project: Project, role: str) -> ProjectParty | None:
    """The party that holds the role and has no last day; the first of several."""
    rows = project.parties.select_related("enterprise__organisation").filter(role=role, ended_on=None)
    return rows.order_by("pk").first()


def staff_of(project: Project, role: str, *account_roles: str) -> QuerySet[User]:
    """Active accounts with these roles at the firms that hold a part in the project now."""
    firms = project.parties.filter(role=role).current(timezone.localdate()).values("enterprise")
    return User.objects.holding(*account_roles).filter(organisation__in=firms)


def members_with(project: Project, *posts: str) -> QuerySet[User]:
    """Active accounts of the people who hold one of these posts on the project today."""
    held = project.members.current(timezone.localdate()).filter(post__in=posts, user__isnull=False)
    return User.objects.active().filter(pk__in=held.values("user"))


def members_by(projects: Iterable[int], day: date, *posts: str) -> dict[int, list[int]]:
    """The same of many projects on one day: keys of accounts by the key of the project."""
    found: dict[int, list[int]] = defaultdict(list)
    held = ProjectMember.objects.current(day).filter(project__in=projects, post__in=posts, user__is_active=True)
    for project, user in held.order_by("user").values_list("project", "user").distinct():
        found[project].append(user)
    return found


def grants_on(project: Project) -> QuerySet[Grant]:
    """Exceptional access to this project that is in force or to come, the longest lasting first."""
    rows = Grant.objects.filter(
        content_type__app_label="projects",
        content_type__model="project",
        object_id=project.pk,
        revoked_at=None,
        ends_on__gte=timezone.localdate(),
    )
    return rows.select_related("grantee__organisation", "granted_by").order_by("-ends_on")


def works_on(user: Any, project: Project) -> bool:
    """Whether the user acts on this project rather than only seeing it.

    Authorities act on what they see; a firm's people where they hold a post, an owner's where their firm is the
    owner.  A project manager thus reads all projects of the firm and changes the own one.
    """
    if user.role_definition.side == "regulator":
        return True
    today = timezone.localdate()
    if user.role == PartyRole.OWNER:
        return project.parties.current(today).filter(role=PartyRole.OWNER, enterprise=user.organisation_id).exists()
    return project.members.current(today).filter(user=user).exists()


def may_change(user: Any, project: Project) -> bool:
    return user.has_perm("projects.change_project") and works_on(user, project)


def may_keep_works(user: Any, project: Project) -> bool:
    return user.has_perm("projects.change_dangerouswork") and works_on(user, project)
