"""The register of accidents."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.accidents import duties
from apps.accidents.grading import GRAVE, Grade
from apps.accidents.models import Accident, AccidentState
from apps.accidents.workflow import DETERMINES
from apps.core.addresses import address_of
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.regions.choices import region_column

TONES: dict[str, str] = {AccidentState.REPORTED: "ring", AccidentState.DETERMINED: "green"}
GRADE_TONES: dict[str, str] = {Grade.LARGER: "orange", Grade.MAJOR: "red", Grade.EXTRAORDINARY: "red"}


def state_cell(accident: Any) -> str:
    return ui.state_dot(TONES.get(accident.state, "grey"), accident.get_state_display())


def grade_cell(accident: Any) -> str:
    return ui.state_dot(GRADE_TONES.get(accident.grade, "grey"), accident.get_grade_display())


def grave(user: Any) -> Q:
    return Q(grade__in=GRAVE, state__in=AccidentState.STANDING)


@registry.add
class AccidentRegister(Register):
    name = "accidents"
    label = "事故台账"
    model = Accident
    key = "number"
    related = ("project__region", "enterprise__organisation", "reported_by")
    search = ("number", "project__name", "place")
    columns = (
        Column("number", "事故编号", width=18, sortable=True),
        Column("grade", "事故等级", filter="exact", width=10, cell=grade_cell),
        Column("category", "事故类别", filter="exact", width=12),
        Column("project.name", "工程项目", filter="icontains", width=30),
        Column("enterprise.organisation.name", "施工总承包单位", filter="icontains", width=28),
        region_column(shown=False),
        Column("occurred_at", "发生时间", filter="range", sortable=True, width=18),
        Column("place", "部位", shown=False, width=24),
        Column("deaths", "死亡人数", sortable=True, width=10),
        Column("serious_injuries", "重伤人数", sortable=True, width=10),
        Column("direct_loss", "直接经济损失（元）", shown=False, width=18),
        Column("state", "状态", filter="exact", width=10, cell=state_cell),
        Column("is_liability", "生产安全责任事故", filter="exact", shown=False, width=12),
        Column("concealment", "上报情况", filter="exact", shown=False, width=12),
        Column("reported_at", "上报时间", filter="range", sortable=True, shown=False, width=18),
        Column("determination_number", "认定文号", shown=False, width=24),
        Column("determined_on", "认定日期", filter="range", shown=False, width=12),
        Column("summary", "事故简况", shown=False, width=50),
    )
    views = (
        View("reported", "待认定", lambda user: Q(state=AccidentState.REPORTED)),
        View("determined", "已认定", lambda user: Q(state=AccidentState.DETERMINED)),
        View("grave", "较大及以上", grave, hot=True),
        View("to_determine", "待我认定", duties.to_determine, hot=True, permission=DETERMINES, todo="事故待核实认定"),
    )

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        if not self.may(user, "add"):
            return []
        return [{"label": "上报事故", "url": address_of("accidents:new"), "icon": "plus", "primary": True}]

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": record.title,
            "sub": f"{record.number}　{record.toll}",
            "state": state_cell(record),
            "due": f"{timezone.localtime(record.occurred_at):%m-%d}",
        }
