"""What has been learnt, in SQL: for the rows of a list in one query, however many there are.

What counts within twelve months is everything but the talk before work (班前教育), induction included.  The company's
level counts from the employer or the general contractor, the project's and the team's from the project itself.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    DecimalField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce

from apps.training.models import HoursRule, Level, Participation, Session, SessionState

HOURS = DecimalField(max_digits=7, decimal_places=1)
DONE, OPEN = "已完成", "未完成"
UNCOUNTED = (Level.BRIEFING,)
WINDOW = relativedelta(months=12)
# The last day whose twelve months reach back to it; those of the 28th of a February begin where the day before's did.
A_YEAR = """greatest((%(expressions)s + interval '12 months')::date - 1,
    (%(expressions)s - 1 + interval '12 months')::date)"""


def total(rows: QuerySet[Participation]) -> Coalesce:
    """The hours of these participations of one person."""
    summed = rows.order_by().values("person").annotate(told=Sum("hours")).values("told")
    return Coalesce(Subquery(summed), Value(Decimal(0)), output_field=HOURS)


def required(subject: Any, day: date) -> Coalesce:
    """The hours that the edition of the day asks for; nothing where none was set."""
    rows = HoursRule.objects.filter(subject=subject, effective_from__lte=day).order_by("-effective_from")
    return Coalesce(Subquery(rows.values("hours")[:1]), Value(Decimal(0)), output_field=HOURS)


def credited(person: str, day: date) -> QuerySet[Participation]:
    return Participation.objects.filter(person=OuterRef(person), credited_on__lte=day)


def within_a_year(person: str, day: date) -> QuerySet[Participation]:
    """What counts on this day: credited in the twelve months up to it."""
    return credited(person, day).filter(credited_on__gt=day - WINDOW).exclude(level__in=UNCOUNTED)


def induction_of(level: Level, day: date, person: str = "person") -> QuerySet[Participation]:
    """What an engagement's person has been taught at this level where it counts for the engagement."""
    rows = credited(person, day).filter(level=level)
    if level == Level.COMPANY:
        of_firm = Q(session__enterprise=OuterRef("employer")) | Q(session__enterprise=OuterRef("project__enterprise"))
        return rows.filter(of_firm)
    return rows.filter(session__project=OuterRef("project"))


def is_done(hours: Any, needed: Any) -> Case:
    return Case(When(Q(**{f"{hours}__gte": needed}), then=Value(DONE)), default=Value(OPEN))


def with_hours(engagements: QuerySet, day: date) -> QuerySet:
    """Adds to each engagement: company, project and team (已完成 or 未完成), is_inducted, hours_year, hours_required,
    lacks_hours, and enough_until, the last day on which today's hours are enough."""
    levels = {"company": Level.COMPANY, "project": Level.PROJECT, "team": Level.TEAM}
    rows = engagements.annotate(
        **{f"hours_{name}": total(induction_of(level, day)) for name, level in levels.items()},
        **{f"needs_{name}": required(Value(str(level)), day) for name, level in levels.items()},
        hours_year=total(within_a_year("person", day)),
        hours_required=required(OuterRef("worker_class"), day),
    )
    rows = rows.annotate(**{f"is_{name}": is_done(f"hours_{name}", F(f"needs_{name}")) for name in levels})
    inducted = Q(**{f"is_{name}": DONE for name in levels})
    return rows.annotate(
        is_inducted=ExpressionWrapper(inducted, output_field=BooleanField()),
        lacks_hours=ExpressionWrapper(Q(hours_year__lt=F("hours_required")), output_field=BooleanField()),
        enough_until=Subquery(enough_until(day), output_field=DateField()),
    )


def enough_until(day: date) -> QuerySet:
    """Counted from the newest on: how long that participation counts with which the hours became enough."""
    told = Window(Sum("hours"), order_by=[F("credited_on").desc(), F("pk").desc()])
    rows = within_a_year("person", day).annotate(told=told, until=Func(F("credited_on"), template=A_YEAR))
    return rows.filter(told__gte=OuterRef("hours_required")).order_by("-credited_on", "-pk").values("until")[:1]


# Plans ----------------------------------------------------------------------------------------------------------------


def of_plan(path: str = "") -> Q:
    """The trainings by which a plan is carried out: its course, in its month, for its project or at its firm's seat.

    `path` leads from the rows to their training.
    """
    same = {"course": "course", "starts_at__year": "year", "starts_at__month": "month"}
    month = Q(**{f"{path}{ours}": OuterRef(theirs) for ours, theirs in same.items()})
    at_seat = Q(**{f"{path}project": None, f"{path}enterprise": OuterRef("seat")})
    return month & Q(**{f"{path}state": SessionState.HELD}) & (Q(**{f"{path}project": OuterRef("project")}) | at_seat)


def with_progress(plans: QuerySet, day: date) -> QuerySet:
    """Adds to each plan: sessions_held, people_credited, is_done, and is_late once its month is over and it is not."""
    held = Session.objects.filter(of_plan()).order_by()
    people = Participation.objects.filter(of_plan("session__"), credited_on__isnull=False).order_by()
    rows = plans.annotate(
        sessions_held=counted(held, Count("pk")),
        people_credited=counted(people, Count("person", distinct=True)),
    )
    over = Q(year__lt=day.year) | Q(year=day.year, month__lt=day.month)
    done = Q(sessions_held__gt=0, people_credited__gte=F("people_planned"))
    rows = rows.annotate(is_done=ExpressionWrapper(done, output_field=BooleanField()))
    return rows.annotate(is_late=ExpressionWrapper(Q(is_done=False) & over, output_field=BooleanField()))


def counted(rows: QuerySet, figure: Count) -> Coalesce:
    told = rows.annotate(_all=Value(1)).values("_all").annotate(told=figure).values("told")
    return Coalesce(Subquery(told), Value(0), output_field=IntegerField())
