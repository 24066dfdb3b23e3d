"""The draw itself: hashes, strata, seed and result, all of them functions of published documents.

A line of the pool is {"ordinal", "project", "name", "enterprise", "enterprise_name", "grade", "path", "place"}, an
inspector {"key", "area", "place", "fields", "load", "barred", "unfit"}: `barred` are numbers of projects.  Places are
[longitude, latitude] in millionths of a degree, or null.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apps.core.canonical import canonical_json
from apps.inspections.drawing import ALGORITHM
from apps.inspections.drawing.drbg import HmacDrbg
from apps.inspections.drawing.matching import matched
from apps.inspections.drawing.quotas import GRADES, by_rates, shares
from apps.inspections.drawing.shuffling import shuffled

Document = dict[str, Any]


def sha256_of(document: Any) -> str:
    return hashlib.sha256(canonical_json(document)).hexdigest()


def commitment_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def numbered(candidates: Iterable[Document]) -> list[Document]:
    """The candidates by the number of their project, each with its place."""
    ordered = sorted(candidates, key=lambda line: line["project"])
    return [{**line, "ordinal": ordinal} for ordinal, line in enumerate(ordered, 1)]


def pool_bytes(pool: Iterable[Document]) -> bytes:
    """The file that is frozen: one canonical line for each candidate."""
    return b"".join(canonical_json(line) + b"\n" for line in pool)


def group_of(path: str, groups: Sequence[Document]) -> str | None:
    """The code of the narrowest group in which this region lies."""
    around = [group for group in groups if path.startswith(group["path"])]
    return max(around, key=lambda group: len(group["path"]))["code"] if around else None


def members_of(pool: Iterable[Document], groups: Sequence[Document]) -> dict[str, list[int]]:
    """The ordinals of each stratum: group and risk grade, as 130102/C."""
    strata: dict[str, list[int]] = defaultdict(list)
    for line in pool:
        strata[f"{group_of(line['path'], groups)}/{line['grade']}"].append(line["ordinal"])
    return {name: strata[name] for name in sorted(strata)}


def strata_of(pool: Iterable[Document], groups: Sequence[Document], rates: Mapping[str, int]) -> list[Document]:
    """Size and number to be chosen of each stratum; their quotient is the chance of each of its projects."""
    sizes = {name: len(members) for name, members in members_of(pool, groups).items()}
    chosen: dict[str, int] = {}
    for group in groups:
        own = {grade: sizes.get(f"{group['code']}/{grade}", 0) for grade in GRADES}
        total = by_rates(own, rates) if group["count"] is None else group["count"]
        chosen |= {f"{group['code']}/{grade}": count for grade, count in shares(total, own, rates).items()}
    return [{"stratum": name, "size": size, "chosen": chosen[name]} for name, size in sizes.items()]


def seed_of(number: str, bundle: Document, public_value: str, secret_a: str, secret_b: str) -> str:
    """SHA-256 over what was published before, what two people kept to themselves, and what nobody could know."""
    return sha256_of(
        {
            "algorithm": ALGORITHM,
            "number": number,
            "pool_sha256": bundle["pool_sha256"],
            "terms_sha256": bundle["terms_sha256"],
            "secret_a": secret_a,
            "secret_b": secret_b,
            "public_value": public_value,
        }
    )


def source(seed: str, purpose: str) -> HmacDrbg:
    """One generator for each purpose, so that a change in one stratum moves no other."""
    return HmacDrbg(bytes.fromhex(seed), personalisation=f"{ALGORITHM} {purpose}".encode())


def drawn(terms: Document, pool: Sequence[Document], inspectors: Sequence[Document], seed: str) -> Document:
    """The result: the drawn order of each stratum and of the inspectors, and a team for each chosen project.

    Projects get their teams by rank, those of equal rank by the name of their stratum.
    """
    members = members_of(pool, terms["groups"])
    quota = {line["stratum"]: line["chosen"] for line in terms["strata"]}
    orders = {name: shuffled(ordinals, source(seed, f"stratum {name}")) for name, ordinals in members.items()}
    ranked = sorted((rank, name, o) for name, order in orders.items() for rank, o in enumerate(order[: quota[name]]))
    by_ordinal = {line["ordinal"]: line for line in pool}
    order = shuffled(inspectors, source(seed, "inspectors"))
    teams = matched([by_ordinal[o] for _, _, o in ranked], order, each=terms["inspectors_each"], theme=terms["theme"])
    return {
        "strata": [{"stratum": name, "order": ordinals} for name, ordinals in orders.items()],
        "inspectors": [inspector["key"] for inspector in order],
        "visits": [{"ordinal": t.ordinal, "team": list(t.members), "lacking": t.lacking} for t in teams],
    }
