"""Looks at what is otherwise masked."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.core.columns import known
from apps.people.models.persons import Person


class Revealed(models.TextChoices):
    """Which of the two numbers was looked at."""

    ID_NUMBER = "id_number", "身份证号码"
    PHONE = "phone", "联系电话"


class IdentityReveal(models.Model):
    """One look at a whole identity or telephone number, with its reason.  Rows are only ever added."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="reveals", verbose_name="人员")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="查看人")
    what = models.CharField("查看内容", max_length=10, choices=Revealed, default=Revealed.ID_NUMBER)
    reason = models.CharField("查看理由", max_length=200)
    at = models.DateTimeField("查看时间", db_default=Now(), editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "完整号码查看记录"
        indexes = [models.Index(fields=["by", "at"], name="reveal_by_day")]
        constraints = [known("what", Revealed, "revealed_is_known")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.reason
