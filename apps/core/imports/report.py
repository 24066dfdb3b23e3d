"""What a check found, in the form in which the batch keeps it and the preview shows it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from apps.core.excel import Problem
from apps.core.imports.importer import Importer, Unknown
from apps.core.masks import mask_numbers

MOST_PROBLEMS = 5_000
MOST_SKIPPED = 50


@dataclass
class Report:
    """Collects problems row by row; keeps at most MOST_PROBLEMS of them but counts all."""

    rows: int = 0
    bad_rows: int = 0
    errors: int = 0
    warnings: int = 0
    problems: list[Problem] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, problems: Iterable[Problem]) -> None:
        """The problems of one row, or of none (missing columns)."""
        bad = False
        for problem in problems:
            is_error = problem.severity == "error"
            bad |= is_error
            self.errors += is_error
            self.warnings += not is_error
            self.reasons[f"{problem.label}：{problem.reason}" if problem.label else problem.reason] += 1
            if len(self.problems) < MOST_PROBLEMS:
                self.problems.append(problem)
        self.bad_rows += bad

    def as_counts(self, importer: Importer, skipped: Sequence[Any]) -> dict[str, Any]:
        """For ImportBatch.counts."""
        return {
            "rows": self.rows,
            "bad": self.bad_rows,
            "errors": self.errors,
            "warnings": self.warnings,
            **{name: importer.counts[name] for name in ("new", "changed", "unchanged")},
            "facts": dict(importer.counts),
            "reasons": self.reasons.most_common(10),
            "notes": importer.notes(),
            "unknown": [asdict(name) for name in importer.unknown()],
            "skipped": [[row.number, row.kind, row.text[:80]] for row in skipped[:MOST_SKIPPED]],
        }

    def as_problems(self) -> list[list[Any]]:
        """For ImportBatch.problems: lists instead of objects, since there may be thousands."""
        return [
            [p.row, p.column_letter, p.label, mask_numbers(p.value), mask_numbers(p.reason), p.severity]
            for p in self.problems
        ]


def read_problems(kept: Iterable[Sequence[Any]]) -> list[Problem]:
    return [Problem(*line) for line in kept]


def read_unknown(kept: Iterable[dict[str, Any]]) -> list[Unknown]:
    return [Unknown(**{**name, "options": [tuple(option) for option in name["options"]]}) for name in kept]
