"""What has to be counted again."""

from datetime import date

from django.db import models
from django.db.models import F, Q

BEGINNING, END = date(1900, 1, 1), date(9999, 12, 31)


class CoverageDirty(models.Model):
    """Days whose figures may have changed: those of a project, those of a person wherever they were, or all.

    Written by triggers (migration 0002) in the transaction of the change and taken by `services.sweeping`.  Rows are
    only added, never merged with one that waits: whoever finds a waiting row and writes none leaves its own change to
    a sweep that may have begun before that change could be seen.  Ranges, so that no trigger has to know which days
    there will be; a sweep does, at its own moment.
    """

    project_id = models.BigIntegerField("项目", null=True)
    person_id = models.BigIntegerField("人员", null=True)
    first_day = models.DateField("起")
    last_day = models.DateField("止", db_default=END)

    class Meta:
        verbose_name = verbose_name_plural = "待重算的覆盖率"
        constraints = [
            models.CheckConstraint(name="dirty_of_one", condition=Q(project_id=None) | Q(person_id=None)),
            models.CheckConstraint(name="dirty_runs_forward", condition=Q(last_day__gte=F("first_day"))),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.person_id} {self.first_day}"
