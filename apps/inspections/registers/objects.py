"""检查对象库: the projects under way, with what tells whose turn it is."""

from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from apps.core.addresses import address_of
from apps.core.bulk import BulkAction, Selection
from apps.core.markup import drawn
from apps.core.registers import Column, Register, View, registry
from apps.core.today import today
from apps.inspections.coverage import with_category, with_coverage
from apps.inspections.models import RiskGrade
from apps.inspections.registers.libraries import grade_mark
from apps.inspections.services.planning import MOST_AT_ONCE
from apps.projects.models import UNDERWAY, DangerousWork, Project, WorkState
from apps.projects.registers import stage_cell
from apps.regions.choices import region_column

IDLE = (("never", "从未检查"), ("30", "30 天以上"), ("90", "90 天以上"), ("180", "180 天以上"))
ROUNDS = (("0", "0 次"), ("1", "1 次"), ("2", "2 次及以上"), ("short", "未满应查轮次"), ("full", "已满应查轮次"))
CATEGORIES = [(str(code), str(label)) for code, label in DangerousWork._meta.get_field("category").flatchoices]
LONG_IDLE = 90


def idle_for(rows: QuerySet, asked: str) -> QuerySet:
    if asked == "never":
        return rows.filter(last_visit_on=None)
    return rows.filter(Q(last_visit_on=None) | Q(days_since__gte=int(asked)))


def with_rounds(rows: QuerySet, asked: str) -> QuerySet:
    match asked:
        case "full":
            return rows.filter(rounds_done__gte=F("rounds_due"))
        case "short":
            return rows.filter(rounds_done__lt=F("rounds_due"))
        case "2":
            return rows.filter(rounds_done__gte=2)
    return rows.filter(rounds_done=int(asked))


def dangerous_kinds() -> Subquery:
    """The kinds of unfinished dangerous works of a project, in words."""
    works = DangerousWork.objects.filter(project=OuterRef("pk"), is_dangerous=True).exclude(state=WorkState.FINISHED)
    named = Case(*(When(category=code, then=Value(label)) for code, label in CATEGORIES), output_field=TextField())
    told = works.order_by().values("project").values(told=StringAgg(named, delimiter="、", distinct=True))
    return Subquery(told)


def visited_cell(project: Any) -> str:
    if project.last_visit_on is None:
        return drawn('<span class="{}">{}</span>', "warn-text", "从未检查")
    return drawn('{}<span class="sub">{}</span>', project.last_visit_on.isoformat(), f"{project.days_since} 天前")


def rounds_cell(project: Any) -> str:
    return f"{project.rounds_done} / {project.rounds_due}"


def hazards_cell(project: Any) -> str:
    if not project.open_hazards:
        return "0"
    query = urlencode({"view": "open", "project__name": project.name})
    return drawn('<a href="{}">{}</a>', f"{address_of('hazards:list')}?{query}", project.open_hazards)


def plan_these(selection: Selection) -> HttpResponse:
    """On to the page on which a day and a team are chosen for the ticked projects."""
    numbers = list(selection.rows.order_by("pk").values_list("number", flat=True)[:MOST_AT_ONCE])
    return redirect(f"{reverse('visit_planning')}?{urlencode({'project': numbers}, doseq=True)}")


PLAN = BulkAction("plan", "安排检查", "inspections.add_visit", lambda project, user: None, answer=plan_these)


@registry.add
class ObjectRegister(Register):
    """The rows are projects; whoever reads inspections reads them here with what inspections know of them."""

    name = "inspection_objects"
    label = "检查对象库"
    model = Project
    key = "number"
    related = ("region", "enterprise__organisation", "enterprise__risk_class")
    search = ("number", "name", "initials", "address")
    actions = (PLAN,)
    columns = (
        Column("name", "项目名称", width=34),
        Column("number", "项目编号", sortable=True, shown=False, width=22),
        region_column("region.name", "所属区域"),
        Column("enterprise.organisation.name", "施工总承包单位", filter="icontains", width=28),
        Column(
            "risk_grade",
            "信用风险类别",
            filter="choice",
            sortable=True,
            width=12,
            cell=lambda project: grade_mark(project.risk_grade),
            choices=lambda user: list(RiskGrade.choices),
            narrow=lambda rows, grade: rows.filter(risk_grade=grade),
        ),
        Column("stage", "形象进度", filter="exact", width=10, cell=stage_cell),
        Column("kind", "工程类别", filter="exact", shown=False, width=12),
        Column("last_visit_on", "最近检查", filter="", sortable=True, width=14, cell=visited_cell),
        Column(
            "days_since",
            "距今天数",
            filter="choice",
            sortable=True,
            shown=False,
            width=10,
            choices=lambda user: IDLE,
            narrow=idle_for,
        ),
        Column("open_hazards", "未销号隐患", sortable=True, width=10, cell=hazards_cell),
        Column(
            "rounds_done",
            "本年检查轮次",
            filter="choice",
            sortable=True,
            width=12,
            cell=rounds_cell,
            choices=lambda user: ROUNDS,
            narrow=with_rounds,
        ),
        Column("rounds_due", "本年应查轮次", shown=False, width=10),
        Column(
            "dangerous_kinds",
            "危大工程",
            filter="choice",
            shown=False,
            width=30,
            choices=lambda user: CATEGORIES,
            narrow=lambda rows, code: with_category(rows, [code]),
        ),
        Column("address", "建设地点", shown=False, width=34),
    )
    views = (
        View(
            "idle", f"{LONG_IDLE} 天未检查", lambda user: Q(last_visit_on=None) | Q(days_since__gte=LONG_IDLE), hot=True
        ),
        View("unseen", "本年未检查", lambda user: Q(rounds_done=0)),
        View("short", "未满轮次", lambda user: Q(rounds_done__lt=F("rounds_due"))),
        View("risky", "高风险（D、E）", lambda user: Q(risk_grade__in=(RiskGrade.D, RiskGrade.E)), hot=True),
        View("hazardous", "有未销号隐患", lambda user: Q(open_hazards__gt=0)),
    )

    def rows(self, user: Any) -> QuerySet:
        return with_coverage(super().rows(user).filter(stage__in=UNDERWAY), today()).annotate(
            dangerous_kinds=dangerous_kinds()
        )

    def may(self, user: Any, verb: str) -> bool:
        """Who reads projects and inspections; there is nothing of its own to write."""
        if verb not in ("view", "export"):
            return False
        return user.has_perm(f"projects.{verb}_project") and user.has_perm(f"inspections.{verb}_campaign")

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Those of the projects' own fields, and of what is counted beside them."""
        counted = dict.fromkeys(("days_since", "open_hazards", "rounds_done", "rounds_due"), "integer")
        return super().kinds | counted | {"last_visit_on": "date"}

    @cached_property
    def projects_url(self) -> str:
        return reverse("projects:list")

    def row_url(self, record: Project) -> str:
        return f"{self.projects_url}{record.number}/"

    def is_late(self, record: Any) -> bool:
        return record.rounds_done == 0 and record.risk_grade in (RiskGrade.D, RiskGrade.E)

    def ops(self, record: Project, user: Any) -> list[dict[str, str]]:
        view = {"label": "查看", "url": self.row_url(record)}
        if not user.has_perm("inspections.add_visit"):
            return [view]
        return [{"label": "安排检查", "url": f"{address_of('visit_planning')}?project={record.number}"}, view]

    def card(self, record: Any) -> dict[str, str]:
        seen = f"{record.days_since} 天前检查" if record.last_visit_on else "从未检查"
        return {
            "title": record.name,
            "sub": f"{record.region.name}　未销号隐患 {record.open_hazards}　本年 {rounds_cell(record)} 次",
            "state": grade_mark(record.risk_grade),
            "due": seen,
        }
