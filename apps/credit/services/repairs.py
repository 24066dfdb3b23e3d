"""Applying for credit repair: by the firm itself, once the least term of its severity has passed."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.core.events import record_event
from apps.core.models import StoredFile
from apps.core.records import inserted
from apps.core.workflow import TransitionRefused, lock
from apps.credit.clocks import months_after
from apps.credit.models import (
    Blacklisting,
    CreditEntry,
    CreditRepair,
    EntryState,
    ListState,
    Nature,
    RepairState,
    RepairTerm,
)
from apps.credit.recipients import deciders_of, of_office
from apps.credit.services.proposing import next_number
from apps.notifications.models import Level
from apps.notifications.services import notify

Finding = CreditEntry | Blacklisting
APPLIES, ACCEPTS = "credit.apply_creditrepair", "credit.accept_creditrepair"

# Who may apply, and from when -----------------------------------------------------------------------------------------


def cannot_apply(finding: Finding, user: Any) -> str | None:
    """Why this user cannot apply for the repair of this finding today, as a sentence that says what to do."""
    if user.organisation_id != finding.enterprise_id:
        return "信用修复由被认定的企业申请，请由该企业的安全总监登录后办理"
    of_kind = entry_problem(finding) if isinstance(finding, CreditEntry) else listing_problem(finding)
    if of_kind:
        return of_kind
    standing = CreditRepair.objects.filter(**{key_of(finding): finding}, state__in=RepairState.OPEN).first()
    return f"已有未办结的修复申请 {standing}，请等待办理结果，或者撤回后重新申请" if standing else None


def entry_problem(entry: CreditEntry) -> str | None:
    today = timezone.localdate()
    if entry.nature == Nature.GOOD:
        return "良好信息不需要修复"
    if entry.state not in EntryState.IN_FORCE:
        return f"这条信用记录{entry.get_state_display()}，不能申请修复"
    if entry.ends_on and entry.ends_on <= today:
        return f"这条信用记录已于 {entry.ends_on} 到期，不需要修复"
    first = earliest(entry)
    return f"最短公示期未满，{first} 起可以申请修复（{term_of(entry).source}）" if first and today < first else None


def listing_problem(listing: Blacklisting) -> str | None:
    today, kind = timezone.localdate(), listing.list_type
    if listing.state != ListState.LISTED or listing.listed_on is None or listing.listed_until is None:
        return f"这一名单案件{listing.get_state_display()}，不能申请修复"
    if listing.listed_until < today:
        return f"列入期限已于 {listing.listed_until} 届满，将自动移出，不需要修复"
    first = months_after(listing.listed_on, kind.removable_after)
    if first > listing.listed_until:
        return f"{kind}不能提前申请移出，{listing.listed_until} 期满后自动移出（{kind.legal_basis}）"
    if today < first:
        return f"列入满 {kind.removable_after} 个月后才能申请移出，{first} 起可以申请（{kind.legal_basis}）"
    return None


def earliest(finding: Finding) -> date | None:
    """The first day on which repair may be applied for; none while nothing is decided."""
    if isinstance(finding, Blacklisting):
        begun, months = finding.listed_on, finding.list_type.removable_after
    else:
        begun, months = finding.published_on or finding.starts_on, term_of(finding).repairable_after
    return months_after(begun, months) if begun else None


def repairable_from(finding: Finding) -> date | None:
    """As `earliest`, and none where it comes to an end by itself before, or is good."""
    if isinstance(finding, CreditEntry):
        bad, over = finding.nature == Nature.BAD, finding.ends_on
    else:
        bad, over = True, finding.listed_until and finding.listed_until + timedelta(days=1)
    first = earliest(finding) if bad else None
    return first if first and over and first < over else None


def term_of(entry: CreditEntry) -> RepairTerm:
    """The edition under which it took effect."""
    return RepairTerm.objects.for_day(entry.starts_on or timezone.localdate(), severity=entry.severity)


def key_of(finding: Finding) -> str:
    return "entry" if isinstance(finding, CreditEntry) else "listing"


# Applying -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def apply(
    finding: Finding, *, by: Any, correction: str, commitment: str, file: StoredFile | None = None
) -> CreditRepair:
    """The firm's application, in the hands of the office that decided on the finding (谁认定谁修复).

    Raises Http404 where `by` does not see the finding, TransitionRefused with the reason against it.
    """
    fresh: Any = lock(finding, by)
    if reason := cannot_apply(fresh, by):
        raise TransitionRefused(reason)
    office = office_of(fresh)
    repair = CreditRepair(
        number=next_number(CreditRepair.PREFIX),
        enterprise=fresh.enterprise,
        region_path=fresh.enterprise.region_path,
        organisation=office,
        office_path=office.region_path,
        correction=correction,
        commitment=commitment,
        file=file,
        made_by=by,
        **{key_of(fresh): fresh},
    )
    inserted(repair)
    told = {"finding": repair.about, "correction": correction, "commitment": commitment}
    told |= {"proof": f"{file}（SHA-256 {file.sha256}）"} if file else {}
    record_event(repair, "applied_for", by=by, after=repair.state, facts=told)
    tell_the_office(repair)
    return repair


def office_of(finding: Finding) -> Organisation:
    """Of who decided, while that office stands at or above the one that proceeded; else the one that proceeded."""
    decider: Any = finding.decided_by
    office: Organisation | None = decider.organisation if decider else None
    above = (finding.office_path, finding.region_path)
    if office and any(path.startswith(office.region_path) for path in above):
        return office
    return finding.organisation


def tell_the_office(repair: CreditRepair) -> None:
    notify(
        of_office(repair, ACCEPTS) or deciders_of(repair),
        kind="creditrepair_applied_for",
        title=f"收到信用修复申请：{repair.enterprise}",
        body=f"{repair}　{repair.about}",
        url=repair.get_absolute_url(),
        level=Level.MUST_DO,
        dedupe_key=f"credit.creditrepair:{repair.pk}:applied",
    )
