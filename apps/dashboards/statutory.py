"""The statutory statistics form of hazards, from January to a month, for a region and the units below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.urls import reverse

from apps.core.excel.layout import ExportColumn, Layout
from apps.core.exports import keep_book
from apps.core.jobs import Progress, job_kind, run_at_once
from apps.core.models import Job
from apps.core.months import last_of, month_asked
from apps.core.scoping import at_or_below, scope_of
from apps.dashboards.statistics import Statistics, region_of
from apps.hazards.models import ListedLevel
from apps.hazards.statutory import Sums, summed_up, sums_by_region
from apps.regions.models import Region
from apps.supervision.models import Listing
from apps.supervision.registers import PUBLISHED

KIND = "dashboards.statutory"
NOT_COLLECTED = "—（未采集）"
TITLE = "生产安全事故隐患排查治理情况统计表"
YUAN_IN_TEN_THOUSAND = Decimal(10_000)
NOTES = (
    "口径：检查日期在统计期内的隐患，不含草稿和作废；已整改、整改销号指数据截至时已销号的。",
    "排查单位数按台账统计，为期内登记有隐患的整改企业，跨县的企业在上级只计一家。",
    "列入治理计划指已填写“五落实”的重大隐患；表中“五到位”即五落实（目标任务、经费物资、机构人员、时限要求、安全措施和应急预案）。",
    "挂牌督办指上述隐患中已挂牌的，由上级接续督办的只计上级一项。",
    "治理资金为上述重大隐患填报的整改资金；“未采集”表示台账没有这项数据，不是零。",
)
# Which rows of the ledger stand behind a figure, beside those of the region and the period.
ASKED: dict[str, dict[str, str]] = {
    "firms": {"state": "issued"},
    "ordinary": {"state": "issued", "grade": "ordinary"},
    "ordinary_closed": {"state": "closed", "grade": "ordinary"},
    "major": {"state": "issued", "grade": "major"},
    "major_closed": {"state": "closed", "grade": "major"},
    "planned": {"state": "issued", "plan": "listed"},
    "complete": {"state": "issued", "plan": "complete"},
    "funds": {"state": "issued", "plan": "funded"},
}


@dataclass(frozen=True)
class StatutoryLine:
    """One unit's figures; `rows` leads from each to the ledger's rows, `url` to the unit's own form."""

    label: str
    sums: Sums
    rows: dict[str, str]
    url: str = ""
    listed: int = 0
    listed_by_province: int = 0

    @property
    def funds(self) -> Decimal | None:
        """In 万元."""
        return None if self.sums.funds is None else round(self.sums.funds / YUAN_IN_TEN_THOUSAND, 2)


class Statutory(Statistics):
    """The form as one office is shown it; region, month and the choice of months are those of the statistics."""

    @property
    def first(self) -> date:
        return self.month.replace(month=1)

    @property
    def last(self) -> date:
        return last_of(self.month)

    @property
    def period(self) -> str:
        return f"{self.month.year}年1月" if self.month.month == 1 else f"{self.month.year}年1月至{self.month.month}月"

    @cached_property
    def sums(self) -> dict[str, Sums]:
        return sums_by_region(self.user, self.region.path, self.first, self.last)

    @cached_property
    def listings(self) -> list[tuple[str, int, int]]:
        """Per region: hazards of the period listed for supervision, and those of them by the province.

        One that a higher level took over is counted there alone.
        """
        rows = Listing.objects.visible_to(self.user).filter(
            at_or_below("region_path", self.region.path),
            PUBLISHED,
            hazard__found_on__range=(self.first, self.last),
        )
        by_province = Count("pk", filter=Q(level=ListedLevel.PROVINCE))
        return list(rows.order_by().values_list("region_path").annotate(all=Count("pk"), by_province=by_province))

    def listed_below(self, path: str) -> tuple[int, int]:
        inside = [row for row in self.listings if row[0].startswith(path)]
        return sum(row[1] for row in inside), sum(row[2] for row in inside)

    @cached_property
    def whole(self) -> StatutoryLine:
        total = summed_up(self.sums, [self.region.path])[self.region.path]
        label, listed = "合计" if self.lines else self.region.name, self.listed_below(self.region.path)
        return StatutoryLine(label, total, self.links_of(self.region), "", *listed)

    @cached_property
    def lines(self) -> list[StatutoryLine]:
        """The units directly below in their usual order; none below a county."""
        below = list(Region.objects.visible_to(self.user).filter(parent=self.region).order_by("path"))
        sums = summed_up(self.sums, [unit.path for unit in below])
        return [
            StatutoryLine(
                unit.name,
                sums[unit.path],
                self.links_of(unit),
                reverse("stats:statutory_region", args=[unit.code]) + self.asked,
                *self.listed_below(unit.path),
            )
            for unit in below
        ]

    def links_of(self, region: Region) -> dict[str, str]:
        ledger = reverse("hazards:list")
        place = {"view": "all", "project__region__name": region.code}
        found = {"found_on_after": self.first, "found_on_before": self.last}
        links = {name: f"{ledger}?{urlencode({**place, **found, **asked})}" for name, asked in ASKED.items()}
        place = {"view": "public", "project__region__name": region.code}
        found = {"hazard__found_on_after": self.first, "hazard__found_on_before": self.last}
        links["listed"] = f"{reverse('listings:list')}?{urlencode({**place, **found})}"
        return links | {"listed_by_province": f"{links['listed']}&level={ListedLevel.PROVINCE}"}

    def crumbs(self) -> list[dict[str, str]]:
        """From the office's own region down to this one."""
        reach, steps, above = scope_of(self.user).region_path, [], self.region.parent
        while above and above.path.startswith(reach):
            url = reverse("stats:statutory_region", args=[above.code]) + self.asked
            steps.append({"label": above.name, "url": url})
            above = above.parent
        return [*reversed(steps), {"label": self.region.name, "url": ""}] if steps else []


# As a workbook --------------------------------------------------------------------------------------------------------


def workbook_job(user: Any, region: Region, month: date) -> Job:
    """The form as a workbook, made while the user waits: at most two dozen rows."""
    params = {"region": region.code, "month": f"{month:%Y-%m}"}
    return run_at_once(KIND, by=user, title=f"导出{region.name}{TITLE}", params=params)


@job_kind(KIND)
def export(job: Job, progress: Progress) -> None:
    """Write the workbook with the rights and the reach that the user has at this moment."""
    user = job.created_by
    if not user.has_perm("hazards.export_hazard"):
        raise ValidationError("您已没有导出隐患统计的权限")
    told = Statutory(user, region_of(user, job.params["region"]), month_asked(job.params["month"]))
    rows = [values(line) for line in [*told.lines, told.whole]]
    progress.of(len(rows))
    keep_book(job, layout_of(told), rows, **job.params)


def layout_of(told: Statutory) -> Layout:
    """The form's own head of two rows."""
    ordinary, major, plan, listed = ("一般隐患",), ("重大隐患",), ("重大隐患治理计划",), ("挂牌督办",)
    whole = {"kind": "integer", "width": 11, "centred": True}
    columns = [
        ExportColumn("单位", width=16),
        ExportColumn("排查单位数（家）", **whole),  # type: ignore[arg-type]
        ExportColumn("排查（项）", group=ordinary, **whole),  # type: ignore[arg-type]
        ExportColumn("已整改（项）", group=ordinary, **whole),  # type: ignore[arg-type]
        ExportColumn("整改率（%）", "decimal", 11, group=ordinary, centred=True),
        ExportColumn("排查（项）", group=major, **whole),  # type: ignore[arg-type]
        ExportColumn("整改销号（项）", group=major, **whole),  # type: ignore[arg-type]
        ExportColumn("整改率（%）", "decimal", 11, group=major, centred=True),
        ExportColumn("列入治理计划（项）", group=plan, **whole),  # type: ignore[arg-type]
        ExportColumn("其中达到“五到位”（项）", group=plan, **whole),  # type: ignore[arg-type]
        ExportColumn("挂牌督办（项）", group=listed, **whole),  # type: ignore[arg-type]
        ExportColumn("其中省级（项）", group=listed, **whole),  # type: ignore[arg-type]
        ExportColumn("累计落实治理资金（万元）", "decimal", 14, centred=True),
    ]
    moment = f"{told.as_of:%Y-%m-%d %H:%M}"
    lines = [f"填报单位：{told.user.organisation}　统计期：{told.period}　数据截至：{moment}　填表人：{told.user}"]
    title = f"{told.region.name}{TITLE}（{told.period}）"
    return Layout(
        title=title, columns=columns, sheet_name="统计表", subtitle_lines=lines, notes=NOTES, autofilter=False
    )


def values(line: StatutoryLine) -> Sequence[Any]:
    s = line.sums
    return [
        line.label,
        len(s.firms),
        s.ordinary,
        s.ordinary_closed,
        rounded(s.ordinary_rate),
        s.major,
        s.major_closed,
        rounded(s.major_rate),
        s.planned,
        s.complete,
        line.listed,
        line.listed_by_province,
        NOT_COLLECTED if line.funds is None else line.funds,
    ]


def rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 1)
