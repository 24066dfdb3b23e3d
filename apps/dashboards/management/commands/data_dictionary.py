import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.dashboards.data_dictionary import data_dictionary


class Command(BaseCommand):
    help = "Writes docs/data_dictionary.json from the models."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "data_dictionary.json"
        path.write_text(as_json(), encoding="utf-8")
        self.stdout.write(str(path.relative_to(settings.BASE_DIR)))


def as_json() -> str:
    return json.dumps(data_dictionary(), ensure_ascii=False, indent=1) + "\n"
