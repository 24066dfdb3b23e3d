"""Numbers of papers: no gap, none twice, kept by what is voided."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core.workflow import TransitionRefused
from apps.documents import numbering
from apps.documents.models import IssuingOffice, Paper, PaperSeries
from apps.documents.services import issue, set_prefix
from apps.documents.workflow import PAPER
from tests.documents import stories
from tests.personas import CHANGAN, PROVINCE, SHIJIAZHUANG, city_officer, inspector, organisation, station_head

TRIES = 16


@pytest.mark.django_db
def test_number_names_office_kind_year_and_serial() -> None:
    officer = inspector()
    set_prefix(officer.organisation, "冀石建安", by=officer)
    year = timezone.localdate().year
    assert [stories.issued(officer).number for _ in range(2)] == [
        f"冀石建安改〔{year}〕000001号",
        f"冀石建安改〔{year}〕000002号",
    ]


@pytest.mark.django_db
def test_each_kind_and_each_office_has_a_series_of_its_own() -> None:
    officer, other = inspector(), city_officer()
    first = [stories.issued(officer), stories.issued(officer, "stop_work_notice"), stories.issued(other)]
    assert [paper.serial for paper in first] == [1, 1, 1]
    assert len({paper.number for paper in first}) == 3


@pytest.mark.django_db
def test_voided_paper_keeps_its_number_and_the_series_goes_on() -> None:
    head = station_head()
    first = stories.issued(head)
    void = PAPER.perform(first, "void", by=head, void_reason="受送达人写错")
    assert (void.state, void.number) == ("void", first.number)
    assert stories.issued(head).serial == 2


@pytest.mark.django_db
def test_number_that_comes_to_nothing_is_not_used_up() -> None:
    officer = inspector()
    paper = stories.draft(officer)
    with pytest.raises(RuntimeError), transaction.atomic():
        issue(paper, by=officer)
        raise RuntimeError
    assert stories.issued(officer).serial == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "at", "prefix"),
    [
        ("station", CHANGAN, "冀石长安建安"),
        ("bureau", CHANGAN, "冀石长安建"),
        ("bureau", SHIJIAZHUANG, "冀石建"),
        ("bureau", PROVINCE, "冀建"),
    ],
)
def test_office_without_a_prefix_numbers_by_a_sample(kind: str, at: str, prefix: str) -> None:
    office = numbering.office_of(organisation(kind, at))
    assert (office.prefix, office.is_sample) == (prefix, True)


@pytest.mark.django_db
def test_two_offices_never_share_a_prefix() -> None:
    ours, theirs = organisation("station"), organisation("station", name="另一监督站")
    taken = numbering.kept_office(ours).prefix
    assert numbering.kept_office(theirs).prefix == f"{taken}{theirs.pk}"
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuingOffice.objects.filter(pk=theirs.pk).update(prefix=taken)


# At the same moment ---------------------------------------------------------------------------------------------------


def at_once(work: Callable[[int], str]) -> list[str]:
    start = Barrier(TRIES)

    def run(number: int) -> str:
        start.wait(timeout=30)
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(TRIES) as pool:
        return list(pool.map(run, range(TRIES)))


def serials() -> list[int | None]:
    return list(Paper.objects.exclude(number=None).order_by("serial").values_list("serial", flat=True))


def issuing(papers: list[Paper], officer: User) -> Callable[[int], str]:
    def work(number: int) -> str:
        try:
            return issue(papers[number], by=officer).number or ""
        except (IntegrityError, TransitionRefused):
            return "refused"

    return work


@pytest.fixture
def sixteen() -> tuple[list[Paper], User]:
    officer = inspector()
    stories.issued(officer)  # the series is there, so that all of them meet at its row
    return [stories.draft(officer) for _ in range(TRIES)], officer


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_leave_no_gap_and_share_no_number(sixteen: tuple[list[Paper], User]) -> None:
    numbers = at_once(issuing(*sixteen))
    assert "refused" not in numbers
    assert serials() == list(range(1, TRIES + 2))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_first_sixteen_of_a_year_make_the_series_together() -> None:
    officer = inspector()
    papers = [stories.draft(officer) for _ in range(TRIES)]
    assert "refused" not in at_once(issuing(papers, officer))
    assert serials() == list(range(1, TRIES + 1))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_would_take_the_same_one(
    sixteen: tuple[list[Paper], User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: everybody has read the series before anybody writes it; the database refuses the rest."""
    read = Barrier(TRIES)

    def unlocked(organisation_id: int, kind: str, year: int) -> PaperSeries:
        series = PaperSeries.objects.get(organisation_id=organisation_id, kind=kind, year=year)
        read.wait(timeout=30)
        return series

    monkeypatch.setattr(numbering, "locked_series", unlocked)
    outcomes = at_once(issuing(*sixteen))
    assert outcomes.count("refused") == TRIES - 1
