"""Fold every score anew and compare: `manage.py verify_credit [--json]`; exits 1 where a stored one differs."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.credit.models import CreditStanding, PersonStanding
from apps.credit.services.standings import differences


class Command(BaseCommand):
    help = "Recompute all credit scores from their entries and name those that are stored otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = differences()
        counts = {"enterprise": CreditStanding.objects.count(), "person": PersonStanding.objects.count()}
        report = {"standings": counts, "wrong": wrong, "ok": not any(wrong.values())}
        if options["json"]:
            self.stdout.write(json.dumps(report))
        else:
            self.stdout.write(f"{sum(counts.values())} standings, {sum(map(len, wrong.values()))} wrong")
        if not report["ok"]:
            sys.exit(1)
