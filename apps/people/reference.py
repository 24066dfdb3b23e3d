"""What ships with the app: rules of certificates, with their sources; what no source says is marked as sample."""

import csv
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
TRUTHS = ("form_is_certain", "is_sample", "rests_on_consent", "is_on")


def load(model: Any, name: str, key: tuple[str, ...]) -> None:
    """Write the lines of a file that are not there yet; empty cells are left to the model."""
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            values: dict[str, Any] = {column: text for column, text in line.items() if text}
            values |= {column: text == "1" for column, text in values.items() if column in TRUTHS}
            model.objects.get_or_create(**{column: values[column] for column in key}, defaults=values)
