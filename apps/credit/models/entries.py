"""One behaviour recorded of a firm or a person, and what it does to the score."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.core.columns import known, moment
from apps.core.columns import person as officer
from apps.core.freezing import TODAY, refuse, stays
from apps.core.keyset import order_indexes
from apps.core.search import text_index
from apps.credit.models.catalogue import CreditItem
from apps.credit.models.proceeding import (
    Proceeding,
    begins_on_its_day,
    changes_by_moves,
    grounded,
    once_by_source,
    two_people,
    usual_indexes,
)
from apps.credit.models.words import ENTRY_CHANGES, Decay, EntryState, Letter, Nature, Part, Severity

JUDGED = (
    "enterprise_id",
    "person_id",
    "item_id",
    "part",
    "nature",
    "severity",
    "points",
    "caps_at",
    "decay",
    "happened_on",
    "facts",
    "evidence",
    "legal_basis",
    "starts_on",
    "expires_on",
    "decided_by_id",
    "served_on",
    "objection_until",
)
"""What an entry says for good once it is decided."""

# It counts for the months of its item, from the decision on.
TERM_OF_ITS_ITEM = f"""
    IF TG_OP = 'UPDATE' AND OLD.starts_on IS NOT NULL THEN
        RETURN NEW;
    END IF;
    IF NEW.expires_on IS DISTINCT FROM (
        SELECT (NEW.starts_on + make_interval(months => valid_months))::date
          FROM credit_credititem WHERE id = NEW.item_id
    ) OR (TG_OP = 'UPDATE' AND NEW.ends_on IS DISTINCT FROM NEW.expires_on) THEN
        {refuse("credit_entry_term_of_its_item", "计分期限须为评价项目规定的有效期，请按评价目录办理")}
    END IF;
    RETURN NEW;
"""  # noqa: S608  (our own words)
# It is public for a term within what the law allows for its severity; what is good, for three years at most.
PUBLIC_FOR_ITS_TERM = f"""
    DECLARE
        at_least integer := 1;
        at_most integer := 36;
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.published_on IS NOT NULL THEN
            RETURN NEW;
        END IF;
        IF NEW.severity <> '' THEN
            SELECT greatest(least_months, 1), most_months INTO at_least, at_most
              FROM credit_repair_term(NEW.severity, NEW.starts_on);
        END IF;
        IF NOT coalesce(
            NEW.publish_until >= (NEW.published_on + make_interval(months => at_least))::date
            AND NEW.publish_until <= (NEW.published_on + make_interval(months => at_most))::date, false) THEN
            {refuse("credit_entry_public_within_law", "公示期限不在该失信程度的法定期限之内，请按公示和修复期限办理")}
        END IF;
        RETURN NEW;
    END;
"""  # noqa: S608  (our own words)
# Its days end early by a lawful move alone, and from the day of that move: no day of the past is told otherwise.
ENDS_BY_A_MOVE = f"""
    IF (NEW.ends_on IS DISTINCT FROM OLD.ends_on AND NOT coalesce(
            OLD.ends_on IS NULL AND OLD.starts_on IS NULL
            OR NEW.state <> OLD.state AND NEW.state IN ('revoked', 'repaired')
               AND NEW.ends_on BETWEEN {TODAY} AND OLD.ends_on, false))
       OR (NEW.published_on IS DISTINCT FROM OLD.published_on AND NOT coalesce(
            OLD.published_on IS NULL AND OLD.state = 'effective' AND NEW.state = 'published'
            AND NEW.published_on >= {TODAY}, false))
       OR (NEW.publish_until IS DISTINCT FROM OLD.publish_until AND NOT coalesce(
            OLD.publish_until IS NULL AND NEW.state = 'published'
            OR NEW.state <> OLD.state AND NEW.state IN ('revoked', 'repaired')
               AND NEW.publish_until BETWEEN {TODAY} - 1 AND OLD.publish_until, false)) THEN
        {refuse("credit_entry_ends_by_a_move", "计分和公示的日期只能随撤销、修复等办理步骤改变，不能另行填写")}
    END IF;
    RETURN NEW;
"""


class CreditEntry(Proceeding):
    """A credit record (信用记录): what was done, by which item of the catalogue, and how many points from when to when.

    Points and terms are copied from the item of its day, so that a score needs no other table.  It counts from
    `starts_on`, the day of the decision, to the day before `ends_on`: its expiry, or earlier where it was revoked or
    repaired.  It is public from `published_on` to `publish_until`, both included.
    """

    PREFIX = "XY"

    item = models.ForeignKey(CreditItem, models.PROTECT, related_name="entries", verbose_name="评价项目")
    part = models.CharField("类别", max_length=10, choices=Part, editable=False)
    nature = models.CharField("性质", max_length=4, choices=Nature, editable=False)
    severity = models.CharField("失信程度", max_length=10, choices=Severity, blank=True, editable=False)
    points = models.DecimalField("分值", max_digits=6, decimal_places=2, editable=False)
    caps_at = models.CharField("最高等级", max_length=1, choices=Letter, blank=True, editable=False)
    decay = models.CharField("计分方式", max_length=10, choices=Decay, default=Decay.NONE, editable=False)
    decision_number = models.CharField("处罚或者认定文号", max_length=60, blank=True)
    state = models.CharField("状态", max_length=10, choices=EntryState, default=EntryState.PROPOSED, editable=False)

    starts_on = models.DateField("计分开始日期", null=True, editable=False)
    expires_on = models.DateField("计分到期日期", null=True, editable=False)
    ends_on = models.DateField("停止计分日期", null=True, editable=False)
    published_on = models.DateField("公示开始日期", null=True, editable=False)
    publish_until = models.DateField("公示截止日期", null=True, editable=False)
    published_at, published_by = moment("公示时间"), officer("公示人")
    repaired_on = models.DateField("修复日期", null=True, editable=False)
    revoked_on = models.DateField("撤销日期", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "信用记录"
        indexes = [
            *usual_indexes("credit_entry"),
            models.Index(fields=["enterprise", "-id"], name="credit_entry_firm"),
            # Open ones are few among all.
            models.Index(fields=["state", "-id"], condition=Q(state__in=EntryState.OPEN), name="credit_entry_open"),
            models.Index(fields=["ends_on"], condition=Q(state__in=EntryState.IN_FORCE), name="credit_entry_ending"),
            models.Index(fields=["publish_until"], condition=Q(state="published"), name="credit_entry_public"),
            # The public page, newest first.
            models.Index(
                fields=["-published_on", "-id"], condition=Q(state="published", person=None), name="credit_entry_shown"
            ),
            *order_indexes("credit_entry", "happened_on", "starts_on", "points"),
            text_index("number", "source_label", "decision_number", name="credit_entry_text"),
        ]
        constraints = [
            known("state", EntryState, "credit_entry_state_known"),
            known("part", Part, "credit_entry_part_known"),
            known("nature", Nature, "credit_entry_nature_known"),
            two_people("credit_entry"),
            grounded("credit_entry"),
            once_by_source("credit_entry", "item", "person"),
            models.CheckConstraint(
                name="credit_entry_never_back_dated",
                condition=Q(starts_on=None) | Q(starts_on__gte=F("happened_on")),
                violation_error_message="计分不能早于行为发生日期",
            ),
            models.CheckConstraint(
                name="credit_entry_counts_when_decided",
                condition=Q(state__in=(*EntryState.OPEN, "rejected"), starts_on=None, expires_on=None, ends_on=None)
                | Q(
                    state__in=EntryState.DECIDED,
                    starts_on__isnull=False,
                    expires_on__isnull=False,
                    expires_on__gt=F("starts_on"),
                    ends_on__isnull=False,
                    ends_on__range=(F("starts_on"), F("expires_on")),
                    decided_by__isnull=False,
                ),
                violation_error_message="认定生效后才计分",
            ),
            models.CheckConstraint(
                name="credit_entry_bad_is_notified",
                condition=~Q(state__in=EntryState.DECIDED, nature=Nature.BAD)
                | Q(served_on__isnull=False, objection_until__isnull=False),
                violation_error_message="不良信息须先告知，异议期满后才能生效",
            ),
            models.CheckConstraint(
                name="credit_entry_public_for_a_term",
                condition=Q(published_on=None, publish_until=None)
                | Q(published_on__isnull=False, publish_until__isnull=False, publish_until__gte=F("published_on")),
            ),
            models.CheckConstraint(
                name="credit_entry_decided_before_it_ends",
                condition=Q(starts_on__isnull=False) | Q(published_on=None, repaired_on=None, revoked_on=None),
                violation_error_message="认定生效后才能公示、修复或者撤销",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(ENTRY_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            stays("decided_stays", EntryState.DECIDED, JUDGED),
            begins_on_its_day("starts_on_its_day", "starts_on"),
            pgtrigger.Trigger(
                name="checked_with_evidence",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state = 'proposed' AND NEW.state = 'checked'"
                    " AND NEW.decision_number = '' AND NEW.source_event IS NULL"
                ),
                func="""
                    IF NOT EXISTS (SELECT FROM credit_entryevidence WHERE entry_id = NEW.id) THEN
                        RAISE EXCEPTION 'entry % has neither file nor paper nor source', NEW.id;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="term_of_its_item",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.starts_on IS NOT NULL"),
                func=TERM_OF_ITS_ITEM,
            ),
            pgtrigger.Trigger(
                name="public_for_its_term",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.published_on IS NOT NULL"),
                func=PUBLIC_FOR_ITS_TERM,
            ),
            pgtrigger.Trigger(
                name="ends_by_a_move",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("ends_on", "published_on", "publish_until"),
                func=ENDS_BY_A_MOVE,
            ),
            changes_by_moves("closed_by_a_move", {"repaired_on": "repaired", "revoked_on": "revoked"}),
        ]

    def get_absolute_url(self) -> str:
        return reverse("credit_entries:detail", args=[self.number])
