"""What every finding about a firm or a person goes through before it may do them harm."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Organisation
from apps.core.columns import moment
from apps.core.columns import person as officer
from apps.core.freezing import TODAY, refuse
from apps.core.models import Versioned
from apps.core.scoping import Scope, ScopedQuerySet, at_or_below
from apps.enterprises.models import Enterprise
from apps.enterprises.presence import is_whole_province, own_firm_too
from apps.people.models import Person
from apps.projects.models import Project


class ProceedingQuerySet(ScopedQuerySet[Any]):
    """Who may see a finding.

    Offices: those in whose region the firm is seated, and those in whose region the office is that made it.  A firm
    sees its own once it has been told.  What offices elsewhere need to know of a firm they see on its own page
    (`of_firm`), and what is public on the public pages.
    """

    enterprise_key = "enterprise_id"
    project_key = None

    def visible_to(self, user: Any) -> Self:
        scope = own_firm_too(user)
        if scope.everything or is_whole_province(scope.region_path):
            return self.all()
        reached = self.reached_by(scope)
        return self.filter(reached) if reached else self.none()

    def reached_by(self, scope: Scope) -> Q:
        reached = Q()
        if scope.region_path:
            reached |= at_or_below("region_path", scope.region_path) | at_or_below("office_path", scope.region_path)
        if scope.enterprise_id:
            reached |= Q(enterprise=scope.enterprise_id) & ~self.model.INSIDE
        return reached

    def of_firm(self, enterprise: Enterprise, user: Any) -> Self:
        """What this user may see of a firm that they see: everything told to it, for an office and the firm itself."""
        rows = self.filter(enterprise=enterprise)
        known = Enterprise.objects.visible_to(user).filter(pk=enterprise.pk).exists()
        if known and (user.role_definition.side == "regulator" or user.organisation_id == enterprise.pk):
            return rows.exclude(self.model.INSIDE) | rows.visible_to(user)
        return rows.visible_to(user)


class Proceeding(Versioned):
    """A finding on its way: proposed, checked against its evidence, notified, objected to, decided.

    About a person where `person` is set, else about the enterprise itself; `enterprise` is then the employer.
    `region_path` is the enterprise's seat and follows it, `office_path` that of the office that proceeds.  What the
    platform's own ledger says names its record (`source_type`, `source_id`) and the event by which it was said.
    `INSIDE` is the offices' own business: what they have not said to the firm, or gave up before they did.
    """

    UNTOLD = ("proposed", "checked", "rejected")
    INSIDE: ClassVar[Q] = Q(state__in=UNTOLD, notified_at=None)
    state: Any
    PREFIX: ClassVar[str]

    number = models.CharField("编号", max_length=32, unique=True, db_collation="C", editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="%(class)ss", verbose_name="企业")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name="人员"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="工程项目"
    )
    region_path = models.CharField(max_length=60, db_collation="C", editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="认定单位", editable=False, db_index=False
    )
    office_path = models.CharField(max_length=60, db_collation="C", editable=False)

    happened_on = models.DateField("行为发生日期")
    facts = models.TextField("事实", max_length=4000)
    evidence = models.TextField("证据", max_length=4000)
    legal_basis = models.CharField("依据", max_length=500)

    source_type = models.CharField("来源类型", max_length=60, blank=True, editable=False)
    source_id = models.CharField("来源", max_length=40, blank=True, editable=False)
    source_label = models.CharField("来源名称", max_length=200, blank=True, editable=False)
    source_url = models.CharField("来源地址", max_length=200, blank=True, editable=False)
    source_event = models.BigIntegerField("来源事项", null=True, editable=False)

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="提出人",
        editable=False,
        db_index=False,
    )
    checked_at, checked_by = moment("核实时间"), officer("核实人")
    opinion = models.TextField("核实意见", max_length=2000, blank=True, editable=False)
    notified_at, notified_by = moment("告知登记时间"), officer("告知人")
    served_on = models.DateField("告知送达日期", null=True, editable=False)
    served_how = models.CharField("送达方式和签收人", max_length=200, blank=True, editable=False)
    objection_until = models.DateField("异议截止日期", null=True, editable=False)
    objected_at, objected_by = moment("异议时间"), officer("异议人")
    objection = models.TextField("异议和理由", max_length=4000, blank=True, editable=False)
    answer_by = models.DateField("异议答复期限", null=True, editable=False)
    answered_at, answered_by = moment("答复时间"), officer("答复人")
    answer = models.TextField("异议处理意见", max_length=4000, blank=True, editable=False)
    decided_at, decided_by = moment("认定时间"), officer("认定人")
    reason = models.TextField("不予认定或者撤销理由", max_length=2000, blank=True, editable=False)

    objects = ProceedingQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    @property
    def is_inside(self) -> bool:
        """`INSIDE`, asked of one row."""
        return self.state in self.UNTOLD and self.notified_at is None

    @property
    def subject(self) -> str:
        """Whom it is about, in words."""
        return f"{self.person}（{self.enterprise}）" if self.person else str(self.enterprise)


def two_people(name: str) -> models.CheckConstraint:
    """One officer alone decides nothing: somebody checks the evidence, and neither they nor the proposer decides."""
    return models.CheckConstraint(
        name=f"{name}_decided_by_another",
        condition=Q(decided_by=None)
        | Q(checked_by__isnull=False)
        & ~Q(checked_by=F("decided_by"))
        & (Q(made_by=None) | ~Q(made_by=F("decided_by"))),
        violation_error_message="须由另一名人员认定：提出人和核实人不能认定",
    )


def grounded(name: str) -> models.CheckConstraint:
    """Nothing without facts, evidence and legal basis."""
    return models.CheckConstraint(
        name=f"{name}_has_grounds",
        condition=~Q(facts="") & ~Q(evidence="") & ~Q(legal_basis=""),
        violation_error_message="须写明事实、证据和依据",
    )


NOT_BACK_DATED = "决定自作出之日起生效，不能倒填日期，请按今天的日期重新办理"


def begins_on_its_day(name: str, column: str) -> pgtrigger.Trigger:
    """Neither a clock of another machine nor a hand in the database lets a decision count from an earlier day."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Condition(f"NEW.{column} < {TODAY}"),
        func=f"""
            IF TG_OP = 'INSERT' OR OLD.{column} IS NULL THEN
                RAISE EXCEPTION '{column} is the day of the decision, not %', NEW.{column}
                    USING ERRCODE = 'check_violation', HINT = '{NOT_BACK_DATED}';
            END IF;
            RETURN NEW;
        """,
    )


def changes_by_moves(name: str, columns: Mapping[str, str]) -> pgtrigger.Trigger:
    """Each of these days is written once, with the move into its state, and is not earlier than that move."""
    wrong = " OR ".join(
        f"NEW.{column} IS DISTINCT FROM OLD.{column} AND (OLD.{column} IS NOT NULL OR OLD.state = NEW.state"
        f" OR NEW.state <> '{state}' OR NEW.{column} < {TODAY})"
        for column, state in columns.items()
    )
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(wrong),
        func=refuse(name, "办理日期只能随相应的办理步骤写入，不能另行填写或者倒填"),
    )


def usual_indexes(name: str) -> list[models.Index]:
    """By the two places from which offices see a finding; and the few that are objected to, for `Appeal`."""
    return [
        models.Index(fields=["region_path", "-id"], name=f"{name}_seat"),
        models.Index(fields=["office_path", "-id"], name=f"{name}_office"),
        models.Index(fields=["-objected_at"], condition=Q(objected_at__isnull=False), name=f"{name}_objected"),
    ]


def once_by_source(name: str, *also: str) -> models.UniqueConstraint:
    """What an event of the platform asks for is asked for once."""
    return models.UniqueConstraint(
        fields=["source_event", "enterprise", *also],
        condition=Q(source_event__isnull=False),
        name=f"{name}_once_by_source",
        nulls_distinct=False,
    )
