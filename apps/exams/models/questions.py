"""The bank of questions (题库)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.core.columns import known
from apps.core.editions import used_stays
from apps.core.models import Versioned
from apps.core.scoping import Scope, ScopedQuerySet
from apps.enterprises.models import Enterprise
from apps.exams.models.words import QuestionKind
from apps.roster.models import WorkerClass
from apps.training.models.courses import in_words

LETTERS = "ABCDEF"
"""Names of the options in the order of the bank; a paper shows them in an order of its own."""
CONTENT = ("kind", "topic", "text", "options", "right", "explanation", "basis")
"""What a question says; its hash is over these."""
FROZEN = (*CONTENT, "sha256")


class QuestionQuerySet(ScopedQuerySet["Question"]):
    """A firm has its own and the authority's; a region those of the firms seated in it, and the authority's."""

    region_key = "enterprise__region_path"
    project_key = None

    def reached_by(self, scope: Scope) -> Q:
        reached = super().reached_by(scope)
        return reached | Q(enterprise=None) if reached else reached


class Question(Versioned):
    """A question (试题) with its options and the letters of the right ones, such as "BD".

    Of no firm it is the authority's for everybody.  Once an examination has frozen it into its pool it is never
    rewritten: a change makes a new one, which names the old one in `replaces`.  `sha256` is the hash of what it says
    (`apps.exams.papers.content_sha256`).  `is_sample` marks what the demonstration has brought (示例).
    """

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所属企业", editable=False
    )
    kind = models.CharField("题型", max_length=10, choices=QuestionKind)
    topic = models.CharField("知识点", max_length=30)
    text = models.TextField("题干", max_length=500)
    options = ArrayField(models.CharField(max_length=200), verbose_name="选项", editable=False)
    right = models.CharField("正确答案", max_length=6, editable=False)
    explanation = models.TextField("解析", max_length=1000, blank=True)
    basis = models.CharField("依据", max_length=200, help_text="法规、标准的名称和条款")
    classes = ArrayField(
        models.CharField(max_length=15, choices=WorkerClass), verbose_name="适用人员", default=list, blank=True
    )
    is_active = models.BooleanField("在用", default=True)
    is_sample = models.BooleanField("示例数据", default=False, editable=False)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name="替代的试题", editable=False
    )
    sha256 = models.CharField("内容校验值", max_length=64, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "试题"
        ordering = ("-pk",)
        indexes = [models.Index(fields=["enterprise", "-id"], name="question_enterprise")]
        constraints = [
            known("kind", QuestionKind, "question_kind_known"),
            models.CheckConstraint(
                name="question_right_fits_its_kind",
                condition=Q(kind=QuestionKind.MULTIPLE, right__regex=r"^(?=..)A?B?C?D?E?F?$")
                | Q(kind=QuestionKind.SINGLE, right__regex=r"^[A-F]$")
                | Q(kind=QuestionKind.JUDGEMENT, right__regex=r"^[AB]$", options__len=2),
                violation_error_message="单选题、判断题有一个正确答案，多选题至少有两个",
            ),
            models.CheckConstraint(
                name="question_has_options",
                condition=Q(options__len__gte=2, options__len__lte=len(LETTERS)),
                violation_error_message=f"选项应有2至{len(LETTERS)}个",
            ),
            models.UniqueConstraint(
                name="question_once",
                fields=["enterprise", "sha256"],
                condition=Q(is_active=True),
                nulls_distinct=False,
                violation_error_message="题库中已有相同的在用试题",
            ),
        ]
        triggers = [used_stays("asked_stays", FROZEN, "exams_pooledquestion", "question_id")]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 30 else f"{self.text[:29]}…"

    def get_absolute_url(self) -> str:
        return reverse("questions:detail", args=[self.pk])

    @property
    def lettered(self) -> list[tuple[str, str]]:
        """The options with their letters, in the order of the bank."""
        return list(zip(LETTERS, self.options, strict=False))

    @property
    def options_in_words(self) -> str:
        """A．… B．…"""
        return "　".join(f"{letter}．{told}" for letter, told in self.lettered)

    @property
    def classes_in_words(self) -> str:
        """Nothing for all of them, as workbooks have it."""
        return in_words(self.classes, none="")
