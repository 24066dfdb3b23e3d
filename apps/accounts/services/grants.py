"""Granting and withdrawing exceptional access (包联、联合检查、受邀专家、案件移送)."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone

from apps.accounts.grants import follow
from apps.accounts.models import Grant, User
from apps.accounts.models.grants import REASON_MIN_LENGTH
from apps.core.db import db_now
from apps.core.events import record_event

LONGEST = timedelta(days=366)


@transaction.atomic
def grant_access(
    *, grantee: User, subject: models.Model, kind: str, reason: str, starts_on: date, ends_on: date, by: User
) -> Grant:
    """Let the grantee reach one record from the first to the last day; the role says what for."""
    if not by.has_perm("accounts.add_grant"):
        raise PermissionDenied
    _refuse_unfit(grantee, reason, starts_on, ends_on, by)
    grant = Grant(
        grantee=grantee,
        subject=subject,
        kind=kind,
        reason=reason.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        granted_by=by,
    )
    grant.save()
    record_event(grant, "granted", by=by, facts=_facts(grant) | {"reason": grant.reason})
    follow(grant)
    return grant


def _refuse_unfit(grantee: User, reason: str, starts_on: date, ends_on: date, by: User) -> None:
    problems = {
        "grantee": "不能给自己授权。" if grantee.pk == by.pk else "" if grantee.is_active else "该用户已停用。",
        "reason": f"授权理由不少于{REASON_MIN_LENGTH}个字。" if len(reason.strip()) < REASON_MIN_LENGTH else "",
        "ends_on": _problem_of_days(starts_on, ends_on),
    }
    if found := {field: text for field, text in problems.items() if text}:
        raise ValidationError(found)


def _problem_of_days(starts_on: date, ends_on: date) -> str:
    if ends_on < starts_on:
        return "截止日期不能早于开始日期。"
    if ends_on < timezone.localdate():
        return "截止日期已过。"
    return f"授权最长{LONGEST.days}天，到期可再次授权。" if ends_on - starts_on > LONGEST else ""


@transaction.atomic
def revoke_grant(*, grant: Grant, reason: str, by: User) -> Grant:
    """End a grant before its day."""
    if not by.has_perm("accounts.revoke_grant"):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": "请填写撤销理由。"})
    fresh = Grant.objects.select_for_update().get(pk=grant.pk)
    if fresh.revoked_at:
        raise ValidationError("该授权已经撤销。")
    fresh.revoked_at, fresh.revoked_by, fresh.revoke_reason = db_now(), by, reason.strip()
    fresh.save()
    record_event(fresh, "revoked", by=by, facts=_facts(fresh) | {"reason": fresh.revoke_reason})
    follow(fresh)
    return fresh


def expire_grants(today: date) -> int:
    """Bring guardian's permissions in line with today: begin what starts, end what has run out; say how many ended.

    Harmless to run twice or on two workers: each step asks the grants, which alone are the truth.
    """
    for grant in Grant.objects.in_force(today).select_related("grantee"):
        follow(grant)
    ended = 0
    for grant in Grant.objects.lapsed(today).filter(lapse_noted_at=None).select_related("grantee"):
        with transaction.atomic():
            if Grant.objects.filter(pk=grant.pk, lapse_noted_at=None).update(lapse_noted_at=db_now()):
                record_event(grant, "lapsed", by=None, facts=_facts(grant))
                follow(grant)
                ended += 1
    return ended


def _facts(grant: Grant) -> dict[str, object]:
    return {
        "grantee": grant.grantee_id,
        "subject": f"{grant.content_type.name}“{grant.subject}”",
        "kind": grant.kind,
        "starts_on": grant.starts_on,
        "ends_on": grant.ends_on,
    }
