"""Electronic cards of persons (电子证卡): what was signed, and whether it still stands."""

import secrets
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.core.scoping import ScopedQuerySet
from apps.people.models.persons import Person

SERIAL_BYTES = 9


def new_serial() -> str:
    """Twelve characters that nobody can guess and that say nothing."""
    return secrets.token_urlsafe(SERIAL_BYTES)


class CardQuerySet(ScopedQuerySet["Card"]):
    """Cards go with their person."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(person__in=Person.objects.visible_to(user))

    def standing(self) -> Self:
        return self.filter(revoked_at=None)


class Card(models.Model):
    """One signed card of a person; a new one takes the place of the last, and what was signed never changes.

    `token` is all that the QR code carries: the payload, the key's id and the signature (`apps.people.cards`).
    `last_day` is that of the certificate that runs longest; after it nobody asks whether the card was revoked.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="cards", verbose_name="人员")
    serial = models.CharField("卡号", max_length=12, unique=True, default=new_serial, editable=False)
    token = models.TextField("签名内容", editable=False)
    last_day = models.DateField("证书最晚有效期至", editable=False)
    issued_at = models.DateTimeField("生成时间", db_default=Now(), editable=False)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="生成人")
    revoked_at = models.DateTimeField("注销时间", null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="注销人", editable=False
    )

    objects = CardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "电子证卡"
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                name="one_card_stands",
                fields=["person"],
                condition=Q(revoked_at=None),
                violation_error_message="该人员已有有效的证卡",
            )
        ]
        indexes = [models.Index(fields=["last_day"], condition=Q(revoked_at__isnull=False), name="card_revoked")]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="signed_stays", exclude=["revoked_at", "revoked_by"]),
            pgtrigger.Protect(
                name="revoked_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.serial
