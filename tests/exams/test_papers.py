"""Papers and marks as functions: the same seed gives the same paper, and no place is anybody's favourite."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.exams import papers
from tests.core.drawing.test_fairness_of_shuffling import critical

SEEDS = st.binary(min_size=32, max_size=32).map(bytes.hex)
KEYS = st.integers(1, 10**9)
PATTERN: list[papers.Document] = [
    {"kind": "judgement", "topic": "", "count": 4, "points": 5},
    {"kind": "single", "topic": "b", "count": 3, "points": 10},
    {"kind": "single", "topic": "", "count": 3, "points": 10},
    {"kind": "multiple", "topic": "a", "count": 2, "points": 10},
]


def pool(each: int = 5) -> list[papers.Document]:
    kinds = [(kind, topic) for kind in ("judgement", "single", "multiple") for topic in "ab" for _ in range(each)]
    return [
        {
            "question": n,
            "kind": kind,
            "topic": topic,
            "options": 2 if kind == "judgement" else 4,
            "sha256": f"{n:064x}",
        }
        for n, (kind, topic) in enumerate(kinds, 100)
    ]


def drawn(seed: str, person: int = 1, number: int = 1, exam: int = 1) -> list[papers.Document]:
    return papers.drawn(seed, exam=exam, person=person, number=number, pool=pool(), pattern=PATTERN)


@given(SEEDS, KEYS, st.integers(1, 10))
def test_the_same_seed_and_person_give_the_same_paper(seed: str, person: int, number: int) -> None:
    assert drawn(seed, person, number) == drawn(seed, person, number)


@given(SEEDS, KEYS, st.integers(1, 10))
def test_a_paper_is_what_its_pattern_says(seed: str, person: int, number: int) -> None:
    paper, by_key = drawn(seed, person, number), {line["question"]: line for line in pool()}
    assert [item["place"] for item in paper] == list(range(1, 13))
    assert len({item["question"] for item in paper}) == 12
    assert sum(item["points"] for item in paper) == papers.FULL
    at = 0
    for line in PATTERN:
        part = [by_key[item["question"]] for item in paper[at : at + line["count"]]]
        assert all(papers.fits(question, line) for question in part)
        at += line["count"]
    for item in paper:
        letters = papers.LETTERS[: by_key[item["question"]]["options"]]
        assert sorted(item["order"]) == list(letters)
        assert by_key[item["question"]]["kind"] != "judgement" or item["order"] == letters


@given(SEEDS, KEYS)
def test_papers_of_two_persons_and_of_two_goes_differ(seed: str, person: int) -> None:
    """Of 12 questions and their orders there are so many that two equal papers would be a fault."""
    own = drawn(seed, person)
    assert own != drawn(seed, person + 1)
    assert own != drawn(seed, person, number=2)
    assert own != drawn(seed, person, exam=2)


def test_a_pool_that_is_too_small_is_told_and_draws_nothing() -> None:
    small = [line for line in pool() if not (line["kind"] == "multiple" and line["question"] % 5)]
    short = papers.shortages(PATTERN, small)
    assert [(line["kind"], found) for line, found in short] == [("multiple", 1)]
    with pytest.raises(ValueError, match="the pool has 1"):
        papers.drawn("00" * 32, exam=1, person=1, number=1, pool=small, pattern=PATTERN)


def test_lines_of_any_topic_leave_the_others_their_own() -> None:
    """5 of topic b: three for their line, so that the line of any topic has the rest of the kind."""
    tight = [line for line in pool(3) if line["kind"] == "single"]
    pattern = [{"kind": "single", "topic": "", "count": 3, "points": 10}, PATTERN[1]]
    assert papers.shortages(pattern, tight) == []
    for person in range(50):
        assert len(papers.drawn("ab" * 32, exam=1, person=person, number=1, pool=tight, pattern=pattern)) == 6


PERSONS = 20_000


@pytest.mark.slow
def test_every_question_and_every_place_of_an_option_is_as_likely_as_another() -> None:
    """20,000 papers from one seed: which of ten comes, and at which place its first option stands."""
    singles = [line for line in pool() if line["kind"] == "single"]
    pattern = [{"kind": "single", "topic": "", "count": 2, "points": 50}]
    chosen: Counter[int] = Counter()
    places: Counter[int] = Counter()
    firsts: Counter[int] = Counter()
    for person in range(PERSONS):
        paper = papers.drawn("5a" * 32, exam=7, person=person, number=1, pool=singles, pattern=pattern)
        chosen.update(item["question"] for item in paper)
        firsts[paper[0]["question"]] += 1
        places[paper[0]["order"].index("A")] += 1
    even = PERSONS * 2 / 10
    # Two of ten without putting back vary less than two throws of a die, by (10 - 2) / (10 - 1).
    assert sum((chosen[line["question"]] - even) ** 2 / even for line in singles) / (8 / 9) < critical(9)
    assert chi_square(firsts, 10) < critical(9)
    assert chi_square(places, 4) < critical(3)


def chi_square(seen: Counter[int], kinds: int) -> float:
    even = seen.total() / kinds
    return sum((times - even) ** 2 / even for times in seen.values()) + (kinds - len(seen)) * even


@pytest.mark.parametrize(
    ("chosen", "right", "is_right"),
    [
        ("A", "A", True),
        ("B", "A", False),
        ("", "A", False),
        ("AC", "AC", True),
        ("CA", "AC", True),
        ("A", "AC", False),
        ("ABC", "AC", False),
        ("AD", "AC", False),
        ("", "AC", False),
    ],
)
def test_a_multiple_choice_is_right_as_a_whole_or_not(chosen: str, right: str, is_right: bool) -> None:
    assert papers.is_right(chosen, right) is is_right


@given(st.lists(st.tuples(st.text("ABCD", max_size=4), st.text("ABCD", min_size=1, max_size=4), st.integers(1, 20))))
def test_the_score_is_the_points_of_what_is_right(answers: list[Any]) -> None:
    score = papers.marked(answers)
    assert score == sum(points for chosen, right, points in answers if papers.is_right(chosen, right))
    assert papers.marked(reversed(answers)) == score


def test_a_hash_changes_with_a_word_an_order_and_a_person() -> None:
    paper, hashes = drawn("11" * 32), {line["question"]: line["sha256"] for line in pool()}
    whose = {"exam": 1, "person": 1, "number": 1}
    own = papers.paper_sha256(paper, hashes, **whose)
    turned = [dict(paper[0], order="BA"), *paper[1:]]
    other_word = hashes | {paper[0]["question"]: "0" * 64}
    assert own == papers.paper_sha256(drawn("11" * 32), dict(hashes), **whose)
    assert (
        len({own, papers.paper_sha256(turned, hashes, **whose), papers.paper_sha256(paper, other_word, **whose)}) == 3
    )
    assert own != papers.paper_sha256(paper, hashes, **whose | {"person": 2})


def test_the_commitment_is_of_the_bytes() -> None:
    assert papers.commitment_of("00" * 32) == "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"
