"""Draw all papers again and mark them again: `manage.py verify_exams`; exits 1 and names the first that differs."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.exams.models import Attempt, Exam, ExamState
from apps.exams.services.verifying import differences


class Command(BaseCommand):
    help = "Regenerate every examination paper from its seed, mark it again, and compare with what is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("exams", nargs="*", type=int, help="keys of examinations; without any all of them")

    def handle(self, *args: Any, exams: list[int], **options: Any) -> None:
        rows = Exam.objects.exclude(state=ExamState.DRAFT).select_related("course").order_by("pk")
        rows = rows.filter(pk__in=exams) if exams else rows
        for exam in rows:
            if first := next(differences(exam), None):
                self.stdout.write(first)
                sys.exit(1)
        papers = Attempt.objects.filter(exam__in=rows.order_by().values("pk")).count()
        self.stdout.write(f"共 {rows.count()} 场考试、{papers} 份答卷，全部相符")
