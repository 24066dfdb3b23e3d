"""Papers and marks as pure functions: nothing here asks a database or a clock, so all of it can be done again.

A line of the pool is {"question", "kind", "topic", "options", "sha256"}: the key of the question, how many options it
has, and the hash of its words.  A line of the pattern is {"kind", "topic", "count", "points"}, a topic of "" meaning
any.  An item of a paper is {"place", "question", "order", "points"}, its order the letters of the options as they are
shown.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apps.core.canonical import sha256_of
from apps.core.drawing.drbg import HmacDrbg
from apps.core.drawing.shuffling import shuffled

Document = dict[str, Any]
ALGORITHM = "hebei-exam/1"
"""Goes into the personalisation of the generator: another way of drawing has another name."""
FULL = 100
FIXED = "judgement"
"""The kind whose options are right and wrong, which keep their order on every paper."""
LETTERS = "ABCDEF"


def content_sha256(content: Mapping[str, Any]) -> str:
    """The hash of what a question says, by the names of its columns."""
    return sha256_of(dict(content))


def commitment_of(seed: str) -> str:
    """What is published before the examination: SHA-256 of the 32 bytes, not of their spelling."""
    return hashlib.sha256(bytes.fromhex(seed)).hexdigest()


def pool_sha256(pool: Sequence[Document]) -> str:
    """The hash of the ordered keys and hashes of the pool."""
    return sha256_of([[position, line["question"], line["sha256"]] for position, line in enumerate(pool, 1)])


def points_of(pattern: Iterable[Document]) -> int:
    return sum(line["count"] * line["points"] for line in pattern)


def shortages(pattern: Sequence[Document], pool: Sequence[Document]) -> list[tuple[Document, int]]:
    """The lines of the pattern for which the pool has too few questions, each with how many there are for it.

    Lines with a topic take theirs first; those of any topic choose among what is left of the kind.
    """
    left = list(pool)
    short = []
    for _, line in by_need(pattern):
        fitting = [question for question in left if fits(question, line)]
        if len(fitting) < line["count"]:
            short.append((line, len(fitting)))
        taken = {question["question"] for question in fitting[: line["count"]]}
        left = [question for question in left if question["question"] not in taken]
    return short


def by_need(pattern: Sequence[Document]) -> list[tuple[int, Document]]:
    """Lines that name a topic before those that take any, each with its place in the pattern."""
    return sorted(enumerate(pattern), key=lambda numbered: numbered[1]["topic"] == "")


def fits(question: Document, line: Document) -> bool:
    return question["kind"] == line["kind"] and line["topic"] in ("", question["topic"])


def drawn(
    seed: str, *, exam: int, person: int, number: int, pool: Sequence[Document], pattern: Sequence[Document]
) -> list[Document]:
    """The paper of this person's `number`th go at this examination.

    Each line of the pattern draws its questions without putting back; the paper keeps the lines in the order of the
    pattern and the questions of each in the order in which they were drawn.  Raises ValueError for a pool too small.
    """
    told = f"{ALGORITHM} exam {exam} person {person} number {number}"
    source = HmacDrbg(bytes.fromhex(seed), personalisation=told.encode())
    taken: set[int] = set()
    chosen: dict[int, list[Document]] = {}
    for at, line in by_need(pattern):
        fitting = [question for question in pool if fits(question, line) and question["question"] not in taken]
        if len(fitting) < line["count"]:
            raise ValueError(f"the pool has {len(fitting)} questions for {line}")
        chosen[at] = shuffled(fitting, source)[: line["count"]]
        taken |= {question["question"] for question in chosen[at]}
    paper: list[Document] = []
    for at, line in enumerate(pattern):
        for question in chosen[at]:
            letters = LETTERS[: question["options"]]
            order = letters if question["kind"] == FIXED else "".join(shuffled(letters, source))
            place = len(paper) + 1
            paper.append({"place": place, "question": question["question"], "order": order, "points": line["points"]})
    return paper


def paper_sha256(paper: Sequence[Document], hashes: Mapping[int, str], **whose: int) -> str:
    """The hash of a paper with whose it is (exam, person, number) and the hashes of its questions by their keys."""
    items = [dict(item, sha256=hashes[item["question"]]) for item in paper]
    return sha256_of({"algorithm": ALGORITHM, "items": items, **whose})


def is_right(chosen: str, right: str) -> bool:
    """All of the right ones and no other; of a multiple choice, some of them are worth nothing."""
    return bool(chosen) and sorted(chosen) == sorted(right)


def marked(answers: Iterable[tuple[str, str, int]]) -> int:
    """The score of (chosen, right, points) for each question of a paper."""
    return sum(points for chosen, right, points in answers if is_right(chosen, right))
