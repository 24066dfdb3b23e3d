"""The words of examinations."""

from enum import nonmember

from django.db import models


class QuestionKind(models.TextChoices):
    JUDGEMENT = "judgement", "判断题"
    SINGLE = "single", "单选题"
    MULTIPLE = "multiple", "多选题"


class ExamState(models.TextChoices):
    DRAFT = "draft", "准备中"
    OPEN = "open", "已开放"
    CLOSED = "closed", "已结束"


class AttemptState(models.TextChoices):
    """`LATE` was marked by the clock with what had been saved until then."""

    TAKING = "taking", "作答中"
    HANDED = "handed", "已交卷"
    LATE = "late", "到时收卷"

    ENDED = nonmember(("handed", "late"))
