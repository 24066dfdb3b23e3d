"""Objections of firms to what is proposed about them (异议申诉), of all kinds in one place."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.accounts.models import Organisation, User
from apps.credit.models.proceeding import ProceedingQuerySet
from apps.enterprises.models import Enterprise
from apps.people.models import Person


class AppealKind(models.TextChoices):
    ENTRY = "entry", "信用记录"
    LISTING = "listing", "失信名单"
    PERMIT = "permit", "安许证处置"


class AppealOutcome(models.TextChoices):
    PENDING = "pending", "待答复"
    DISMISSED = "dismissed", "异议不成立"
    UPHELD = "upheld", "异议成立"


PAGES = {
    AppealKind.ENTRY: "credit_entries:detail",
    AppealKind.LISTING: "blacklistings:detail",
    AppealKind.PERMIT: "permit_cases:detail",
}


class Appeal(models.Model):
    """The last objection to an entry, a listing or a case about a permit: a view of the database over the three tables.

    Its key is the number of what is objected to.  Nothing is written here; an objection is a move of that record.
    """

    INSIDE = Q(pk__in=())  # nothing: it comes from the firm

    number = models.CharField("编号", max_length=32, primary_key=True, db_collation="C")
    kind = models.CharField("事项", max_length=10, choices=AppealKind)
    about = models.CharField("异议内容", max_length=200)
    enterprise = models.ForeignKey(Enterprise, models.DO_NOTHING, related_name="+", verbose_name="企业")
    person = models.ForeignKey(Person, models.DO_NOTHING, null=True, related_name="+", verbose_name="人员")
    region_path = models.CharField(max_length=60, db_collation="C")
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, related_name="+", verbose_name="认定单位")
    office_path = models.CharField(max_length=60, db_collation="C")
    objected_at = models.DateTimeField("异议时间")
    objected_by = models.ForeignKey(User, models.DO_NOTHING, related_name="+", verbose_name="异议人")
    objection = models.TextField("异议和理由")
    answer_by = models.DateField("答复期限")
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", verbose_name="答复人")
    answer = models.TextField("处理意见")
    outcome = models.CharField("处理结果", max_length=10, choices=AppealOutcome)

    objects = ProceedingQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "credit_appeal"
        verbose_name = verbose_name_plural = "异议申诉"

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse(PAGES[AppealKind(self.kind)], args=[self.number])
