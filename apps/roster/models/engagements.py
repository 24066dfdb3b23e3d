"""Who works on which site, in which team, from which day to which."""

from datetime import date
from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from apps.core.columns import days, known
from apps.core.freezing import refuse
from apps.core.models import Versioned
from apps.core.scoping import Scope, ScopedQuerySet
from apps.enterprises.models import Enterprise
from apps.people.models import Person
from apps.projects.models import Project
from apps.projects.models.parts import PartOfProjectQuerySet
from apps.roster.models.words import WorkerClass

PRESENCE = """
    INSERT INTO people_personpresence (person_id, project_id, region_path)
    SELECT DISTINCT a.person_id, p.id, p.region_path
    FROM added a JOIN projects_project p ON p.id = a.project_id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
"""
HOLDS = "engagement_holds_its_attendance"
DAYS_HOLD_ATTENDANCE = f"""
    IF EXISTS (
        SELECT FROM roster_attendance a
        WHERE a.person_id = NEW.person_id AND a.engagement_id = NEW.id
            AND NOT a.day <@ daterange(NEW.entered_on, NEW.left_on, '[]')
    ) THEN
        {refuse(HOLDS, "进场和退场日期之外已有考勤，请核对日期")}
    END IF;
    RETURN NEW;
"""

ONE_PROJECT = (WorkerClass.LEADER, WorkerClass.SAFETY_OFFICER)
"""Who may not be at two projects at once: 《注册建造师管理规定》第二十一条; a full-time officer belongs to one site."""


class Team(Versioned):
    """A team on one project (班组), of one employing firm and mostly of one trade."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="teams", verbose_name="工程项目")
    employer = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="用工单位")
    name = models.CharField("班组名称", max_length=50)
    trade = models.CharField("主要工种", max_length=50)
    is_active = models.BooleanField("在用", default=True)

    objects = PartOfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "班组"
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"],
                name="team_once_on_a_project",
                violation_error_message="本项目已有同名班组",
            )
        ]

    def __str__(self) -> str:
        return self.name


class EngagementQuerySet(ScopedQuerySet["Engagement"]):
    """The region stands on the row; firms reach what stands on their projects, and their own people elsewhere."""

    enterprise_key = "project__enterprise_id"

    def reached_by(self, scope: Scope) -> Q:
        reached = super().reached_by(scope)
        if scope.firm_ids:
            reached |= Q(employer__in=scope.firm_ids)
        return reached

    def on(self, day: date) -> Self:
        """Those whose days include this one."""
        return self.filter(Q(left_on=None) | Q(left_on__gte=day), entered_on__lte=day)


class Engagement(Versioned):
    """A person's time on one site (进退场登记, 《建筑工人实名制管理办法（试行）》建市〔2019〕18号).

    `left_on` is the last day, and open while the person is there.  `trade` is the code of the special trade for those
    who do such work (建质〔2008〕75号), `job` the work in plain words.  Rows are ended, never deleted.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="engagements", verbose_name="人员")
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="engagements", verbose_name="工程项目", db_constraint=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    employer = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="用工单位")
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="engagements", verbose_name="班组"
    )
    worker_class = models.CharField("人员类别", max_length=15, choices=WorkerClass)
    trade = models.CharField("特种作业类别", max_length=10, blank=True)
    job = models.CharField("工种或岗位", max_length=50)
    entered_on = models.DateField("进场日期")
    left_on = models.DateField("退场日期", null=True, blank=True, help_text="退场当日仍计在内；仍在场的不填")
    contract_number = models.CharField("劳动合同编号", max_length=60, blank=True)
    contract_signed_on = models.DateField("合同签订日期", null=True, blank=True)
    is_insured = models.BooleanField("已参加工伤保险", default=False)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "进退场登记"
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=["region_path", "-id"], name="engagement_region"),
            models.Index(fields=["project", "-id"], name="engagement_project"),
            models.Index(fields=["employer", "-id"], name="engagement_employer"),
            models.Index(
                fields=["region_path", "-id"],
                condition=Q(worker_class=WorkerClass.SPECIAL),
                name="engagement_special",
            ),
        ]
        constraints = [
            known("worker_class", WorkerClass, "engagement_class_known"),
            models.CheckConstraint(
                name="engagement_runs_forward",
                condition=Q(left_on=None) | Q(left_on__gte=F("entered_on")),
                violation_error_message="退场日期不能早于进场日期",
            ),
            models.CheckConstraint(
                name="engagement_trade_of_special_work",
                condition=Q(worker_class=WorkerClass.SPECIAL) ^ Q(trade=""),
                violation_error_message="特种作业人员须选特种作业类别，其他人员不选",
            ),
            # Lets attendance refer to an engagement together with whose it is and where.
            models.UniqueConstraint(name="engagement_with_its_person", fields=["id", "project", "person"]),
            ExclusionConstraint(
                name="engagement_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("project", RangeOperators.EQUAL),
                    (days("entered_on", "left_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="该人员在本项目已有时间重叠的进退场登记",
            ),
            ExclusionConstraint(
                name="one_project_for_leaders_and_officers",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (days("entered_on", "left_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(worker_class__in=ONE_PROJECT),
                violation_error_message="项目负责人和专职安全员同一时间只能在一个项目任职，请先办理原项目退场",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="ended_not_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="engagement_stays_the_same", fields=["person", "project"]),
            pgtrigger.Trigger(
                name="engagement_is_a_presence",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func=PRESENCE,
            ),
            pgtrigger.Trigger(
                name=HOLDS,
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("entered_on", "left_on"),
                func=DAYS_HOLD_ATTENDANCE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.job}"
