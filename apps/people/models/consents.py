"""What persons were told about the use of their data, and what they said to it (告知和同意)."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from apps.core.columns import known
from apps.core.dictionary import labels_by_code
from apps.core.editions import EditionQuerySet, begins_later, begun_stays
from apps.core.freezing import refuse
from apps.core.models import Versioned
from apps.core.scoping import ScopedQuerySet
from apps.people.models.persons import Person

PURPOSES = "consent_purpose"  # the dictionary of purposes
WORDED = ("purpose", "effective_from", "wording", "rests_on_consent", "basis")
NOT_GIVEN = "只有已同意的才能撤回"
OTHER_ANSWER = "以法律规定为依据的只登记已告知，以同意为依据的登记同意、不同意或撤回"


class ConsentWording(Versioned):
    """What is told of one purpose from a day on (告知书文本), and whether the use rests on consent or on law.

    What a law prescribes needs no consent (《个人信息保护法》第十三条第一款第三项): of it the person is told, as asking
    for a consent that cannot be refused would mislead.
    """

    SAME = ("purpose",)

    purpose = models.CharField("用途", max_length=40)
    effective_from = models.DateField("施行日期")
    wording = models.TextField("告知内容", max_length=4000)
    rests_on_consent = models.BooleanField(
        "以本人同意为依据", default=False, help_text="不勾选的，以法律规定为依据，只告知，不征求同意"
    )
    basis = models.CharField("依据", max_length=300)
    certainty = models.CharField("把握程度", max_length=200, blank=True)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = EditionQuerySet["ConsentWording"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "告知书文本"
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "effective_from"],
                name="consent_wording_begins_once",
                violation_error_message="该用途已有同一天施行的版本",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_later("begins_later", "people_consentwording", ("purpose",)),
            begun_stays("begun_stays", WORDED),
        ]

    def __str__(self) -> str:
        return self.purpose_label

    @property
    def purpose_label(self) -> str:
        return labels_by_code(PURPOSES).get(self.purpose, self.purpose)

    def get_absolute_url(self) -> str:
        return reverse("consent_wordings:detail", args=[self.pk])


class Answer(models.TextChoices):
    TOLD = "told", "已告知"
    GIVEN = "given", "同意"
    REFUSED = "refused", "不同意"
    WITHDRAWN = "withdrawn", "撤回同意"


class AnsweredBy(models.TextChoices):
    PAPER = "paper", "本人签字的纸质告知书"
    ACCOUNT = "account", "本人账号"


FITS = f"""
    IF (NEW.answer = 'told')
        = (SELECT rests_on_consent FROM people_consentwording WHERE id = NEW.wording_id) THEN
        {refuse("answer_fits_its_wording", OTHER_ANSWER)}
    END IF;
    IF NEW.answer = 'withdrawn' AND 'given' IS DISTINCT FROM (
        SELECT c.answer FROM people_consent c
        JOIN people_consentwording w ON w.id = c.wording_id
        JOIN people_consentwording n ON n.id = NEW.wording_id AND n.purpose = w.purpose
        WHERE c.person_id = NEW.person_id ORDER BY c.id DESC LIMIT 1) THEN
        {refuse("answer_fits_its_wording", NOT_GIVEN)}
    END IF;
    RETURN NEW;
"""  # noqa: S608  (our own words)


class ConsentQuerySet(ScopedQuerySet["Consent"]):
    """Consents go with their person."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(person__in=Person.objects.visible_to(user))

    def fitting(self, wording: ConsentWording) -> Self:
        """Answers to any wording of this purpose that rests on the same as this one (`consenting.standings`)."""
        same = self.filter(wording__purpose=wording.purpose)
        return same.exclude(answer=Answer.TOLD) if wording.rests_on_consent else same.filter(answer=Answer.TOLD)


class Consent(models.Model):
    """One answer of a person to one wording.  Rows are only ever added; the last one of a purpose counts.

    Refusing or withdrawing has no other consequence than that the data is not used for this purpose
    (《个人信息保护法》第十五条、第十六条; of faces 《人脸识别技术应用安全管理办法》, from 2025-06-01).
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="consents", verbose_name="人员")
    wording = models.ForeignKey(ConsentWording, models.PROTECT, related_name="consents", verbose_name="告知书文本")
    answer = models.CharField("答复", max_length=10, choices=Answer)
    how = models.CharField("方式", max_length=10, choices=AnsweredBy)
    answered_on = models.DateField("日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间", db_default=Now(), editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "告知和同意"
        ordering = ("-pk",)
        indexes = [models.Index(fields=["person", "wording", "-id"], name="consent_of_person")]
        constraints = [known("answer", Answer, "consent_answer_known"), known("how", AnsweredBy, "consent_how_known")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="answer_fits_its_wording",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=FITS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wording} {self.get_answer_display()}"


def lacks_an_answer(user: Any) -> Q:
    """Of persons: somebody who has not been told of, or asked about, a purpose that is in use today."""
    missing = Q(pk__in=())
    for wording in ConsentWording.objects.in_force(timezone.localdate()):
        missing |= Q(~Exists(Consent.objects.fitting(wording).filter(person=OuterRef("pk"))))
    return missing & Q(pseudonymised_at=None)
