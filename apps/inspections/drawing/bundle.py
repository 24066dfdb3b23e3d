"""What is published of a draw, in one document: at first without, then with secrets and result."""

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from apps.core.canonical import canonical_json, sha256_of
from apps.inspections.drawing.drawing import Document, drawn, pool_bytes, seed_of

FORMAT = "hebei-draw-bundle/1"


def announced_bundle(
    terms: Document,
    pool: Sequence[Document],
    inspectors: Sequence[Document],
    commitments: dict[str, str],
    *,
    announced_at: datetime,
) -> Document:
    """The bundle of the announcement; the hash of the inspectors goes into the terms."""
    lines = pool_bytes(pool)
    terms = {**terms, "inspectors_sha256": sha256_of(inspectors)}
    return {
        "format": FORMAT,
        "terms": terms,
        "terms_sha256": sha256_of(terms),
        "pool": lines.decode().split("\n")[:-1],
        "pool_sha256": sha256(lines).hexdigest(),
        "inspectors": list(inspectors),
        "commitments": commitments,
        "announced_at": announced_at,
        "secrets": None,
        "public_value": "",
        "seed": "",
        "drawn_at": None,
        "result": None,
        "result_sha256": "",
    }


def drawn_bundle(bundle: Document, secrets: tuple[str, str], public_value: str, *, drawn_at: datetime) -> Document:
    """The announced bundle with all that followed: seed and result are worked out here."""
    seed = seed_of(bundle, public_value, *secrets)
    result = drawn(bundle["terms"], pool_of(bundle), bundle["inspectors"], seed)
    return {
        **bundle,
        "secrets": dict(zip("ab", secrets, strict=True)),
        "public_value": public_value,
        "seed": seed,
        "drawn_at": drawn_at,
        "result": result,
        "result_sha256": sha256_of(result),
    }


def pool_of(bundle: Document) -> list[Document]:
    return [json.loads(line) for line in bundle["pool"]]


def as_file(bundle: Document) -> bytes:
    return canonical_json(bundle) + b"\n"
