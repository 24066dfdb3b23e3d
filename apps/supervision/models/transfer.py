"""Handing a case over to enforcement or to another bureau, and its way back (移送、回告)."""

from enum import nonmember

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.core.columns import known, moment
from apps.core.today import today
from apps.supervision.models.measure import Measure


class TransferKind(models.TextChoices):
    ENFORCEMENT = "enforcement", "移送行政处罚"
    POLICE = "police", "移送公安机关"
    OTHER = "other", "移送其他主管部门"


class TransferState(models.TextChoices):
    DRAFT = "draft", "待移送"
    SENT = "sent", "待立案"
    FILED = "filed", "已立案"
    DECIDED = "decided", "待回告"
    RETURNED = "returned", "已回告"
    DECLINED = "declined", "不予立案"
    WITHDRAWN = "withdrawn", "已撤回"

    OPEN = nonmember(("sent", "filed", "decided"))


TRANSFER_CHANGES: tuple[tuple[str, str], ...] = (
    (TransferState.DRAFT, TransferState.SENT),
    (TransferState.SENT, TransferState.FILED),
    (TransferState.SENT, TransferState.DECLINED),
    (TransferState.SENT, TransferState.WITHDRAWN),
    (TransferState.FILED, TransferState.DECIDED),
    (TransferState.DECIDED, TransferState.RETURNED),
)


class Transfer(Measure):
    """A case that another body must decide on; supervision, penalty and permit lie with three different bureaus.

    `due_on` is the day by which the next step must come, counted when the last one was taken; lateness is a question
    about it.  Nothing of it is shown to the firm: the body that decides tells it.
    """

    INSIDE = tuple(TransferState.values)
    LETTER = "T"

    kind = models.CharField("移送类别", max_length=12, choices=TransferKind)
    addressee = models.CharField("接收单位", max_length=100)
    reason = models.TextField("移送事由", max_length=4000)
    evidence = models.TextField("证据清单", max_length=4000)
    state = models.CharField("状态", max_length=10, choices=TransferState, default=TransferState.DRAFT, editable=False)
    due_on = models.DateField("下一步期限", null=True, editable=False)

    case_number = models.CharField("立案文号", max_length=60, blank=True)
    filed_on = models.DateField("立案日期", null=True, blank=True)
    decision_number = models.CharField("决定文号", max_length=60, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    decision = models.TextField("处理决定", max_length=4000, blank=True)
    penalty = models.DecimalField("罚款金额（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    answer = models.TextField("回告内容", max_length=4000, blank=True)
    answered_on = models.DateField("回告日期", null=True, blank=True)
    sent_at, returned_at = moment("移送时间"), moment("回告登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "案件移送"
        indexes = [
            models.Index(fields=["region_path", "-id"], name="transfer_of_region"),
            models.Index(fields=["due_on"], condition=Q(state__in=TransferState.OPEN), name="transfer_due"),
        ]
        constraints = [
            known("state", TransferState, "transfer_state_known"),
            known("kind", TransferKind, "transfer_kind_known"),
            models.CheckConstraint(
                name="transfer_waits_until_a_day",
                condition=~Q(state__in=TransferState.OPEN) | Q(due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="transfer_decided_after_filing",
                condition=Q(decided_on=None) | Q(filed_on__isnull=False, decided_on__gte=models.F("filed_on")),
                violation_error_message="决定日期不能早于立案日期",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(TRANSFER_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def get_absolute_url(self) -> str:
        return reverse("transfers:detail", args=[self.number])

    @property
    def is_late(self) -> bool:
        return self.state in TransferState.OPEN and self.due_on is not None and self.due_on < today()
