"""Applications for credit repair (信用修复): who has put right what was wrong may ask to be seen so no more."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.accounts.models import Organisation
from apps.core.columns import known, moment
from apps.core.columns import person as officer
from apps.core.freezing import TODAY, refuse, stays
from apps.core.models import StoredFile, Versioned
from apps.credit.models.blacklist import Blacklisting
from apps.credit.models.entries import CreditEntry
from apps.credit.models.proceeding import ProceedingQuerySet
from apps.credit.models.words import REPAIR_CHANGES, RepairState
from apps.enterprises.models import Enterprise

# Nobody applies before the term of the severity or of the list is over, whatever page was passed by.
AFTER_THE_LEAST_TERM = f"""
    IF {TODAY} < (
        SELECT (coalesce(e.published_on, e.starts_on) + make_interval(months => t.repairable_after))::date
          FROM credit_creditentry e, credit_repair_term(e.severity, e.starts_on) t WHERE e.id = NEW.entry_id
        UNION ALL
        SELECT (b.listed_on + make_interval(months => l.removable_after))::date
          FROM credit_blacklisting b JOIN credit_listtype l ON l.id = b.list_type_id WHERE b.id = NEW.listing_id
    ) THEN
        {refuse("repair_after_the_least_term", "未满可以申请信用修复的最短期限，请届时再申请")}
    END IF;
    RETURN NEW;
"""  # noqa: S608  (our own words)


class CreditRepair(Versioned):
    """One application about one entry or one listing; `decide_by` is the day until which it should be decided.

    《信用修复管理办法》（国家发展改革委令第36号）: 谁认定谁修复, so it belongs to the office that made the finding.
    """

    INSIDE = Q(pk__in=())  # nothing: it comes from the firm
    PREFIX = "XF"

    number = models.CharField("编号", max_length=32, unique=True, db_collation="C", editable=False)
    entry = models.ForeignKey(
        CreditEntry, models.PROTECT, null=True, blank=True, related_name="repairs", verbose_name="信用记录"
    )
    listing = models.ForeignKey(
        Blacklisting, models.PROTECT, null=True, blank=True, related_name="repairs", verbose_name="失信名单"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="repairs", verbose_name="企业", editable=False
    )
    region_path = models.CharField(max_length=60, db_collation="C", editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="办理单位", editable=False
    )
    office_path = models.CharField(max_length=60, db_collation="C", editable=False)
    state = models.CharField("状态", max_length=10, choices=RepairState, default=RepairState.APPLIED, editable=False)

    correction = models.TextField("纠正情况", max_length=4000, help_text="义务履行和整改完成情况")
    commitment = models.TextField("信用承诺", max_length=1000)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证明材料"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人", editable=False
    )
    accepted_at, accepted_by = moment("受理时间"), officer("受理人")
    decide_by = models.DateField("决定期限", null=True, editable=False)
    decided_at, decided_by = moment("决定时间"), officer("决定人")
    answer = models.TextField("办理意见", max_length=2000, blank=True, editable=False)

    objects = ProceedingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "信用修复"
        indexes = [
            models.Index(fields=["region_path", "-id"], name="repair_seat"),
            models.Index(fields=["office_path", "-id"], name="repair_office"),
        ]
        constraints = [
            known("state", RepairState, "repair_state_known"),
            models.CheckConstraint(
                name="repair_of_one_thing",
                condition=Q(entry=None, listing__isnull=False) | Q(entry__isnull=False, listing=None),
            ),
            models.UniqueConstraint(
                fields=["entry", "listing"],
                condition=Q(state__in=RepairState.OPEN),
                name="repair_asked_once",
                nulls_distinct=False,
                violation_error_message="已有未办结的修复申请",
            ),
            models.CheckConstraint(
                name="repair_decided_by_another",
                condition=Q(decided_by=None) | Q(accepted_by=None) | ~Q(decided_by=F("accepted_by")),
                violation_error_message="受理人不能自己决定是否修复",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(REPAIR_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            stays("accepted_stays", ("accepted", "granted", "refused"), ("accepted_at", "accepted_by_id", "decide_by")),
            pgtrigger.Trigger(
                name="after_the_least_term",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=AFTER_THE_LEAST_TERM,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("credit_repairs:detail", args=[self.number])

    @property
    def finding(self) -> CreditEntry | Blacklisting:
        """What is to be repaired."""
        found = self.entry or self.listing
        assert found is not None  # noqa: S101  the database holds that there is one
        return found

    @property
    def about(self) -> str:
        """What is to be repaired, in words."""
        found = self.finding
        name = found.item.name if isinstance(found, CreditEntry) else found.list_type.name
        return f"{found._meta.verbose_name} {found}：{name}"
