"""What a bench says: figures beside their budgets, kept or not, and the document that is made of them."""

from pathlib import Path

import pytest

from apps.dashboards.bench.report import Report, in_digits

pytestmark = pytest.mark.django_db


def test_a_figure_is_told_with_its_budget_and_whether_it_is_kept() -> None:
    lines: list[str] = []
    report = Report(lines.append)
    report.section("Pages")
    report.add("list / bare view", 7.98, "×", most=8)
    report.add("list / bare view, filtered", 8.02, "×", most=8)
    report.add("export", 61_234.5, "rows/s", least=33_000)
    report.add("seeded", 24.0, "s")
    told = [" ".join(line.split()) for line in lines[1:]]
    assert told == [
        "list / bare view 7.98 × ≤ 8 × yes",
        "list / bare view, filtered 8.02 × ≤ 8 × **no**",
        "export 61,234 rows/s ≥ 33,000 rows/s yes",
        "seeded 24 s",
    ]


def test_document_holds_machine_command_and_every_figure(tmp_path: Path) -> None:
    report = Report(lambda line: None)
    report.section("Sweep")
    report.add("nothing due", 0.447, "ms", most=5, note="1.1 × the probe")
    report.write(tmp_path / "benchmarks.md", "province")
    text = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "python3 run.py bench --size province" in text
    assert "cores" in text
    assert "PostgreSQL " in text
    assert "| nothing due | 0.447 ms | ≤ 5 ms | yes | 1.1 × the probe |" in text


@pytest.mark.parametrize(
    ("figure", "shown"), [(0.0498, "0.0498"), (7.0, "7"), (99.96, "100"), (137.4, "137"), (12_345.6, "12,346")]
)
def test_three_digits_tell(figure: float, shown: str) -> None:
    assert in_digits(figure) == shown


@pytest.mark.django_db
def test_the_section_of_people_takes_its_own_place_and_outlives_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.md"

    def ledger(figure: float) -> None:
        report = Report(lambda line: None)
        report.part("Demonstration")
        report.add("pages", figure, "ms")
        report.write(path, "province")

    def people(figure: float) -> None:
        report = Report(lambda line: None)
        report.part("People: 100 persons")
        report.add("counted", figure, "rows/s")
        report.merge(path)

    ledger(1)
    people(2)
    people(3)
    told = path.read_text(encoding="utf-8")
    assert (told.count("## People: "), "| counted | 3 rows/s |" in told, "| pages | 1 ms |" in told) == (1, True, True)
    ledger(4)
    told = path.read_text(encoding="utf-8")
    assert (told.count("## People: "), "| counted | 3 rows/s |" in told, "| pages | 4 ms |" in told) == (1, True, True)
