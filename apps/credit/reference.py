"""The catalogue, lists, terms and rules that ship: what sources say, with its source, and samples marked as such."""

import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data" / "catalogue.json"
ITEMS_FROM = date(2020, 1, 1)
APPEAL = "可在告知书载明的期限内向认定单位提出异议；对决定不服的，可依法申请行政复议或者提起行政诉讼"


@cache
def told() -> dict[str, Any]:
    return json.loads(DATA.read_text(encoding="utf-8"))


def load(get_model: Any) -> None:
    """Write what is not there yet; `get_model(name)` gives the models of the migration, or those of today."""
    items, profiles, terms, lists, rules = map(
        get_model, ("CreditItem", "CreditProfile", "RepairTerm", "ListType", "PermitRule")
    )
    for one in told()["items"]:
        defaults = {"appeal": APPEAL, "certainty": told()["sample"], **one, "points": Decimal(one["points"])}
        items.objects.get_or_create(code=one["code"], effective_from=ITEMS_FROM, defaults=defaults)
    for one in told()["profiles"]:
        key = {"subject": one["subject"], "effective_from": date.fromisoformat(one["effective_from"])}
        profiles.objects.get_or_create(**key, defaults={**one, **key, "base": Decimal(one["base"])})
    for one in told()["repair_terms"]:
        terms.objects.get_or_create(severity=one["severity"], defaults=one)
    for one in told()["list_types"]:
        defaults = {**one, "effective_from": date.fromisoformat(one["effective_from"])}
        lists.objects.get_or_create(code=one["code"], defaults=defaults)
    permit = told()["permit_rules"]
    for one in permit["rules"]:
        defaults = {"source": permit["source"], "certainty": permit["certainty"], **one}
        rules.objects.get_or_create(grade=one["grade"], nth=one["nth"], defaults=defaults)
