"""How many hours the law asks for, in editions."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.core.editions import EditionQuerySet, begins_later, begun_stays
from apps.core.models import Versioned
from apps.roster.models import WorkerClass
from apps.training.models.words import INDUCTION

SUBJECTS = [*WorkerClass.choices, *((level.value, level.label) for level in INDUCTION)]
WORDS = ("subject", "hours", "effective_from", "source", "certainty")


class HoursRule(Versioned):
    """Hours that somebody of a class needs in twelve months, or that a level of induction takes (学时标准).

    `subject` is a class of workers or one of the levels company, project and team; each day is judged by the edition
    in force on it.
    """

    SAME = ("subject",)

    subject = models.CharField("对象", max_length=15, choices=SUBJECTS)
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1)
    effective_from = models.DateField("施行日期")
    source = models.CharField("依据", max_length=300)
    certainty = models.CharField("把握程度", max_length=200, blank=True)
    is_sample = models.BooleanField("样例", default=False, editable=False)

    objects = EditionQuerySet["HoursRule"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学时标准"
        ordering = ("subject", "-effective_from")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "effective_from"],
                name="hours_rule_begins_once",
                violation_error_message="该对象已有同一天施行的版本",
            ),
            models.CheckConstraint(
                name="hours_rule_within_a_year",
                condition=Q(hours__gte=0, hours__lte=200),
                violation_error_message="学时应在0至200之间",
            ),
            models.CheckConstraint(
                name="hours_rule_subject_known", condition=Q(subject__in=[*WorkerClass.values, *map(str, INDUCTION)])
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_later("begins_later", "training_hoursrule", ("subject",)),
            begun_stays("begun_stays", WORDS),
        ]

    def __str__(self) -> str:
        return self.get_subject_display()

    def get_absolute_url(self) -> str:
        return reverse("hours_rules:detail", args=[self.pk])
