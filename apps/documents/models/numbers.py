"""What numbers are made of: an office's own words and the counters of its series."""

from django.db import models
from django.db.models import Q

from apps.accounts.models import Organisation
from apps.core.models import Versioned
from apps.documents.kinds import kind_choices


class IssuingOffice(Versioned):
    """The words before the kind in an office's numbers (发文字号, 冀石建安): a sample until it has set its own."""

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, primary_key=True, related_name="+", verbose_name="发文机关"
    )
    prefix = models.CharField("发文字号", max_length=20)
    is_sample = models.BooleanField("样例字号", default=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "发文字号"
        constraints = [
            # Else papers of two offices could bear the same number.
            models.UniqueConstraint(
                fields=["prefix"], name="prefix_of_one_office", violation_error_message="这个字号已由其他机关使用"
            ),
            models.CheckConstraint(name="prefix_is_not_empty", condition=~Q(prefix="")),
        ]

    def __str__(self) -> str:
        return self.prefix


class PaperSeries(models.Model):
    """The last number given in one series: an office's papers of one kind in one year.

    Locked and raised in the transaction that numbers the paper, so that a number that comes to nothing is not used up.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="发文机关")
    kind = models.CharField("文书种类", max_length=30, choices=kind_choices)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("最后序号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "文号序列"
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "year"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind} {self.year}: {self.last}"
