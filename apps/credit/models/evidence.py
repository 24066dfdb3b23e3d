"""The files that prove what an entry says."""

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.core.models import StoredFile
from apps.credit.models.entries import CreditEntry


class EntryEvidenceQuerySet(models.QuerySet["EntryEvidence"]):
    def visible_to(self, user: Any) -> "EntryEvidenceQuerySet":
        """With the entry: a firm that has been told of it sees what it is held against it by."""
        return self.filter(entry__in=CreditEntry.objects.visible_to(user).order_by().values("pk"))


class EntryEvidence(models.Model):
    """One file (证据文件) of an entry: a scan or a photograph, added while nothing is decided, and kept for good."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(CreditEntry, models.PROTECT, related_name="files", verbose_name="信用记录")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="添加人")
    added_at = models.DateTimeField("添加时间", db_default=Now())

    objects = EntryEvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "证据文件"
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
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

    def __str__(self) -> str:
        return str(self.file)
