"""Whom to invite to a training: those on the project's roster, or the firm's staff, and who of them lacks what."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from apps.core.search import find
from apps.people.models import Person
from apps.roster.models import Engagement, WorkerClass
from apps.training.counting import credited, required, total, within_a_year
from apps.training.models import INDUCTION, Session

UNTRAINED, EVERYBODY = "untrained", "all"
LACKS = [(UNTRAINED, "只看未培训的（三级教育未完成或者学时不足）"), (EVERYBODY, "全部人员")]
MOST_SHOWN = 300


def candidates(session: Session, user: Any, asked: dict[str, Any]) -> QuerySet[Person]:
    """Those who are not on the list yet, by name; `asked` are the cleaned values of the form that picks them."""
    engaged = engaged_there(session, asked)
    rows: QuerySet = Person.objects.visible_to(user).defer("id_number")
    if session.project_id:
        newest = engaged.order_by("-entered_on", "-pk")
        rows = rows.filter(Exists(engaged)).annotate(
            kind=Subquery(newest.values("worker_class")[:1]),
            job=Subquery(newest.values("job")[:1]),
            team_name=Subquery(newest.values("team__name")[:1]),
        )
    else:
        rows = rows.filter(employer=session.enterprise_id)
        rows = rows.annotate(kind=class_of_staff(session), job=F("post"), team_name=Value(""))
    rows = rows.exclude(participations__session=session.pk)
    if asked.get("q"):
        rows = find(rows, ["name"], asked["q"])
    return lacking(rows, session, asked.get("lack") or UNTRAINED).order_by("name", "pk")


def class_of_staff(session: Session) -> Coalesce:
    """Of the firm's people that on the site where they are; who is on none is taken for a worker."""
    newest = Engagement.objects.on(session.day).filter(person=OuterRef("pk")).order_by("-entered_on", "-pk")
    return Coalesce(Subquery(newest.values("worker_class")[:1]), Value(str(WorkerClass.WORKER)))


def engaged_there(session: Session, asked: dict[str, Any]) -> QuerySet[Engagement]:
    rows = Engagement.objects.on(session.day).filter(person=OuterRef("pk"), project=session.project_id)
    if asked.get("worker_class"):
        rows = rows.filter(worker_class=asked["worker_class"])
    return rows.filter(team=asked["team"]) if asked.get("team") else rows


def lacking(rows: QuerySet[Person], session: Session, lack: str) -> QuerySet[Person]:
    """Who lacks what this training teaches: hours of its level of induction, or hours of the year."""
    day = session.day
    if session.level in INDUCTION:
        told = credited("pk", day).filter(level=session.level)
        here = (
            Q(session__project=session.project_id)
            if session.project_id
            else Q(session__enterprise=session.enterprise_id)
        )
        rows = rows.annotate(hours=total(told.filter(here)), needed=required(Value(session.level), day))
    else:
        rows = rows.annotate(hours=total(within_a_year("pk", day)), needed=required(OuterRef("kind"), day))
    return rows if lack == EVERYBODY else rows.filter(hours__lt=F("needed"))
