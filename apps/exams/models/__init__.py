"""Examinations: the bank of questions, examinations with their frozen pools, and who answered what."""

from apps.exams.models.attempts import Answer, Attempt
from apps.exams.models.exams import Exam, PooledQuestion
from apps.exams.models.kiosks import Kiosk
from apps.exams.models.questions import FROZEN, LETTERS, Question
from apps.exams.models.words import AttemptState, ExamState, QuestionKind

__all__ = [
    "FROZEN",
    "LETTERS",
    "Answer",
    "Attempt",
    "AttemptState",
    "Exam",
    "ExamState",
    "Kiosk",
    "PooledQuestion",
    "Question",
    "QuestionKind",
]
