"""What is to be taught in a year."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.roster.models import WorkerClass
from apps.training.models.courses import Course, in_words
from apps.training.models.placed import Placed, PlacedQuerySet, follows_its_place, is_somewhere


class TrainingPlan(Placed):
    """One line of a year's plan (年度培训计划): a course in a month, for so many people of a project or of the firm.

    What of it is done is counted from the trainings (`apps.training.counting`), never written here.
    """

    course = models.ForeignKey(Course, models.PROTECT, related_name="plans", verbose_name="课程")
    year = models.PositiveSmallIntegerField("年度")
    month = models.PositiveSmallIntegerField("月份")
    classes = ArrayField(
        models.CharField(max_length=15, choices=WorkerClass), verbose_name="培训对象", default=list, blank=True
    )
    people_planned = models.PositiveIntegerField("计划人数")
    remark = models.CharField("备注", max_length=200, blank=True)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训计划"
        ordering = ("-year", "-month", "-pk")
        indexes = [
            models.Index(fields=["region_path", "-id"], name="training_plan_region"),
            models.Index(fields=["enterprise", "-id"], name="training_plan_enterprise"),
            models.Index(fields=["project", "-id"], name="training_plan_project"),
        ]
        constraints = [
            models.CheckConstraint(
                name="training_plan_month",
                condition=Q(month__range=(1, 12), year__range=(2000, 2199)),
                violation_error_message="年度应在2000至2199之间，月份应在1至12之间",
            ),
            models.CheckConstraint(
                name="training_plan_for_somebody",
                condition=Q(people_planned__gt=0),
                violation_error_message="计划人数应大于0",
            ),
            models.UniqueConstraint(
                name="training_plan_once",
                fields=["enterprise", "project", "course", "year", "month"],
                nulls_distinct=False,
                violation_error_message="该月份已有同一课程的培训计划",
            ),
            is_somewhere("training_plan_is_somewhere"),
        ]
        triggers = [
            pgtrigger.Protect(name="training_plan_stays", operation=pgtrigger.Delete),
            follows_its_place("training_plan_follows"),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.month}月 {self.course}"

    def get_absolute_url(self) -> str:
        return reverse("training_plans:detail", args=[self.pk])

    @property
    def classes_in_words(self) -> str:
        return in_words(self.classes)
