"""What the fold of all entries amounts to today, kept so that lists and draws can ask it."""

from typing import Self

from django.db import models
from django.db.models.functions import Now

from apps.core.columns import known
from apps.core.scoping import ScopedQuerySet, scope_of
from apps.credit.models.words import Letter
from apps.enterprises.models import Enterprise
from apps.enterprises.presence import is_whole_province
from apps.people.models import Person


class StandingQuerySet(ScopedQuerySet["CreditStanding"]):
    region_key = "enterprise__region_path"
    project_key = None

    def visible_to(self, user: object) -> Self:
        """Whoever may see the firm may see how it stands."""
        scope = scope_of(user)
        if scope.everything or is_whole_province(scope.region_path):
            return self.all()
        return self.filter(enterprise__in=Enterprise.objects.visible_to(user).order_by().values("pk"))


class PersonStandingQuerySet(ScopedQuerySet["PersonStanding"]):
    region_key = "person__employer__region_path"
    enterprise_key = project_key = None

    def visible_to(self, user: object) -> Self:
        return self.filter(person__in=Person.objects.visible_to(user).order_by().values("pk"))


class Standing(models.Model):
    """A score with its letter, and of which points it is made; written by the fold alone (`apps.credit.folding`)."""

    score = models.DecimalField("信用得分", max_digits=6, decimal_places=2)
    grade = models.CharField("信用等级", max_length=1, choices=Letter)
    project_points = models.DecimalField("项目信用信息", max_digits=7, decimal_places=2, default=0)
    enterprise_points = models.DecimalField("企业信用信息", max_digits=7, decimal_places=2, default=0)
    penalty_points = models.DecimalField("行政处罚信息", max_digits=7, decimal_places=2, default=0)
    entries = models.PositiveIntegerField("计分记录数", default=0)
    is_listed = models.BooleanField("在失信名单", default=False)
    changed_at = models.DateTimeField("最近变动时间", db_default=Now())

    class Meta:
        abstract = True


class CreditStanding(Standing):
    """How an enterprise stands today (企业信用得分和等级)."""

    enterprise = models.OneToOneField(
        Enterprise, models.CASCADE, primary_key=True, related_name="credit", verbose_name="企业"
    )

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业信用"
        indexes = [models.Index(fields=["score", "enterprise"], name="standing_by_score")]
        constraints = [known("grade", Letter, "standing_grade_known")]

    def __str__(self) -> str:
        return str(self.enterprise)

    def get_absolute_url(self) -> str:
        return f"/enterprises/{self.enterprise.uscc}/credit/"


class PersonStanding(Standing):
    """How a person stands (个人信用), on the same engine; not public unless the profile says so."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="credit", verbose_name="人员")

    objects = PersonStandingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个人信用"
        indexes = [models.Index(fields=["score", "person"], name="person_standing_by_score")]
        constraints = [known("grade", Letter, "person_standing_grade_known")]

    def __str__(self) -> str:
        return str(self.person)

    def get_absolute_url(self) -> str:
        return f"/people/{self.person_id}/credit/"
