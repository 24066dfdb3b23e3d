"""Safety directors of enterprises and safety inspectors of projects: appointed from one day to another."""

from datetime import date
from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.core.columns import days
from apps.core.freezing import refuse
from apps.core.models import StoredFile, Versioned
from apps.core.scoping import ScopedQuerySet
from apps.enterprises.models import Enterprise
from apps.people.models import Person
from apps.projects.models import PartOfProjectQuerySet, Project

INDEPENDENT = "inspector_is_independent"
NOT_INDEPENDENT = "督查员的所在单位不能是本项目的施工总承包或分包单位"

BUILDS_IT = f"""
    IF EXISTS (
        SELECT FROM projects_projectparty p
        WHERE p.project_id = NEW.project_id AND p.enterprise_id = NEW.firm_id
            AND p.role IN ('general_contractor', 'subcontractor') AND p.ended_on IS NULL
    ) OR EXISTS (
        SELECT FROM projects_project WHERE id = NEW.project_id AND enterprise_id = NEW.firm_id
    ) THEN
        {refuse(INDEPENDENT, NOT_INDEPENDENT)}
    END IF;
    RETURN NEW;
"""  # noqa: S608  (our own words)


class DirectorQuerySet(ScopedQuerySet["DirectorAppointment"]):
    region_key = "enterprise__region_path"
    project_key = None

    def current(self, day: date) -> Self:
        """Those whose days include this one."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)


class DirectorAppointment(Versioned):
    """An enterprise's safety director (企业安全总监); by which paper, with what qualification, answering to whom.

    Which enterprises must have one is a term of an office (Term.DIRECTOR_NEEDED) and ships as a sample: the source of
    the rule was found by search alone (2号令第四条) and is to be confirmed.
    """

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="directors", verbose_name="企业")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="安全总监")
    paper_number = models.CharField("任命文号", max_length=60)
    paper = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="任命文件", editable=False
    )
    qualification = models.CharField("资格条件", max_length=200, help_text="例如：注册安全工程师（建筑施工），A类证书")
    reports_to = models.CharField("向谁负责", max_length=50, help_text="例如：董事长")
    started_on = models.DateField("任职日期")
    ended_on = models.DateField("任期至", null=True, blank=True, help_text="当日仍计在内；没有任期的不填")

    objects = DirectorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业安全总监"
        indexes = [models.Index(fields=["enterprise", "-started_on"], name="director_of_enterprise")]
        constraints = [
            models.CheckConstraint(
                name="director_runs_forward",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                violation_error_message="任期至不能早于任职日期",
            ),
            ExclusionConstraint(
                name="director_one_at_a_time",
                expressions=[("enterprise", RangeOperators.EQUAL), (days(), RangeOperators.OVERLAPS)],
                violation_error_message="该企业这段时间已有安全总监，请先填写原任的任期至",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="director_stays_the_same", fields=["enterprise", "person", "started_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.person.name}"

    def get_absolute_url(self) -> str:
        return reverse("safety_directors:detail", args=[self.pk])


class InspectorAppointment(Versioned):
    """A safety inspector sent to one project (项目安全督查员), by a firm that neither builds it nor any part of it."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="site_inspectors", verbose_name="工程项目")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="督查员")
    firm = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="所在单位", editable=False)
    paper_number = models.CharField("委派文号", max_length=60, blank=True)
    started_on = models.DateField("委派日期")
    ended_on = models.DateField("委派至", null=True, blank=True, help_text="当日仍计在内；没有期限的不填")

    objects = PartOfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目安全督查员"
        constraints = [
            models.CheckConstraint(
                name="site_inspector_runs_forward",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                violation_error_message="委派至不能早于委派日期",
            ),
            ExclusionConstraint(
                name="site_inspector_once_at_a_time",
                expressions=[
                    ("project", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message="该人员这段时间已是本项目的督查员",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="site_inspector_stays_the_same", fields=["project", "person", "firm"]),
            pgtrigger.Trigger(
                name=INDEPENDENT,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=BUILDS_IT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project.name} {self.person.name}"

    def get_absolute_url(self) -> str:
        return reverse("site_inspectors:detail", args=[self.pk])
