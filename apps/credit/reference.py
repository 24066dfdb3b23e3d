"""The catalogue, lists, terms and rules that ship: what sources say, with its source, and samples marked as such."""

import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data" / "catalogue.json"
APPEAL = "可在告知书载明的期限内向认定单位提出异议；对决定不服的，可依法申请行政复议或者提起行政诉讼"


@cache
def told() -> dict[str, Any]:
    return json.loads(DATA.read_text(encoding="utf-8"))


def load(get_model: Any) -> None:
    """Write what is not there yet; `get_model(name)` gives the models of the migration, or those of today.

    Behaviour that Hebei's method of 2024 names is judged by it from 2024 on; what national law names, from 2020 on.
    """
    for item in told()["items"]:
        given = told()["editions"][item.get("of", "general")]
        defaults = {"appeal": APPEAL, "certainty": told()["sample"], **item, "points": Decimal(item["points"]), **given}
        write(get_model("CreditItem"), ("code", "effective_from"), defaults)
    for profile in told()["profiles"]:
        write(get_model("CreditProfile"), ("subject", "effective_from"), profile | {"base": Decimal(profile["base"])})
    for term in told()["repair_terms"]:
        write(get_model("RepairTerm"), ("severity", "effective_from"), term)
    for kind in told()["list_types"]:
        write(get_model("ListType"), ("code", "effective_from"), kind)
    common = {name: value for name, value in told()["permit_rules"].items() if name != "rules"}
    for rule in told()["permit_rules"]["rules"]:
        write(get_model("PermitRule"), ("grade", "nth", "effective_from"), common | rule)


def write(model: Any, key: tuple[str, ...], values: dict[str, Any]) -> None:
    """What the model has no column for, as it was in an earlier migration, is left out."""
    columns = {field.name for field in model._meta.concrete_fields}
    known = {name: value for name, value in values.items() if name in columns}
    if "effective_from" in known:
        known["effective_from"] = date.fromisoformat(known["effective_from"])
    model.objects.get_or_create(**{name: known[name] for name in key if name in known}, defaults=known)
