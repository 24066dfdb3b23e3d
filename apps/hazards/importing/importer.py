"""The hazard ledger's importer: history stays history, names find their projects and firms, nothing is made up."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.db import db_now
from apps.core.excel import CheckedRow, Problem, split_findings
from apps.core.imports.importer import NEW, Importer, Rows, RowsRefused, Unknown
from apps.core.jobs import Progress
from apps.core.models import ImportBatch
from apps.core.registers import Register
from apps.core.widgets import FastSelect
from apps.hazards.importing.entries import Entry, Reader, claims, mark_of, split
from apps.hazards.importing.fields import FIELDS
from apps.hazards.importing.newcomers import new_firm, new_project
from apps.hazards.importing.parties import FIRM, PROJECT, Firms, Projects
from apps.hazards.importing.writer import Writer, in_chunks, row_cells
from apps.hazards.models import Hazard, State
from apps.projects.models import Project
from apps.regions.choices import region_choices
from apps.regions.models import Region

REGION, SPLIT = "region", "split"
SECONDS = ("2", "２", "二", "②")
"""No numbering goes without one of these, and looking for them is cheaper than for a numbering."""
Facts = dict[str, Any]


class HazardImporter(Importer):
    """Rows become hazards with the dates they claim; who verified and closed them here is nobody."""

    fields = FIELDS

    def __init__(self, register: Register, user: Any, choices: Mapping[str, Any] | None = None) -> None:
        super().__init__(register, user, choices)
        names = self.choices.get("names", {})
        self.projects = Projects(user, names.get(PROJECT, {}))
        self.firms = Firms(user, names.get(FIRM, {}))
        self.today = timezone.localdate()
        self.rows_of_marks: dict[tuple[str, bytes], int] = {}
        self.known_marks: dict[str, set[bytes]] = {}
        self.new_parts: list[tuple[str, str, Entry]] = []
        """What the row last looked at adds to the ledger: key of the project, key of the firm, entry."""
        self.settled_projects: dict[tuple[str, str], Project] = {}
        self.settled_firms: dict[tuple[str, str], int] = {}

    @cached_property
    def reader(self) -> Reader:
        """Made with the first row, when the columns are known."""
        return Reader(self.columns)

    # The check -----------------------------------------------------------------------------------------------------

    def look(self, row: CheckedRow) -> Sequence[Problem]:
        entry = self.reader.read(row)
        project, firm = self.keys_of(entry)
        problems = [*self.wrong_dates(row, entry), *self.seen_before(row, entry)]
        self.new_parts = []
        for part in self.parts(entry):
            if self.is_known(project, part):
                self.counts["unchanged"] += 1
                continue
            self.counts["new"] += 1
            self.tell(part)
            self.new_parts.append((project, firm, part))
        return problems

    def wrong_dates(self, row: CheckedRow, entry: Entry) -> Iterator[Problem]:
        found, values = entry.values["found_on"], entry.values
        if found > self.today:
            yield self.problem(row, "found_on", "检查时间晚于今天")
        if values["deadline"] and values["deadline"] < found:
            yield self.problem(row, "deadline", f"整改期限早于检查时间 {found}")
        if values["rectified_on"] and values["rectified_on"] > self.today:
            yield self.problem(row, "rectified_on", "整改完成日期晚于今天")

    def keys_of(self, entry: Entry) -> tuple[str, str]:
        """Keys of project and firm.  A row that names no firm belongs to the project's general contractor."""
        project = self.projects.key_of(entry.project, entry.project_number)
        contractor = self.projects.contractors.get(project)
        if not entry.firm and contractor:
            return project, str(contractor)
        return project, self.firms.key(entry.firm)

    def parts(self, entry: Entry) -> Iterator[Entry]:
        """The row as one hazard, or as one per finding where the user has asked for that."""
        if self.option(SPLIT):
            yield from split(entry)
            return
        description = entry.values["description"]
        if any(mark in description for mark in SECONDS) and len(split_findings(description)) > 1:
            self.counts["several"] += 1
        yield entry

    def seen_before(self, row: CheckedRow, entry: Entry) -> Iterator[Problem]:
        mark = (entry.project, entry.mark)
        earlier = self.rows_of_marks.setdefault(mark, row.number)
        if earlier != row.number:
            reason = f"与第 {earlier} 行的项目、日期、工点和描述完全相同"
            yield self.problem(row, "description", reason, "warning")

    def is_known(self, project: str, entry: Entry) -> bool:
        """Whether the ledger already holds this hazard of this project, from an earlier import or otherwise."""
        if project in ("", NEW):
            return False
        if project not in self.known_marks:
            rows = Hazard.objects.visible_to(self.user).filter(project=int(project)).order_by()
            told = rows.values_list("found_on", "place", "description")
            self.known_marks[project] = {mark_of(*line) for line in told.iterator(chunk_size=5000)}
        return entry.mark in self.known_marks[project]

    def tell(self, entry: Entry) -> None:
        """Count what the notes say."""
        self.counts[entry.values["state"]] += 1
        if entry.firm_from == "owner_firm":
            self.counts["owner_firm"] += 1
        if self.is_late(entry):
            self.counts["late"] += 1
        if "grade" not in entry.original:
            self.counts["ungraded"] += 1

    def is_late(self, entry: Entry) -> bool:
        deadline = entry.values["deadline"]
        return entry.values["state"] == State.RECTIFYING and deadline is not None and deadline < self.today

    def unknown(self) -> list[Unknown]:
        return [*self.projects.unknown_names.values(), *self.firms.unknown_names.values()]

    def notes(self) -> list[str]:
        counts = self.counts
        told = (
            (State.CLOSED, "{} 条已销号，作为历史记录登记：日期取自文件，不补记复查人和销号人。"),
            (State.RECTIFYING, "{} 条尚未销号且有整改期限或整改要求，登记为“整改中”。"),
            (State.DRAFT, "{} 条既没有整改期限也没有整改要求，登记为“待下达”。"),
            ("late", "其中 {} 条已过整改期限，列入“超期”，不补发以前的提醒。"),
            ("owner_firm", "{} 条没有填施工单位，整改企业取建设单位。"),
            ("ungraded", "{} 条没有填隐患等级，按一般隐患（一般风险）登记。"),
            ("unchanged", "{} 条与台账中已有的隐患相同（同一项目、日期、工点和描述），不重复登记。"),
            ("several", "{} 条的描述里写了多个问题，按一条登记；需要时可在下面选择按条拆分。"),
        )
        lines = [text.format(counts[name]) for name, text in told if counts[name]]
        return [*lines, "各责任单位、等级和销号的原文随记录保留，按法定台账格式导出时原样写出。"]

    def options(self, found: Mapping[str, int]) -> dict[str, forms.Field]:
        asked: dict[str, forms.Field] = {
            REGION: forms.ChoiceField(
                label="新建工程和企业的所属区域",
                choices=region_choices(self.user),
                initial=self.user.organisation.region.code,
                widget=FastSelect,
            )
        }
        if found.get("several") or self.option(SPLIT):
            label = "描述里有多个问题的，按条拆分成多条隐患"
            asked[SPLIT] = forms.BooleanField(label=label, required=False)
        return asked

    def lists(self) -> dict[str, Sequence[str]]:
        return {"project": [name for _, name, _, _ in self.projects.visible[:2000]]}

    # The writing ---------------------------------------------------------------------------------------------------

    def write(self, batch: ImportBatch, rows: Rows, progress: Progress) -> Counter[str]:
        shared = {
            "recorded_by": self.user,
            "organisation": self.user.organisation,
            "by_authority": self.user.role_definition.side == "regulator",
            "import_batch": batch,
        }
        writer = Writer(by=self.user, at=db_now(), shared=shared)
        for chunk in in_chunks(self.to_write(batch, rows, progress)):
            writer.write(chunk)
        return Counter(new=self.counts["new"], unchanged=self.counts["unchanged"])

    def to_write(self, batch: ImportBatch, rows: Rows, progress: Progress) -> Iterator[tuple[str, str, str, Facts]]:
        """What the writer asks for, row by row; projects and firms that are new are made on the way."""
        origin = {"batch": str(batch.pk)}
        for row in self.sound(rows):
            for project, firm, part in self.new_parts:
                if not project or not firm:
                    kind, name = ("整改企业", part.firm) if project else ("工程项目", part.project)
                    raise RowsRefused(row.number, f"还没有为{kind}“{name or '空白'}”选择对应的记录")
                site = self.project(project, part.project)
                parties = f"{site.pk}\t{site.region_path}\t{self.firm(firm, part.firm, part.firm_from)}"
                yield parties, row_cells(self.values(part)), part.values["state"], claims(part) | origin
            progress.advance()

    def values(self, entry: Entry) -> dict[str, Any]:
        """The hazard's fields; reminders begin only where the deadline is still to come."""
        in_time = entry.values["state"] == State.RECTIFYING and entry.values["deadline"] and not self.is_late(entry)
        return {
            **entry.values,
            "source_row": entry.row,
            "source_columns": entry.original,
            "next_reminder_on": self.today if in_time else None,
        }

    def project(self, key: str, name: str) -> Project:
        """The project, looked up or made once; one that has left the user's reach meanwhile stops the import."""
        mark = (key, name if key == NEW else "")
        if mark not in self.settled_projects:
            if key == NEW:
                found: Project | None = new_project(name, self.region, self.user)
            else:
                found = Project.objects.visible_to(self.user).filter(pk=int(key)).first()
            if found is None:
                raise ValidationError(f"工程项目“{name}”对应的记录已不在您的辖区，没有写入任何数据")
            self.settled_projects[mark] = found
        return self.settled_projects[mark]

    def firm(self, key: str, name: str, named_in: str) -> int:
        mark = (key, name if key == NEW else "")
        if mark not in self.settled_firms:
            made = new_firm(name, named_in, self.region, self.user).pk if key == NEW else int(key)
            self.settled_firms[mark] = made
        return self.settled_firms[mark]

    @cached_property
    def region(self) -> Region:
        return Region.objects.get(code=self.option(REGION) or self.user.organisation.region.code)
