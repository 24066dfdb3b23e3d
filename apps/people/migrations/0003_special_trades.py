import csv
from pathlib import Path
from typing import Any

from django.db import migrations

DATA = Path(__file__).parent.parent / "data" / "special_trades.csv"
KIND = "special_trade"


def load(apps: Any, schema_editor: Any) -> None:
    """The eleven national trades; a province may add further ones in the dictionary."""
    entry = apps.get_model("core", "DictionaryEntry")
    with DATA.open(encoding="utf-8") as file:
        for position, line in enumerate(csv.DictReader(file), start=1):
            code = line.pop("code")
            entry.objects.get_or_create(kind=KIND, code=code, defaults=line | {"position": position})


class Migration(migrations.Migration):
    dependencies = [("people", "0002_presence_follows_the_employer"), ("core", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
