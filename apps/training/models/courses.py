"""What is taught."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.core.columns import known
from apps.core.models import Versioned
from apps.core.scoping import ScopedQuerySet, scope_of
from apps.enterprises.models import Enterprise
from apps.roster.models import WorkerClass
from apps.training.models.words import Level


class CourseQuerySet(ScopedQuerySet["Course"]):
    """The authority's are everybody's; a firm's are its own, and its seat's authorities read them."""

    region_key = "enterprise__region_path"
    project_key = None

    def visible_to(self, user: Any) -> "CourseQuerySet":
        if not getattr(user, "is_active", False):
            return self.none()
        scope = scope_of(user)
        return self.all() if scope.everything else self.filter(Q(enterprise=None) | self.reached_by(scope))


EVERYBODY = "全体人员"


class Course(Versioned):
    """A course (课程): of one firm, or with no firm the authority's for everybody.

    `hours` are hours of study (学时); `classes` the kinds of workers it is meant for, none meaning all.  With
    `needs_exam` taking part counts once the examination has been passed with `pass_mark` of 100 points or more.
    Sessions copy level and hours, so a course that is changed later leaves them as they were.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所属企业"
    )
    name = models.CharField("课程名称", max_length=100)
    level = models.CharField("培训类型", max_length=10, choices=Level)
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1)
    classes = ArrayField(
        models.CharField(max_length=15, choices=WorkerClass), verbose_name="适用人员", default=list, blank=True
    )
    content = models.TextField("课程内容", max_length=4000, blank=True)
    needs_exam = models.BooleanField("需要考核", default=False)
    pass_mark = models.PositiveSmallIntegerField("合格分数", default=60)
    is_active = models.BooleanField("在用", default=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训课程"
        ordering = ("level", "name", "pk")
        constraints = [
            known("level", Level, "course_level_known"),
            models.CheckConstraint(
                name="course_has_hours",
                condition=Q(hours__gt=0, hours__lte=200),
                violation_error_message="学时应大于0、不超过200",
            ),
            models.CheckConstraint(
                name="course_mark_within_100",
                condition=Q(pass_mark__range=(1, 100)),
                violation_error_message="合格分数应在1至100之间",
            ),
            models.UniqueConstraint(
                name="course_once",
                fields=["enterprise", "name"],
                condition=Q(is_active=True),
                nulls_distinct=False,
                violation_error_message="已有同名的在用课程",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("courses:detail", args=[self.pk])

    @property
    def classes_in_words(self) -> str:
        return in_words(self.classes)

    @property
    def owner(self) -> str:
        return self.enterprise.name if self.enterprise else "主管部门（通用）"


def in_words(classes: Any, none: str = EVERYBODY) -> str:
    """Kinds of workers as a reader says them; none means all."""
    return "、".join(str(label) for code, label in WorkerClass.choices if code in classes) or none
