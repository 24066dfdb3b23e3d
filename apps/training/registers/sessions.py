"""The register of trainings."""

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from apps.core.conditions import in_state
from apps.core.pages import whole
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.regions.choices import region_column
from apps.training.counting import counted
from apps.training.forms import SessionForm
from apps.training.models import Participation, Session, SessionState
from apps.training.registers.links import PROJECT_LINK, in_month
from apps.training.selectors import organises
from apps.training.services.sessions import save_session
from apps.training.workflow import NOT_YOURS

TONES: dict[str, str] = {SessionState.PLANNED: "ring", SessionState.OPEN: "orange", SessionState.HELD: "green"}


def state_cell(session: Any) -> str:
    if is_forgotten(session):
        return ui.state_dot("red", f"{session.get_state_display()}，已过结束时间")
    return ui.state_dot(TONES.get(session.state, "grey"), session.get_state_display())


def is_forgotten(session: Any) -> bool:
    """Its end is over and nobody has said whether it was held."""
    return session.state in SessionState.RUNNING and session.ends_at < timezone.now()


@registry.add
class SessionRegister(Register):
    """培训班次: planned, under way, held and cancelled."""

    name = "trainings"
    label = "培训班次"
    model = Session
    form_class = SessionForm
    add_label = "安排培训"
    save = staticmethod(save_session)
    related = ("course", "project__region", "project__enterprise", "enterprise__organisation")
    search = ("course__name", "project__name", "trainer", "place")
    order = ("-starts_at", "-pk")
    columns = (
        Column("id", "班次编号", width=10),
        Column("course.name", "课程", filter="icontains", width=26),
        Column("level", "培训类型", filter="exact", width=14),
        Column("project.name", "工程项目", filter="icontains", width=28),
        Column("enterprise.organisation.name", "组织单位", filter="icontains", width=28),
        region_column(shown=False),
        Column("starts_at", "开始时间", filter="range", width=18),
        Column("ends_at", "结束时间", shown=False, width=18),
        Column("hours", "学时", width=8),
        Column("place", "地点", shown=False, width=24),
        Column("trainer", "培训人", width=12),
        Column("institution", "培训机构", shown=False, width=24),
        Column("people_listed", "名单人数", width=8),
        Column("people_present", "签到人数", width=8),
        Column("state", "状态", filter="exact", width=14, cell=state_cell),
        Column("reason", "取消原因", shown=False, width=30),
        Column("summary", "培训简述", shown=False, width=50),
    )
    counted = {"people_listed": "integer", "people_present": "integer"}
    links = (
        PROJECT_LINK,
        Column("in_month", "月份", filter="hidden", narrow=in_month),
        Column("of_course", "课程", filter="hidden", narrow=whole("course")),
    )
    views = (
        View("planned", "未开始", in_state(SessionState.PLANNED)),
        View("open", "签到中", in_state(SessionState.OPEN), hot=True),
        View(
            "forgotten",
            "待确认",
            lambda user: Q(state__in=SessionState.RUNNING, ends_at__lt=timezone.now()),
            hot=True,
        ),
        View("held", "已完成", in_state(SessionState.HELD)),
        View("cancelled", "已取消", in_state(SessionState.CANCELLED)),
    )

    def rows(self, user: Any) -> QuerySet:
        """Counted for the rows that are shown alone, and not at all where rows are but counted."""
        people = Participation.objects.filter(session=OuterRef("pk")).order_by()
        present = people.filter(signed_in_at__isnull=False)
        count = Count("pk")
        return super().rows(user).annotate(people_listed=counted(people, count), people_present=counted(present, count))

    def locked(self, record: Session) -> str | None:
        if record.state == SessionState.PLANNED:
            return None
        return f"培训{record.get_state_display()}，不能再修改安排"

    def locked_for(self, record: Session, user: Any) -> str | None:
        return self.locked(record) or (None if organises(user, record) else NOT_YOURS)

    def prefilled(self, query: QueryDict) -> dict[str, Any]:
        return {name: query[name] for name in ("project", "course") if query.get(name)}

    def is_late(self, record: Any) -> bool:
        return is_forgotten(record)

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": record.course.name,
            "sub": record.project.name if record.project else record.enterprise.name,
            "state": state_cell(record),
            "due": f"{timezone.localtime(record.starts_at):%m-%d %H:%M}",
        }
