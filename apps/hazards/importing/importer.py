"""The hazard ledger's importer: history stays history, names find their projects and firms, nothing is made up."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from apps.core.db import db_now
from apps.core.excel import CheckedRow, Problem, split_findings
from apps.core.imports.importer import NEW, Importer, Rows, RowsRefused, Unknown, chunks
from apps.core.imports.staging import Stage
from apps.core.jobs import Progress
from apps.core.models import ImportBatch
from apps.core.registers import Register
from apps.core.widgets import FastSelect
from apps.hazards.importing.corrections import Corrections
from apps.hazards.importing.entries import Entry, Parties, Reader, parties_of, split
from apps.hazards.importing.fields import FIELDS
from apps.hazards.importing.merging import Group, Merge, Place
from apps.hazards.importing.newcomers import new_firm, new_project
from apps.hazards.importing.parties import FIRM, PROJECT, Firms, Projects
from apps.hazards.models import Hazard, StagedHazard, StagedParties, State
from apps.regions.choices import region_choices
from apps.regions.models import Region

REGION, SPLIT = "region", "split"
SECOND = re.compile("[2２二][)）、.．]|②")
"""No numbering goes without a second number, and looking for one is cheaper than for a numbering."""
MOST_FUNDS = 10**12
RECTIFYING = State.RECTIFYING.value


def has_several(description: str) -> bool:
    return SECOND.search(description) is not None and len(split_findings(description)) > 1


class HazardImporter(Importer):
    """Rows become hazards with the dates they claim; who verified and closed them here is nobody."""

    fields = FIELDS
    stage: Stage

    def __init__(self, register: Register, user: Any, choices: Mapping[str, Any] | None = None) -> None:
        super().__init__(register, user, choices)
        self.stage = Stage(StagedParties, StagedHazard)
        self.today = timezone.localdate()
        self.names_again()

    @cached_property
    def corrections(self) -> Corrections:
        """Counts and tells with this importer; made when rows are read, as its form is costly."""
        made = Corrections(self.register, self.user)
        made.counts, made.changes = self.counts, self.changes
        return made

    def names_again(self) -> None:
        """Forget what names were found to mean."""
        decided = self.choices.get("names", {})
        self.projects = Projects(self.user, decided.get(PROJECT, {}))
        self.firms = Firms(self.user, decided.get(FIRM, {}))

    # The check: each row by itself ---------------------------------------------------------------------------------

    def begin(self) -> None:
        self.corrections.begin()
        self.corrections.columns = self.columns
        self.names_again()
        self.reader = Reader(self.columns)
        self.lacking = [field.label for field in self.fields if field.required and field.name not in self.columns]
        self.splits = bool(self.option(SPLIT))
        self.groups: dict[Parties, list[int]] = {}
        self.rows_of_marks: dict[int, int] = {}

    def expect(self, rows: Sequence[CheckedRow]) -> None:
        self.corrections.expect(rows)

    def look(self, row: CheckedRow) -> Sequence[Problem]:
        """Problems of the row; one without errors is staged, unless it corrects what is on record."""
        if row.values.get("number") in self.corrections.records:
            return self.corrections.look(row)
        if self.lacking:
            return [self.problem(row, "number", f"不是台账中的隐患，新登记须有“{'、'.join(self.lacking)}”列")]
        entry = self.reader.read(row)
        if problems := self.wrong(row, entry):
            return problems
        parties = parties_of(row.values.get)
        group = self.groups.get(parties)
        if group is None:
            group = self.groups[parties] = [len(self.groups), row.number, 0]
        group[2] += 1
        for at, part in enumerate(split(entry) if self.splits else (entry,)):
            self.stage.add(StagedHazard, row.number, at, group[0], False, *part)
            self.tell(parties, part)
        return self.seen_before(row, parties, entry)

    def wrong(self, row: CheckedRow, entry: Entry) -> list[Problem]:
        return self.wrong_together(row, entry.found_on, entry.deadline, entry.rectified_on, entry.funds)

    def look_further(self, row: CheckedRow) -> list[Problem]:
        return self.wrong_together(row, *map(row.values.get, ("found_on", "deadline", "rectified_on", "funds")))

    def wrong_together(
        self, row: CheckedRow, found_on: date | None, deadline: date | None, rectified_on: date | None, funds: Any
    ) -> list[Problem]:
        """What cells say that are sound by themselves but not beside each other or beside today."""
        wrong: list[Problem] = []
        if found_on and found_on > self.today:
            wrong.append(self.problem(row, "found_on", "检查时间晚于今天"))
        if found_on and deadline and deadline < found_on:
            wrong.append(self.problem(row, "deadline", f"整改期限早于检查时间 {found_on}"))
        if rectified_on and rectified_on > self.today:
            wrong.append(self.problem(row, "rectified_on", "整改完成日期晚于今天"))
        if funds and abs(funds) >= MOST_FUNDS:
            wrong.append(self.problem(row, "funds", "金额过大"))
        return wrong

    def tell(self, parties: Parties, entry: Entry) -> None:
        """Count what the notes say."""
        counts, state = self.counts, entry.state
        counts["new"] += 1
        counts[state] += 1
        if state == RECTIFYING and entry.deadline and entry.deadline < self.today:
            counts["late"] += 1
        if "grade" not in entry.original:
            counts["ungraded"] += 1
        if parties.firm_from == "owner_firm":
            counts["owner_firm"] += 1
        if not self.splits and has_several(entry.description):
            counts["several"] += 1

    def seen_before(self, row: CheckedRow, parties: Parties, entry: Entry) -> Sequence[Problem]:
        """Told by a hash of 64 bits, which leaves the texts of 100,000 rows out of memory."""
        mark = hash((parties.project, entry.found_on, entry.place, entry.description))
        earlier = self.rows_of_marks.setdefault(mark, row.number)
        if earlier == row.number:
            return ()
        reason = f"与第 {earlier} 行的项目、日期、工点和描述完全相同"
        return [self.problem(row, "description", reason, "warning")]

    # The check: all rows together ----------------------------------------------------------------------------------

    @transaction.atomic
    def settle(self) -> None:
        """Find what the names mean and what the ledger holds already."""
        self.merge = Merge(self.stage.key, self.user)
        groups = [Group(no, first, rows, parties) for parties, (no, first, rows) in self.groups.items()]
        sites = {}
        for group in groups:
            key = self.project_key(group)
            self.firm_key(group, key)
            sites[group.no] = self.site(group, key)
            self.stage.add(StagedParties, *group[:3], *group.parties, *sites[group.no])
        self.stage.flush()
        if projects := {site.project for site in sites.values() if site.project}:
            self.merge.tell_known(projects)
            known = self.merge.told_of_known(self.today)
            self.counts.subtract({**known, "new": known["unchanged"], "unchanged": -known["unchanged"]})

    def project_key(self, group: Group) -> str:
        parties = group.parties
        return self.projects.key_of(parties.project, parties.project_number, group.rows)

    def site(self, group: Group, key: str) -> Place:
        """The project where it is on record.  One that has left the user's reach stops the import."""
        if key in ("", NEW):
            return Place()
        if site := self.projects.visible.get(key):
            return Place(int(key), site.region_path)
        raise ValidationError(f"工程项目“{group.parties.project}”对应的记录已不在您的辖区，没有写入任何数据")

    def firm_key(self, group: Group, project: str) -> str:
        """Rows that name no firm belong to the project's general contractor."""
        name = group.parties.firm
        return (not name and self.projects.contractor(project)) or self.firms.key(name, group.rows)

    def read_with(self) -> dict[str, Any]:
        return {SPLIT: bool(self.option(SPLIT))}

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
        lines += self.corrections.notes()
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
        return {"project": [site.name for site in islice(self.projects.visible.values(), 2000)]}

    # The writing ---------------------------------------------------------------------------------------------------

    def reads_again(self, counts: Mapping[str, Any]) -> bool:
        """Corrections are few and go through the form, so they are not staged."""
        return bool(counts.get("changed"))

    def write(self, batch: ImportBatch, rows: Rows, progress: Progress) -> Counter[str]:
        again = self.reads_again(batch.counts)
        done: Counter[str] = Counter({} if again else {"unchanged": batch.counts["facts"].get("left", 0)})
        self.corrections.columns = self.columns
        for chunk in chunks(rows):
            self.corrections.expect([row for row in chunk if row.is_sound])
            for row in chunk:
                if row.values.get("number") in self.corrections.records:
                    done[self.corrections.write_row(row)] += 1
                    progress.advance()
        done.update(self.merged(batch, progress))
        return done

    def merged(self, batch: ImportBatch, progress: Progress) -> Counter[str]:
        """Names are asked for once more, and the ledger whether it holds a row: both may have changed since."""
        self.names_again()
        self.merge = Merge(self.stage.key, self.user)
        groups = self.merge.groups()
        keys = {group.no: self.project_key(group) for group in groups}
        places = {group.no: self.site(group, keys[group.no]) for group in groups}
        self.merge.place(places)
        self.merge.tell_known({place.project for place in places.values() if place.project})
        wanted = self.merge.with_new_rows()
        self.merge.place({g.no: self.made_known(g, keys[g.no], places[g.no]) for g in groups if g.no in wanted})
        done: Counter[str] = Counter()
        for written in self.merge.write(self.in_common(batch), today=self.today, at=db_now()):
            done.update(written._asdict())
            progress.advance(written.rows)
        if done.pop("rows", 0) != sum(group.rows for group in groups):
            raise ValidationError("暂存的行不完整，没有写入任何数据，请重新检查")
        return done

    def in_common(self, batch: ImportBatch) -> Hazard:
        return Hazard(
            recorded_by=self.user,
            organisation=self.user.organisation,
            by_authority=self.user.role_definition.side == "regulator",
            import_batch=batch,
        )

    def made_known(self, group: Group, project: str, site: Place) -> Place:
        """Which project and firm the rows belong to; those that are new are made."""
        parties, firm = group.parties, self.firm_key(group, project)
        if not project or not firm:
            kind, name = ("整改企业", parties.firm) if project else ("工程项目", parties.project)
            raise RowsRefused(group.first, f"还没有为{kind}“{name or '空白'}”选择对应的记录")
        if project == NEW:
            site = self.new_project(parties.project)
        enterprise = self.new_firm(parties.firm, parties.firm_from) if firm == NEW else int(firm)
        return site._replace(enterprise=enterprise)

    def new_project(self, name: str) -> Place:
        """Made once, however many rows name it."""
        if name not in self.projects_made:
            self.refuse_unless(self.projects.may_create, "工程项目", name)
            made = new_project(name, self.region, self.user)
            self.projects_made[name] = Place(made.pk, made.region_path)
        return self.projects_made[name]

    def new_firm(self, name: str, named_in: str) -> int:
        if name not in self.firms_made:
            self.refuse_unless(self.firms.may_create, "企业", name)
            self.firms_made[name] = new_firm(name, named_in, self.region, self.user).pk
        return self.firms_made[name]

    @staticmethod
    def refuse_unless(may: bool, kind: str, name: str) -> None:
        if not may:
            raise ValidationError(f"您已没有新建{kind}的权限，不能新建“{name}”，没有写入任何数据")

    @cached_property
    def projects_made(self) -> dict[str, Place]:
        return {}

    @cached_property
    def firms_made(self) -> dict[str, int]:
        return {}

    @cached_property
    def region(self) -> Region:
        return Region.objects.get(code=self.option(REGION) or self.user.organisation.region.code)
