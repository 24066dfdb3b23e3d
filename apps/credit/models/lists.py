"""Lists of seriously untrustworthy subjects, each by its own law, in editions."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.core.editions import EditionQuerySet, begins_later, used_stays
from apps.core.models import Versioned
from apps.credit.models.words import OfficeKind, Subject

WORDS = (
    "code",
    "name",
    "subject",
    "conditions",
    "term_months",
    "removable_after",
    "legal_basis",
    "effective_from",
)


def of_kind(measure: dict[str, str]) -> str:
    """【招标投标监管】 before the office; nothing for one of no kind."""
    kind = OfficeKind(measure.get("kind", OfficeKind.OTHER))
    return f"【{kind.label}】" if kind != OfficeKind.OTHER else ""


class ListType(Versioned):
    """One edition of a list by law (严重失信主体名单): without a legal basis there is none (国办发〔2020〕49号).

    Editions of one list share the code; conduct is judged by the edition of its day, and a case keeps its edition.

    `conditions` are [{"code", "text"}]; those whose code the platform knows (`apps.credit.conditions`) propose, and
    never decide.  `measures` are [{"kind", "office", "text"}], a kind of `OfficeKind`: joint measures that are sent
    when somebody is listed.
    """

    SAME = ("code",)

    code = models.CharField("代码", max_length=30, db_collation="C")
    name = models.CharField("名单名称", max_length=100)
    subject = models.CharField("适用对象", max_length=10, choices=Subject, default=Subject.ENTERPRISE)
    conditions = models.JSONField("列入情形")
    measures = models.JSONField("联合惩戒措施", default=list, blank=True)
    term_months = models.PositiveSmallIntegerField("列入期限（月）")
    removable_after = models.PositiveSmallIntegerField("可申请移出（满月数）")
    legal_basis = models.CharField("依据", max_length=500)
    certainty = models.CharField("把握程度", max_length=200, blank=True)
    effective_from = models.DateField("施行日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)
    is_sample = models.BooleanField("样例", default=False, editable=False)

    objects = EditionQuerySet["ListType"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "失信名单种类"
        constraints = [
            models.CheckConstraint(
                name="list_type_has_its_law",
                condition=~Q(legal_basis=""),
                violation_error_message="没有法律、法规或者党中央、国务院政策文件依据的，不得设列名单",
            ),
            models.CheckConstraint(
                name="list_type_terms_in_order",
                condition=Q(term_months__range=(1, 60), removable_after__lte=F("term_months")),
                violation_error_message="列入期限为 1 至 60 个月，可申请移出的月数不能超过列入期限",
            ),
            models.UniqueConstraint(
                fields=["code", "effective_from"],
                name="list_type_begins_once",
                violation_error_message="这个代码已有同一天施行的版本",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_later("begins_later", "credit_listtype", ("code",)),
            used_stays("used_stays", WORDS, "credit_blacklisting", "list_type_id"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("list_types:detail", args=[self.pk])

    @property
    def conditions_in_words(self) -> str:
        return "\n".join(f"{n}. {one['text']}" for n, one in enumerate(self.conditions, 1))

    @property
    def measures_in_words(self) -> str:
        return "\n".join(f"{of_kind(one)}{one['office']}：{one['text']}" for one in self.measures)
