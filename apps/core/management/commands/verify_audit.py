"""Check that no event was altered: `manage.py verify_audit [--json]`; exits 1 when one was."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.core.events import altered_events
from apps.core.models import Event


class Command(BaseCommand):
    help = "Recompute the hash of every event and name the altered ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        altered = [event.pk for event in altered_events()]
        report = {"events": Event.objects.count(), "altered": altered, "ok": not altered}
        if options["json"]:
            self.stdout.write(json.dumps(report))
        else:
            self.stdout.write(f"{report['events']} events, {len(altered)} altered {altered[:20] or ''}".strip())
        if altered:
            sys.exit(1)
