"""How the page of a training is put together."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from apps.core.cases import Case, Sections, line, moment
from apps.core.registers import registry
from apps.training.forms import MOVE_FORMS
from apps.training.models import Participation, Session, SessionPhoto, SessionState
from apps.training.registers import ParticipationRegister, SessionRegister
from apps.training.registers.people import credit_cell, result_cell
from apps.training.selectors import organises
from apps.training.services.sessions import missed
from apps.training.workflow import SESSION

MOST_SHOWN = 300


def of_session(session: Session, user: Any) -> Sections:
    facts = [
        line("班次编号", session.pk),
        line("课程", session.course.name),
        line("培训类型", session.get_level_display()),
        line("学时", f"{session.hours.normalize():f}"),
        line("组织单位", session.enterprise.name),
        line("工程项目", session.project and session.project.name),
        line("开始时间", moment(session.starts_at)),
        line("结束时间", moment(session.ends_at)),
        line("地点", session.place),
        line("培训人", session.trainer),
        line("培训机构", session.institution),
        line("培训简述", session.summary, wide=True),
    ]
    if session.makes_up_id:
        facts.append(
            line("补训自", f"班次{session.makes_up_id}", url=reverse("trainings:detail", args=[session.makes_up_id]))
        )
    if session.state == SessionState.CANCELLED:
        facts.append(line("取消原因", session.reason, wide=True))
    return [{"title": "培训安排", "facts": facts}]


def make_ups_of(session: Session, user: Any) -> Sections:
    """What was planned for those who missed it."""
    rows = session.make_ups.order_by("pk")
    told = [{"title": str(one), "url": one.get_absolute_url(), "state": one.get_state_display()} for one in rows]
    return [{"title": "补训", "records": told}] if told else []


SESSION_CASE = Case(
    registry[SessionRegister.name],
    SESSION,
    MOVE_FORMS,
    of_session,
    (("安排", (SessionState.PLANNED,)), ("签到", (SessionState.OPEN,)), ("完成", (SessionState.HELD,))),
    further=make_ups_of,
)


def figures_of(session: Session) -> list[dict[str, Any]]:
    """How many are listed, were there, count; each opens its rows."""
    counts = session.participations.aggregate(
        listed=Count("pk"),
        present=Count("pk", filter=Q(signed_in_at__isnull=False)),
        credited=Count("pk", filter=Q(credited_on__isnull=False)),
    )
    base = f"{reverse(f'{ParticipationRegister.name}:list')}?of_session={session.pk}"
    told = [
        {"label": "名单人数", "value": counts["listed"], "unit": "人", "url": f"{base}&view=all"},
        {"label": "已签到", "value": counts["present"], "unit": "人", "url": f"{base}&view=all"},
        {"label": "已计入学时", "value": counts["credited"], "unit": "人", "url": f"{base}&view=credited"},
    ]
    if session.state == SessionState.HELD:
        away = counts["listed"] - counts["present"]
        told.append({"label": "缺勤", "value": away, "unit": "人", "url": f"{base}&view=absent"})
    return told


def lines_of(session: Session) -> QuerySet[Participation]:
    rows = session.participations.select_related("person").defer("person__id_number")
    return rows.order_by("signed_in_at", "person__name", "pk")


def drawn_line(one: Participation) -> dict[str, Any]:
    how = f"{one.get_signed_in_by_display()}{'（补录）' if one.is_late else ''}" if one.signed_in_at else ""
    return {
        "line": one,
        "url": one.get_absolute_url(),
        "signed_in": moment(one.signed_in_at),
        "how": how,
        "result": result_cell(one),
        "score": "" if one.score is None else one.score,
        "credit": credit_cell(one),
    }


def photos_of(session: Session) -> list[dict[str, Any]]:
    return [
        {
            "url": photo_url(photo, "shown"),
            "thumb_url": photo_url(photo, "thumbnail"),
            "alt": "培训照片",
            "lines": [
                f"{moment(photo.uploaded_at)} {photo.uploaded_by.name}上传",
                f"SHA-256 {photo.original.sha256[:16]}…",
            ],
        }
        for photo in session.photos.select_related("uploaded_by", "original").order_by("uploaded_at")
    ]


def photo_url(photo: SessionPhoto, size: str) -> str:
    return reverse("trainings:photo", args=[photo.pk, size])


def buttons_of(session: Session, user: Any) -> list[dict[str, Any]]:
    """What else who organises it does, beside its moves."""
    if not user.has_perm("training.change_session") or not organises(user, session):
        return []
    told = [
        ("people", "选择参训人员", "users-group", session.state in SessionState.RUNNING),
        ("code", "显示签到码", "device-mobile", session.state == SessionState.OPEN),
        ("roll", "现场点名", "checklist", session.state in (SessionState.OPEN, SessionState.HELD)),
        ("evidence", "添加照片和附件", "camera", session.state != SessionState.CANCELLED),
    ]
    buttons: list[dict[str, Any]] = [
        {"label": label, "icon": icon, "url": reverse(f"trainings:{name}", args=[session.pk])}
        for name, label, icon, is_open in told
        if is_open
    ]
    if session.state == SessionState.PLANNED:
        buttons.append({"label": "编辑", "icon": "edit", "url": reverse("trainings:edit", args=[session.pk])})
    if session.state == SessionState.HELD and missed(session).exists():
        url = reverse("trainings:make_up", args=[session.pk])
        buttons.append({"label": "安排补训", "icon": "refresh", "url": url, "method": "post"})
    return buttons
