"""The one wrapper around django-guardian: exceptional access to single records.

An app above names its model once, in `AppConfig.ready()`:

    grantable(Project, key="number")
    project_ids_from(lambda user: granted_ids(user, Project))

and defines the table that guardian shall use, with a direct foreign key (`UserObjectPermissionBase`).
"""

from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.models import QuerySet
from django.utils import timezone
from guardian.shortcuts import assign_perm, remove_perm
from guardian.utils import get_user_obj_perms_model

from apps.accounts.models import Grant, User

M = TypeVar("M", bound=models.Model)
_keys: dict[type[models.Model], str] = {}


def grantable(model: type[M], *, key: str) -> None:
    """Let access to single rows of this model be granted; `key` is the field by which people name a row."""
    _keys[model] = key


def find_subject(value: str) -> models.Model | None:
    """The record that people call by this number, whichever grantable model it is of.

    Not cut to a scope: who grants access to a site has no business reading it.
    """
    found = (model._default_manager.filter(**{key: value}).first() for model, key in _keys.items())
    return next(filter(None, found), None)


def granted_ids(user: User, model: Any) -> QuerySet[Any, int]:
    """Primary keys of the rows granted to the user today, as a query to be joined into others.

    Both must hold: guardian's permission, and a grant whose days include today.  So a grant that ran out opens
    nothing although the task that removes the permission is late, and a permission without a grant never did.
    """
    kept: Any = get_user_obj_perms_model(model)
    permissions = kept.objects.filter(user=user, permission__codename=codename(model))
    grants = Grant.objects.in_force(timezone.localdate()).filter(grantee=user, content_type=_type_of(model))
    held = permissions.filter(content_object_id__in=grants.values("object_id"))
    return held.values_list("content_object_id", flat=True)


HELD = "SELECT EXISTS (SELECT FROM accounts_grant WHERE grantee_id = %s AND revoked_at IS NULL)"


def holds_none(user: User) -> bool:
    """Whether nothing was ever granted to the user that is not revoked, as is so for most.

    Written out: it is asked at every request, and spares the query of `granted_ids`, which Django is long in making.
    """
    with connection.cursor() as cursor:
        cursor.execute(HELD, [user.pk])
        return not cursor.fetchone()[0]


def follow(grant: Grant) -> None:
    """Bring guardian's permission in line with the grants of this person on this record."""
    subject: Any = grant.subject
    same = Grant.objects.filter(grantee=grant.grantee_id, content_type=grant.content_type_id, object_id=grant.object_id)
    change = assign_perm if same.in_force(timezone.localdate()).exists() else remove_perm
    change(codename(type(subject)), grant.grantee, subject)


def codename(model: type[models.Model]) -> str:
    return f"view_{model._meta.model_name}"


def _type_of(model: type[models.Model]) -> ContentType:
    return ContentType.objects.get_for_model(model)
