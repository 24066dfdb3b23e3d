"""Safety directors and safety inspectors: who is appointed, who must be and is not."""

from datetime import timedelta
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DateField,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from apps.core.addresses import address_of
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.duty.models import Commitment, DirectorAppointment, InspectorAppointment, Level, Term
from apps.duty.terms import needs_director, number_on, words_on
from apps.enterprises.models import Enterprise, EnterpriseKind, EnterpriseStatus
from apps.hazards.models import Hazard
from apps.projects.models import UNDERWAY, Project
from apps.regions.choices import all_regions, region_column

SOON = 60
"""Days within which an appointment is said to run out."""


def standing(user: Any) -> Q:
    today = timezone.localdate()
    return Q(started_on__lte=today) & (Q(ended_on=None) | Q(ended_on__gte=today))


def ending(column: str = "ended_on") -> Any:
    def condition(user: Any) -> Q:
        today = timezone.localdate()
        return Q(**{f"{column}__range": (today, today + timedelta(days=SOON))})

    return condition


def standing_cell(appointment: Any) -> str:
    today, last = timezone.localdate(), appointment.ended_on
    if last and last < today:
        return ui.state_dot("grey", f"{last}止")
    if last and (last - today).days <= SOON:
        return ui.state_dot("orange", f"{last}到期")
    return ui.state_dot("green", str(last or "在任"))


@registry.add
class DirectorRegister(Register):
    """企业安全总监任命."""

    name = "safety_directors"
    label = "企业安全总监"
    model = DirectorAppointment
    related = ("person", "enterprise__organisation__region")
    search = ("enterprise__organisation__name", "person__name")
    columns = (
        Column("enterprise.organisation.name", "企业", filter="icontains", width=30),
        Column("person.name", "安全总监", width=10),
        Column("paper_number", "任命文号", width=20),
        Column("qualification", "资格条件", width=26),
        Column("reports_to", "向谁负责", width=12),
        Column("started_on", "任职日期", filter="range", width=12),
        Column("ended_on", "任期至", width=16, cell=standing_cell),
    )
    views = (
        View("standing", "在任", standing),
        View("ending", f"{SOON} 天内到期", ending(), hot=True),
        View("ended", "已结束", lambda user: Q(ended_on__lt=timezone.localdate())),
    )

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).defer("person__id_number")

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        links: list[dict[str, Any]] = [
            {"label": "应设未设", "url": f"{address_of('director_needs:list')}?view=missing", "icon": "list-details"}
        ]
        if self.may(user, "add"):
            links.append(
                {"label": "登记任命", "url": address_of("safety_directors:new"), "icon": "plus", "primary": True}
            )
        return links


@registry.add
class InspectorRegister(Register):
    """项目安全督查员委派, each with the hazards that the inspector has entered since."""

    name = "site_inspectors"
    label = "项目安全督查员"
    model = InspectorAppointment
    related = ("person", "firm__organisation", "project__region")
    search = ("project__name", "person__name")
    columns = (
        Column("project.name", "工程项目", filter="icontains", width=30),
        region_column(of="project__region_path", shown=False),
        Column("person.name", "督查员", width=10),
        Column("firm.organisation.name", "所在单位", filter="icontains", width=28),
        Column("paper_number", "委派文号", shown=False, width=20),
        Column("started_on", "委派日期", filter="range", width=12),
        Column("ended_on", "委派至", width=16, cell=standing_cell),
        Column("findings", "登记隐患", width=10),
    )
    views = (
        View("standing", "在任", standing),
        View("ending", f"{SOON} 天内到期", ending(), hot=True),
        View("ended", "已结束", lambda user: Q(ended_on__lt=timezone.localdate())),
    )

    def rows(self, user: Any) -> QuerySet:
        found = Hazard.objects.filter(
            project=OuterRef("project"), recorded_by=OuterRef("person__user"), found_on__gte=OuterRef("started_on")
        )
        counted = found.order_by().values("project").annotate(many=Count("pk")).values("many")
        findings = Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
        return super().rows(user).defer("person__id_number").annotate(findings=findings)

    @cached_property
    def kinds(self) -> dict[str, str]:
        return super().kinds | {"findings": "integer"}

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        links: list[dict[str, Any]] = [
            {"label": "应派未派", "url": f"{address_of('site_needs:list')}?view=uninspected", "icon": "list-details"}
        ]
        if self.may(user, "add"):
            links.append(
                {"label": "登记委派", "url": address_of("site_inspectors:new"), "icon": "plus", "primary": True}
            )
        return links


def director_cell(firm: Any) -> str:
    return firm.director or ui.state_dot("red", "未设")


@registry.add
class DirectorNeeds(Register):
    """安全总监配备: the contractors that must have a safety director by the term in force, and whom they have."""

    name = "director_needs"
    label = "安全总监配备"
    model = Enterprise
    key = "uscc"
    related = ("organisation__region",)
    search = ("organisation__name",)
    columns = (
        Column("organisation.name", "企业", width=32),
        region_column("organisation.region.name", "注册地", choices=all_regions),
        Column("qualification", "资质等级", filter="icontains", width=30),
        Column("director", "安全总监", width=12, cell=director_cell),
        Column("director_until", "任期至", width=12),
    )
    views = (
        View("missing", "应设未设", lambda user: Q(director=""), hot=True),
        View("ending", f"{SOON} 天内到期", ending("director_until"), hot=True),
        View("has", "已设", lambda user: ~Q(director="")),
    )

    def rows(self, user: Any) -> QuerySet:
        today = timezone.localdate()
        firms = super().rows(user).filter(kind=EnterpriseKind.CONTRACTOR, status=EnterpriseStatus.ACTIVE)
        current = DirectorAppointment.objects.current(today).filter(enterprise=OuterRef("pk")).order_by("-started_on")
        return firms.filter(needs_director(words_on(Term.DIRECTOR_NEEDED, today))).annotate(
            director=Coalesce(Subquery(current.values("person__name")[:1]), Value(""), output_field=CharField()),
            director_until=Subquery(current.values("ended_on")[:1], output_field=DateField()),
        )

    def may(self, user: Any, verb: str) -> bool:
        """Who reads appointments of directors; there is nothing of its own to write."""
        return verb in ("view", "export") and user.has_perm(f"duty.{verb}_directorappointment")

    @cached_property
    def kinds(self) -> dict[str, str]:
        return super().kinds | {"director_until": "date"}

    def row_url(self, record: Any) -> str:
        return reverse("enterprises:detail", args=[record.uscc])

    def is_late(self, record: Any) -> bool:
        return not record.director


def inspector_cell(project: Any) -> str:
    return project.inspector or (ui.state_dot("red", "未派") if project.is_large else "")


def promise_cell(project: Any) -> str:
    last = project.promised_until
    if last is None:
        return ui.state_dot("red", "未签")
    return ui.state_dot("red" if last < timezone.localdate() else "green", str(last))


@registry.add
class SiteNeeds(Register):
    """项目履职配备: each project under way, whether it has its inspector, and until when it has promised."""

    name = "site_needs"
    label = "项目履职配备"
    model = Project
    key = "number"
    related = ("region", "enterprise__organisation")
    search = ("name",)
    columns = (
        Column("name", "工程项目", width=34),
        region_column("region.name", "所属区域"),
        Column("enterprise.organisation.name", "施工总承包单位", filter="icontains", width=28),
        Column("area_m2", "建筑面积（㎡）", width=12),
        Column("inspector", "安全督查员", width=12, cell=inspector_cell),
        Column("inspector_until", "委派至", width=12),
        Column("promised_until", "项目承诺书有效至", width=14, cell=promise_cell),
    )
    views = (
        View("uninspected", "应派督查员未派", lambda user: Q(is_large=True, inspector=""), hot=True),
        View("ending", f"督查员 {SOON} 天内到期", ending("inspector_until"), hot=True),
        View("unpromised", "未签承诺书", lambda user: Q(promised_until=None), hot=True),
        View("lapsed", "承诺书已过期", lambda user: Q(promised_until__lt=timezone.localdate()), hot=True),
        View("promised", "承诺书有效", lambda user: Q(promised_until__gte=timezone.localdate())),
    )

    def rows(self, user: Any) -> QuerySet:
        today = timezone.localdate()
        current = InspectorAppointment.objects.current(today).filter(project=OuterRef("pk")).order_by("-started_on")
        promised = Commitment.objects.filter(project=OuterRef("pk"), level=Level.PROJECT).order_by()
        last = promised.values("project").annotate(last=Max("valid_until")).values("last")
        large = Q(area_m2__isnull=False, area_m2__gte=number_on(Term.INSPECTOR_AREA, today))
        return (
            super()
            .rows(user)
            .filter(stage__in=UNDERWAY)
            .annotate(
                is_large=large,
                inspector=Coalesce(Subquery(current.values("person__name")[:1]), Value(""), output_field=CharField()),
                inspector_until=Subquery(current.values("ended_on")[:1], output_field=DateField()),
                promised_until=Subquery(last, output_field=DateField()),
            )
        )

    def may(self, user: Any, verb: str) -> bool:
        """Who reads appointments of inspectors; there is nothing of its own to write."""
        return verb in ("view", "export") and user.has_perm(f"duty.{verb}_inspectorappointment")

    @cached_property
    def kinds(self) -> dict[str, str]:
        return super().kinds | dict.fromkeys(("inspector_until", "promised_until"), "date")

    def row_url(self, record: Any) -> str:
        return reverse("project_duty", args=[record.number])
