"""The draw itself: hashes, strata, seed and result, all of them functions of published documents.

A line of the pool is {"ordinal", "project", "name", "enterprise", "enterprise_name", "grade", "path", "place"}, an
inspector {"key", "area", "place", "fields", "load", "barred", "unfit"}: `barred` are numbers of projects.  Places are
[longitude, latitude] in millionths of a degree, or null.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from apps.core.canonical import canonical_json, sha256_of
from apps.core.drawing.drbg import HmacDrbg
from apps.core.drawing.shuffling import below, shuffled
from apps.inspections.drawing.matching import matched
from apps.inspections.drawing.quotas import GRADES, WHOLE, by_rate, one_more, shares

Document = dict[str, Any]


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
    """Of each stratum the size, how many are chosen, and the chance in percent that one more is.

    A group that has a count splits it by the rates; in all that have none, each project's chance is the rate itself.
    """
    sizes = {name: len(members) for name, members in members_of(pool, groups).items()}
    numbers: dict[str, tuple[int, int]] = {}
    for group in groups:
        own = {grade: sizes.get(f"{group['code']}/{grade}", 0) for grade in GRADES}
        if group["count"] is None:
            given = {grade: by_rate(size, rates[grade]) for grade, size in own.items()}
        else:
            given = {grade: (count, 0) for grade, count in shares(group["count"], own, rates).items()}
        numbers |= {f"{group['code']}/{grade}": number for grade, number in given.items()}
    return [
        {"stratum": name, "size": size, "chosen": numbers[name][0], "more": numbers[name][1]}
        for name, size in sizes.items()
    ]


def seed_of(bundle: Document, public_value: str, secret_a: str, secret_b: str) -> str:
    """SHA-256 over what was published before, what two people kept to themselves, and what nobody could know."""
    return sha256_of(
        {
            "algorithm": bundle["terms"]["algorithm"],
            "number": bundle["terms"]["number"],
            "pool_sha256": bundle["pool_sha256"],
            "terms_sha256": bundle["terms_sha256"],
            "secret_a": secret_a,
            "secret_b": secret_b,
            "public_value": public_value,
        }
    )


def source(algorithm: str, seed: str, purpose: str) -> HmacDrbg:
    """One generator for each purpose, so that a change in one stratum moves no other."""
    return HmacDrbg(bytes.fromhex(seed), personalisation=f"{algorithm} {purpose}".encode())


def numbers_of(terms: Document, seed: str) -> dict[str, int]:
    """How many of each stratum are chosen, now that the seed decides on the parts of one, class by class."""
    numbers = {line["stratum"]: line["chosen"] for line in terms["strata"]}
    for grade in GRADES:
        parts = {line["stratum"]: line.get("more", 0) for line in terms["strata"] if line["stratum"][-1] == grade}
        start = below(WHOLE, source(terms["algorithm"], seed, f"rounding {grade}"))
        for name in one_more(parts, start):
            numbers[name] += 1
    return numbers


def drawn(terms: Document, pool: Sequence[Document], inspectors: Sequence[Document], seed: str) -> Document:
    """The result: the drawn order of each stratum and of the inspectors, and a team for each chosen project.

    Projects get their teams by rank, those of equal rank by the name of their stratum.
    """
    from_seed, numbers = partial(source, terms["algorithm"], seed), numbers_of(terms, seed)
    members = members_of(pool, terms["groups"])
    orders = {name: shuffled(ordinals, from_seed(f"stratum {name}")) for name, ordinals in members.items()}
    ranked = sorted((rank, name, o) for name, order in orders.items() for rank, o in enumerate(order[: numbers[name]]))
    by_ordinal = {line["ordinal"]: line for line in pool}
    order = shuffled(inspectors, from_seed("inspectors"))
    teams = matched([by_ordinal[o] for _, _, o in ranked], order, each=terms["inspectors_each"], theme=terms["theme"])
    return {
        "strata": [{"stratum": name, "order": ordinals} for name, ordinals in orders.items()],
        "inspectors": [inspector["key"] for inspector in order],
        "visits": [{"ordinal": t.ordinal, "team": list(t.members), "lacking": t.lacking} for t in teams],
    }
