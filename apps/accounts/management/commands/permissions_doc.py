from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.accounts.permissions import as_markdown


class Command(BaseCommand):
    help = "Writes docs/permissions.md from the roles in code."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / "docs" / "permissions.md").write_text(as_markdown(), encoding="utf-8")
