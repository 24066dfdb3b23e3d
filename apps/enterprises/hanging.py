"""Every column in which rows name a firm, and what a merge of two firms does with it.

One table for all apps, as `accounts/roles.py` is for permissions: it names models of apps above by their labels, so
that nothing has to be imported from there.  A test finds the foreign key that is missing here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

import pgtrigger
from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.lookups import PostgresOperatorLookup

from apps.accounts.models import Organisation
from apps.enterprises.models import Enterprise

CHUNK = 2000
"""Rows turned in one statement, so that none comes near the time limit of pages."""
CLASHES = "保留企业已有相同的记录，不能重复"
UNDECLARED = "未规定如何处理，留在原企业名下"


@dataclass(frozen=True)
class Held:
    """Rows that stay as long as another row about the same `through` names the firm: `column` with these values."""

    column: str
    through: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Moves:
    """Rows turn to the survivor, but for those that would stand there twice.

    `past` are triggers that hold the column fast against everybody else: what was found of a firm is not shed by being
    registered again.  Rows that are `seated` carry the region path of the firm's seat beside its key.
    """

    noun: str = ""
    past: tuple[str, ...] = ()
    seated: bool = False
    held: Held | None = None


@dataclass(frozen=True)
class Stays:
    """Rows say what was so at their time, and go on naming the duplicate; its staff read them by their scope."""

    reason: str


@dataclass(frozen=True)
class Passes:
    """Rows that are gone tomorrow turn to the survivor, and nobody remembers which they were."""


@dataclass(frozen=True)
class Apart:
    """Never a row that names a firm as its own, or one that something else keeps right; `why` is for the reader."""

    why: str


Same = models.Func | PostgresOperatorLookup
Rule = Moves | Stays | Passes | Apart
OFFICES = Apart("only authorities stand here")
FROZEN_LIST = "清单快照及其核对已经冻结，保留当时的企业名称"
SETTLED_ACCIDENT = "事故上报和认定保留当时的企业名称"

PARTIES = "projects.ProjectParty.enterprise"
ACCOUNTS = "accounts.User.organisation"
GENERAL_CONTRACTOR = Held(PARTIES, "project", {"role": "general_contractor", "ended_on": None})

# In the order in which rows are locked and turned.  A project follows its parties.
HANGING: dict[str, Rule] = {
    "accounts.Organisation.parent": Apart("firms have no branches here"),
    "accounts.Organisation.merged_into": Apart("what a merge itself says"),
    ACCOUNTS: Moves(),
    "core.SavedView.organisation_id": Moves("列表视图"),
    "core.RememberedMapping.organisation_id": Moves("导入列对应"),
    "documents.IssuingOffice.organisation": OFFICES,
    "documents.PaperSeries.organisation": OFFICES,
    "documents.Paper.organisation": OFFICES,
    "enterprises.Enterprise.organisation": Apart("the firm itself"),
    "enterprises.EnterpriseMerge.survivor": Apart("what a merge itself says"),
    "enterprises.EnterpriseMerge.duplicate": Apart("what a merge itself says"),
    "enterprises.EnterprisePresence.enterprise": Apart("the survivor is given its own (merging.presences_of_both)"),
    "enterprises.FormerName.enterprise": Moves(),
    "people.Person.employer": Moves(),
    "people.PersonPresence.enterprise": Apart("a trigger lets it follow the person"),
    PARTIES: Moves(past=("projects.ProjectParty:part_stays_the_same",)),
    "projects.Project.enterprise": Moves("总承包项目", held=GENERAL_CONTRACTOR),
    "roster.Team.employer": Moves(),
    "roster.Engagement.employer": Moves(),
    "risks.RiskPoint.enterprise": Moves(),
    "hazards.StagedParties.enterprise_id": Passes(),
    "hazards.Hazard.enterprise": Moves("隐患（整改企业）"),
    "hazards.Hazard.organisation": Moves("隐患（登记单位）"),
    "supervision.Listing.enterprise": Moves(),
    "supervision.Listing.organisation": OFFICES,
    "supervision.StopWork.enterprise": Moves(),
    "supervision.StopWork.organisation": OFFICES,
    "supervision.Transfer.enterprise": Moves(),
    "supervision.Transfer.organisation": OFFICES,
    "accidents.Accident.enterprise": Stays(SETTLED_ACCIDENT),
    "accidents.AccidentLiability.enterprise": Stays(SETTLED_ACCIDENT),
    "inspections.RiskClass.enterprise": Moves(),
    "inspections.Avoidance.enterprise": Moves(),
    "inspections.PoolEntry.enterprise": Stays("抽取的候选名单已经冻结，保留当时的企业名称"),
    "inspections.Visit.enterprise": Moves(),
    "inspections.Visit.organisation": OFFICES,
    "inspections.Plan.organisation": OFFICES,
    "inspections.Campaign.organisation": OFFICES,
    "inspections.ZeroReport.organisation": OFFICES,
    "inspections.Inspector.organisation": OFFICES,
    "inspections.Draw.organisation": OFFICES,
    "inspections.DrawScheme.organisation": OFFICES,
    "exams.Question.enterprise": Moves("试题"),
    "exams.Exam.enterprise": Moves("考试", seated=True),
    "training.Course.enterprise": Moves(),
    "training.Session.enterprise": Moves(),
    "training.Session.seat": Apart("a trigger lets it follow the firm that holds the training"),
    "training.TrainingPlan.enterprise": Moves(),
    "training.TrainingPlan.seat": Apart("a trigger lets it follow the firm that plans"),
    "duty.DirectorAppointment.enterprise": Moves(past=("duty.DirectorAppointment:director_stays_the_same",)),
    "duty.InspectorAppointment.firm": Stays("督查员委派已经登记，保留委派时的所在单位"),
    "duty.Commitment.enterprise": Stays("承诺书已经签署，保留签署时的企业名称"),
    "duty.SafetyLog.enterprise": Stays("安全日志已经签署，保留当时的企业名称"),
    "duty.DutyDay.enterprise": Moves(past=("duty.DutyDay:duty_day_stays",)),
    "duty.FirmDutyMonth.enterprise": Stays("带班月报按当时的企业统计，保留原企业名称"),
    "credit.CreditEntry.enterprise": Moves(past=("credit.CreditEntry:decided_stays",), seated=True),
    "credit.CreditEntry.organisation": OFFICES,
    "credit.Blacklisting.enterprise": Moves(past=("credit.Blacklisting:listed_stays",), seated=True),
    "credit.Blacklisting.organisation": OFFICES,
    "credit.JointMeasure.addressee": OFFICES,
    "credit.PermitCase.enterprise": Moves(past=("credit.PermitCase:decided_stays",), seated=True),
    "credit.PermitCase.organisation": OFFICES,
    "credit.CreditRepair.enterprise": Moves(seated=True),
    "credit.CreditRepair.organisation": OFFICES,
    "credit.CreditStanding.enterprise": Apart("folded from the entries of each"),
    "credit.CreditCertificate.enterprise": Stays("信用证明已签名，保留出具时的企业名称"),
    "credit.LookUp.enterprise": Stays("查询记录只增不改，保留当时的企业名称"),
    "lists.ListSnapshot.organisation": Stays(FROZEN_LIST),
    "lists.Reconciliation.firm": Stays(FROZEN_LIST),
    "lists.Difference.firm": Stays(FROZEN_LIST),
}


class Key:
    """One line of the table, on the model that it names."""

    def __init__(self, label: str, rule: Rule) -> None:
        model, _, column = label.rpartition(".")
        self.label, self.rule = label, rule
        self.model: type[models.Model] = apps.get_model(model)
        self.column: Any = self.model._meta.get_field(column)

    @property
    def noun(self) -> str:
        own = self.rule.noun if isinstance(self.rule, Moves) else ""
        return own or str(self.model._meta.verbose_name)

    @property
    def reason(self) -> str:
        """Why rows stay."""
        return self.rule.reason if isinstance(self.rule, Stays) else CLASHES

    def rows(self, firm: int) -> QuerySet[Any]:
        """All rows that name this firm, whoever may see them."""
        return self.model._base_manager.filter(**{self.column.attname: firm})

    def naming(self, firms: Iterable[int]) -> set[int]:
        """Which of these firms any row names."""
        rows = self.model._base_manager.filter(**{f"{self.column.attname}__in": list(firms)})
        return set(rows.order_by().values_list(self.column.attname, flat=True).distinct())

    def preview(self, source: int, target: int) -> dict[str, Any]:
        """How many rows would turn, and how many stay for which reason."""
        total = self.rows(source).count()
        stay = self.rows(source).filter(self.staying(source, target, foreseen=True)).count() if total else 0
        return {
            "label": self.label,
            "noun": self.noun,
            "moves": total - stay,
            "stays": stay,
            "reason": self.reason if stay else "",
        }

    def staying(self, source: int, target: int, *, foreseen: bool = False) -> Q:
        """Which rows of `source` cannot turn to `target`; foreseen, while those that hold them have not turned yet."""
        if not isinstance(self.rule, Moves):
            return Q(pk__isnull=False)
        found = Q(pk__in=[])
        for condition, same in self.uniques():
            there = self.rows(target).filter(condition, *same)
            found |= Q(condition, Exists(there))
        if held := self.rule.held:
            holding = keys()[held.column]
            beside = holding.rows(source).filter(**{held.through: OuterRef("pk")}, **held.values)
            found |= Q(Exists(beside.filter(holding.staying(source, target)) if foreseen else beside))
        return found

    def uniques(self) -> Iterator[tuple[Q, list[Same]]]:
        """The rules by which a firm is named once: where they hold, and what a row must have as the one outside."""
        if self.column.unique:
            yield Q(), []
        for rule in self.model._meta.constraints:
            if isinstance(rule, models.UniqueConstraint) and self.column.name in rule.fields:
                others = [name for name in rule.fields if name != self.column.name]
                sign = " IS NOT DISTINCT FROM " if rule.nulls_distinct is False else " = "
                yield rule.condition or Q(), [as_outside(name, sign) for name in others]
            if isinstance(rule, ExclusionConstraint) and any(self.is_named(told) for told, _ in rule.expressions):
                parts = [part for part in rule.expressions if not self.is_named(part[0])]
                columns = self.model._meta.local_fields
                yield rule.condition or Q(), [meets_outside(told, operator, columns) for told, operator in parts]

    def is_named(self, told: Any) -> bool:
        """Whether a part of a rule is this column."""
        return told in (self.column.name, models.F(self.column.name))

    def turn(self, source: int, target: int, only: Sequence[int] | None = None) -> list[int]:
        """Let the rows of `source`, or `only` these of them, name `target`; answers which could.

        The versions of the rows stay: they were not edited, as little as those that a new code of their region reaches.
        """
        free = self.rows(source).exclude(self.staying(source, target)).order_by("pk")
        wanted = list(free.values_list("pk", flat=True)) if only is None else only
        told, turned = self.told(target), []
        with self.set_aside():
            for some in chunks(wanted):
                locked = list(free.filter(pk__in=some).select_for_update(no_key=True).values_list("pk", flat=True))
                self.model._base_manager.filter(pk__in=locked).update(**told)
                turned += locked
        return turned

    def told(self, firm: int) -> dict[str, Any]:
        """What a row says that names this firm."""
        named: dict[str, Any] = {self.column.attname: firm}
        if isinstance(self.rule, Moves) and self.rule.seated:
            named["region_path"] = Organisation.objects.values_list("region_path", flat=True).get(pk=firm)
        return named

    def set_aside(self) -> AbstractContextManager[None]:
        past = self.rule.past if isinstance(self.rule, Moves) else ()
        return pgtrigger.ignore(*past) if past else nullcontext()


def as_outside(column: str, sign: str) -> models.Func:
    pair = models.F(column), OuterRef(column)
    return models.Func(*pair, template="(%(expressions)s)", arg_joiner=sign, output_field=models.BooleanField())


def meets_outside(told: Any, operator: str, columns: Iterable[Any]) -> PostgresOperatorLookup:
    """What a rule of exclusion says of two rows, of one inside and the one outside."""
    inside = models.F(told) if isinstance(told, str) else told
    meets = PostgresOperatorLookup(
        inside, inside.replace_expressions({models.F(c.name): OuterRef(c.name) for c in columns})
    )
    meets.postgres_operator = operator
    return meets


def chunks(wanted: Sequence[int]) -> Iterator[Sequence[int]]:
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))


@cache
def keys() -> dict[str, Key]:
    """The table, and at its end what it forgets: such rows stay, and may be turned when it has been told."""
    forgotten = {label: Stays(UNDECLARED) for label in sorted(foreign_keys() - set(HANGING))}
    return {label: Key(label, rule) for label, rule in (HANGING | forgotten).items()}


def of_rule(*kinds: type[Any]) -> list[Key]:
    return [key for key in keys().values() if isinstance(key.rule, kinds)]


def previewed(source: int, target: int) -> list[dict[str, Any]]:
    """What a merge would do, kind by kind, before anything is written."""
    lines = [key.preview(source, target) for key in of_rule(Moves, Stays)]
    return [line for line in lines if line["moves"] or line["stays"]]


def foreign_keys() -> set[str]:
    """The labels of all foreign keys of tables to a firm or its organisation, but for histories that triggers keep."""
    return {
        f"{model._meta.label}.{column.name}"
        for model in apps.get_models(include_auto_created=True)
        for column in model._meta.local_fields
        if column.related_model in (Enterprise, Organisation)
        and model._meta.managed
        and not hasattr(model, "pgh_tracked_model")
    }
