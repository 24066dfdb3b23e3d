"""How the case file of an accident is put together."""

from collections.abc import Sequence
from typing import Any

from apps.accidents.forms import MOVE_FORMS
from apps.accidents.models import Accident, AccidentState
from apps.accidents.registers import AccidentRegister
from apps.accidents.workflow import ACCIDENT
from apps.core.cases import Case, Sections, line, moment
from apps.core.registers import as_text, registry

BASIS = "等级按《生产安全事故报告和调查处理条例》第三条由伤亡人数和直接经济损失确定"


def of_accident(accident: Accident, user: Any) -> Sections:
    known = accident.direct_loss is not None
    told: Sections = [
        {
            "title": "事故情况",
            "note": BASIS,
            "facts": [
                line("工程项目", accident.project.name),
                line("施工总承包单位", accident.enterprise and accident.enterprise.name),
                line("行政区划", accident.project.region.name),
                line("部位", accident.place),
                line("发生时间", moment(accident.occurred_at)),
                line("事故类别", accident.get_category_display()),
                line("事故等级", accident.get_grade_display()),
                line("死亡人数", accident.deaths),
                line("重伤人数", accident.serious_injuries),
                line("直接经济损失（元）", f"{accident.direct_loss:,.2f}" if known else ""),
                line("上报人", accident.reported_by.name),
                line("上报时间", moment(accident.reported_at)),
                line("事故简况", accident.summary, wide=True),
            ],
        }
    ]
    if accident.state == AccidentState.DETERMINED:
        told.append(determination_of(accident))
    if accident.state == AccidentState.WITHDRAWN:
        told.append({"title": "撤销", "facts": [line("撤销理由", accident.reason, wide=True)]})
    return told


def determination_of(accident: Accident) -> dict[str, Any]:
    liable = accident.liabilities.select_related("enterprise__organisation")
    return {
        "title": "认定",
        "facts": [
            line("认定文号", accident.determination_number),
            line("认定日期", accident.determined_on),
            line("生产安全责任事故", as_text(accident.is_liability)),
            line("上报情况", accident.get_concealment_display()),
            line("责任单位", "；".join(map(str, liable)), wide=True),
            line("认定结论", accident.determination, wide=True),
        ],
    }


def withheld(user: Any) -> Sequence[str]:
    """Told by name in `liable_named`."""
    return ("liable",)


ACCIDENT_CASE = Case(
    registry[AccidentRegister.name],
    ACCIDENT,
    MOVE_FORMS,
    of_accident,
    (("上报", (AccidentState.REPORTED,)), ("认定", (AccidentState.DETERMINED,))),
    withheld=withheld,
)
