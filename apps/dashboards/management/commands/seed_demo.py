"""Load a demonstration: `manage.py seed_demo --size s|m|l|province --seed N --accounts-out FILE`.

Deterministic for a seed and a day.  Refuses a database that already has projects, and any installation that
has not said SEED_DEMO=1.
"""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from apps.dashboards.checks import mark_demonstration
from apps.dashboards.demo.build import HAZARDS, Demo
from apps.projects.models import Project


class Command(BaseCommand):
    help = "Fill an empty database with invented offices, firms, projects and hazards."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=sorted(HAZARDS), default="s")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--accounts-out")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SEED_DEMO:
            raise CommandError("demonstrations are loaded only where SEED_DEMO=1 is set")
        if Project.objects.exists():
            raise CommandError("this database already has projects")
        demo = Demo(options["size"], options["seed"])
        # Together, or a kill between the two would leave a demonstration that nobody can sign in to.
        with transaction.atomic():
            mark_demonstration()
            demo.build()
            if options["accounts_out"]:
                text = json.dumps(demo.staff.accounts, ensure_ascii=False, indent=1)
                Path(options["accounts_out"]).write_text(text, encoding="utf-8")
        self.stdout.write(f"{len(demo.staff.accounts)} accounts, {HAZARDS[options['size']]} hazards")
