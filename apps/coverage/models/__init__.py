"""Coverage of training: the rule, the figures by day, what is to be counted again, frozen months."""

from apps.coverage.models.figures import CoverageDay, CoverageGap, CoverageRegionDay
from apps.coverage.models.queue import CoverageDirty
from apps.coverage.models.rules import CoverageRule
from apps.coverage.models.snapshots import CoverageSnapshot
from apps.coverage.models.words import NAMELESS, REASONS, Denominator

__all__ = [
    "NAMELESS",
    "REASONS",
    "CoverageDay",
    "CoverageDirty",
    "CoverageGap",
    "CoverageRegionDay",
    "CoverageRule",
    "CoverageSnapshot",
    "Denominator",
]
