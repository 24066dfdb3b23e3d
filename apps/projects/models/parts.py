"""Who takes part in a project: firms and people, from one day to another."""

from datetime import date
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from apps.core.columns import days
from apps.core.freezing import refuse
from apps.core.models import Versioned
from apps.core.scoping import ScopedQuerySet
from apps.enterprises.masks import phone_masked
from apps.enterprises.models import Enterprise
from apps.people.models import Person
from apps.projects.models.project import Project


class PartyRole(models.TextChoices):
    OWNER = "owner", "建设单位"
    GENERAL_CONTRACTOR = "general_contractor", "施工总承包单位"
    SUBCONTRACTOR = "subcontractor", "分包单位"
    SUPERVISION_FIRM = "supervision_firm", "监理单位"
    DESIGN = "design", "设计单位"
    SURVEY = "survey", "勘察单位"
    TESTING = "testing", "检测单位"


SINGLE = (PartyRole.OWNER, PartyRole.GENERAL_CONTRACTOR)
# Parties whose people reach the whole project; a subcontractor reaches only what names it.
REACHING = (PartyRole.OWNER, PartyRole.GENERAL_CONTRACTOR, PartyRole.SUPERVISION_FIRM)


class PartOfProjectQuerySet(ScopedQuerySet[Any]):
    """What hangs on a project is seen by those who see the project, over one join."""

    region_key = "project__region_path"
    enterprise_key = "project__enterprise_id"

    def current(self, day: date) -> Self:
        """Those whose days include this one."""
        return self.filter(Q(started_on=None) | Q(started_on__lte=day), Q(ended_on=None) | Q(ended_on__gte=day))


class ProjectParty(Versioned):
    """An enterprise's part in a project from one day to another (参建单位)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="parties", verbose_name="工程项目")
    role = models.CharField("参建角色", max_length=20, choices=PartyRole)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="parts", verbose_name="企业")
    leader = models.CharField("项目负责人", max_length=50, blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    phone_masked = phone_masked()
    started_on = models.DateField("进场日期", null=True, blank=True)
    ended_on = models.DateField("退场日期", null=True, blank=True, help_text="退场当日仍计在内")

    objects = PartOfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "参建单位"
        verbose_name_plural = "参建单位"
        ordering = ("project", "role", "started_on", "pk")
        indexes = [models.Index(fields=["enterprise", "role"], name="party_enterprise")]
        constraints = [
            models.UniqueConstraint(
                name="one_owner_and_one_general_contractor",
                fields=["project", "role"],
                condition=Q(ended_on=None, role__in=SINGLE),
                violation_error_message="同一时间只能有一家建设单位和一家施工总承包单位，请先填写原单位的退场日期",
            ),
            models.UniqueConstraint(
                name="party_once_in_a_role",
                fields=["project", "role", "enterprise"],
                condition=Q(ended_on=None),
                violation_error_message="该企业已是本项目的同类参建单位",
            ),
            models.CheckConstraint(
                name="party_ends_after_it_starts",
                condition=Q(started_on=None) | Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                violation_error_message="退场日期不能早于进场日期",
            ),
            models.CheckConstraint(name="party_role_is_known", condition=Q(role__in=PartyRole.values)),
        ]
        triggers = [
            # Another firm or another role is another row, so that the past stays told.
            pgtrigger.ReadOnly(name="part_stays_the_same", fields=["project", "enterprise", "role"]),
            pgtrigger.Trigger(
                name="part_is_a_presence",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func="""
                    INSERT INTO enterprises_enterprisepresence (enterprise_id, project_id, region_path)
                    SELECT DISTINCT a.enterprise_id, p.id, p.region_path
                    FROM added a JOIN projects_project p ON p.id = a.project_id
                    ON CONFLICT DO NOTHING;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="presence_ends_with_the_last_part",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                func="""
                    DELETE FROM enterprises_enterprisepresence p
                    WHERE p.enterprise_id = OLD.enterprise_id AND p.project_id = OLD.project_id AND NOT EXISTS (
                        SELECT 1 FROM projects_projectparty o
                        WHERE o.enterprise_id = OLD.enterprise_id AND o.project_id = OLD.project_id
                    );
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.enterprise}"


class Post(models.TextChoices):
    PROJECT_MANAGER = "project_manager", "项目经理"
    PROJECT_SAFETY_OFFICER = "project_safety_officer", "专职安全员"
    SUPERVISING_ENGINEER = "supervising_engineer", "总监理工程师"
    OWNER_REPRESENTATIVE = "owner_representative", "建设单位项目负责人"
    EXPERT = "expert", "专家"


ONE_PROJECT = (Post.PROJECT_MANAGER, Post.PROJECT_SAFETY_OFFICER)
"""Posts that nobody holds on two projects at once: 《注册建造师管理规定》第二十一条 of who leads a project, and a
full-time officer (建质〔2008〕91号) is one site's."""
MOST_SUPERVISED = 3
THREE_PROJECTS = "three_projects_for_chief_engineers"
SUPERVISES_TOO_MANY = (
    f"一名总监理工程师同时任职的项目最多不得超过{MOST_SUPERVISED}个（GB/T 50319—2013 第3.1.5条），请先办理离岗"
)
# Of each day on which one of the other posts begins within the new one's days; two posts at once wait for each other.
COUNT_SUPERVISED = f"""
    PERFORM FROM people_person WHERE id = NEW.person_id FOR NO KEY UPDATE;
    IF EXISTS (
        WITH others AS (
            SELECT project_id, coalesce(started_on, '-infinity') AS first, daterange(started_on, ended_on, '[]') AS days
            FROM projects_projectmember
            WHERE person_id = NEW.person_id AND post = NEW.post AND project_id <> NEW.project_id
                AND daterange(started_on, ended_on, '[]') && daterange(NEW.started_on, NEW.ended_on, '[]')
        )
        SELECT FROM others o JOIN others x ON x.days @> greatest(o.first, coalesce(NEW.started_on, '-infinity'))
        GROUP BY o.project_id, o.first HAVING count(DISTINCT x.project_id) >= {MOST_SUPERVISED}
    ) THEN
        {refuse(THREE_PROJECTS, SUPERVISES_TOO_MANY)}
    END IF;
    RETURN NEW;
"""  # noqa: S608  our own words


class ProjectMember(Versioned):
    """A person who holds a post on a project (项目人员); with an account they reach the project while it lasts."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="members", verbose_name="工程项目")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="平台账号"
    )
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="人员")
    post = models.CharField("岗位", max_length=25, choices=Post)
    started_on = models.DateField("到岗日期", null=True, blank=True)
    ended_on = models.DateField("离岗日期", null=True, blank=True, help_text="离岗当日仍计在内")

    objects = PartOfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "项目人员"
        verbose_name_plural = "项目人员"
        ordering = ("project", "post", "started_on", "pk")
        indexes = [models.Index(fields=["user", "project"], name="member_user")]
        constraints = [
            models.CheckConstraint(
                name="member_is_somebody",
                condition=Q(user__isnull=False) | Q(person__isnull=False),
                violation_error_message="请选择人员或填写平台账号",
            ),
            models.UniqueConstraint(
                name="person_once_in_a_post",
                fields=["project", "post", "person"],
                condition=Q(ended_on=None),
                violation_error_message="该人员已在本项目任此岗位",
            ),
            models.UniqueConstraint(
                name="account_once_in_a_post",
                fields=["project", "post", "user"],
                condition=Q(ended_on=None),
                violation_error_message="该账号已在本项目任此岗位",
            ),
            models.CheckConstraint(
                name="member_ends_after_they_start",
                condition=Q(started_on=None) | Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                violation_error_message="离岗日期不能早于到岗日期",
            ),
            ExclusionConstraint(
                name="one_project_for_managers_and_officers",
                expressions=[("person", RangeOperators.EQUAL), (days(), RangeOperators.OVERLAPS)],
                condition=Q(post__in=ONE_PROJECT, person__isnull=False),
                violation_error_message="该人员同一时间已任项目经理或专职安全员，同一时间只能在一个项目任职，请先办理离岗",
            ),
            models.CheckConstraint(name="member_post_is_known", condition=Q(post__in=Post.values)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name=THREE_PROJECTS,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("person_id", "post", "started_on", "ended_on"),
                condition=pgtrigger.Q(new__post=Post.SUPERVISING_ENGINEER, new__person__isnull=False),
                func=COUNT_SUPERVISED,
            ),
            pgtrigger.Trigger(
                name="post_is_a_presence",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func="""
                    INSERT INTO people_personpresence (person_id, project_id, region_path)
                    SELECT DISTINCT a.person_id, p.id, p.region_path
                    FROM added a JOIN projects_project p ON p.id = a.project_id
                    WHERE a.person_id IS NOT NULL
                    ON CONFLICT DO NOTHING;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="presence_ends_with_the_last_post",
                when=pgtrigger.After,
                operation=pgtrigger.Delete | pgtrigger.UpdateOf("person_id"),
                func="""
                    DELETE FROM people_personpresence p
                    WHERE p.person_id = OLD.person_id AND p.project_id = OLD.project_id AND NOT EXISTS (
                        SELECT 1 FROM projects_projectmember o
                        WHERE o.person_id = OLD.person_id AND o.project_id = OLD.project_id
                    );
                    IF TG_OP = 'UPDATE' AND NEW.person_id IS NOT NULL THEN
                        INSERT INTO people_personpresence (person_id, project_id, region_path)
                        SELECT NEW.person_id, id, region_path FROM projects_project WHERE id = NEW.project_id
                        ON CONFLICT DO NOTHING;
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_post_display()} {self.person or self.user}"
