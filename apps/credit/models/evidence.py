"""The files that prove what an entry says."""

from typing import Any

import pgtrigger
from django.db import models

from apps.core.scans import Proof, never_changed
from apps.credit.models.entries import CreditEntry


class EntryEvidenceQuerySet(models.QuerySet["EntryEvidence"]):
    def visible_to(self, user: Any) -> "EntryEvidenceQuerySet":
        """With the entry: a firm that has been told of it sees what it is held against it by."""
        return self.filter(entry__in=CreditEntry.objects.visible_to(user).order_by().values("pk"))


class EntryEvidence(Proof):
    """One file (证据文件) of an entry: a scan or a photograph, added while nothing is decided, and kept for good."""

    entry = models.ForeignKey(CreditEntry, models.PROTECT, related_name="files", verbose_name="信用记录")

    objects = EntryEvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "证据文件"
        triggers = [
            never_changed(),
            pgtrigger.Trigger(
                name="added_before_the_decision",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("of_entry", "text")],
                func="""
                    SELECT state INTO of_entry FROM credit_creditentry WHERE id = NEW.entry_id;
                    IF of_entry NOT IN ('proposed', 'checked', 'notified', 'objected') THEN
                        RAISE EXCEPTION 'evidence comes before the decision, the entry is %', of_entry;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
