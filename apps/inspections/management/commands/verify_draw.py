"""Draw again what was drawn and compare files and rows: `manage.py verify_draw NUMBER`; exits 1 where they differ."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.inspections.models import Draw, DrawState
from apps.inspections.verifying import differences


class Command(BaseCommand):
    help = "Check an announced draw against its published bundle and the rows of the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="the number of the draw, or its key")

    def handle(self, *args: Any, number: str, **options: Any) -> None:
        public = Draw.objects.filter(state__in=DrawState.PUBLIC)
        draw = public.filter(number=number).first()
        if draw is None and number.isdecimal() and len(number) < 18:
            draw = public.filter(pk=int(number)).first()
        if draw is None:
            raise CommandError(f"没有已公告的抽取 {number}")
        found = differences(draw)
        for line in found:
            self.stdout.write(line)
        self.stdout.write(f"{draw.number}：共 {len(found)} 处不符" if found else f"{draw.number}：全部相符")
        if found:
            sys.exit(1)
