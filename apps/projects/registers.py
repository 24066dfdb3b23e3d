"""The registers of projects and of dangerous works."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags.ui import state_dot
from apps.projects.forms import DangerousWorkForm, ProjectForm
from apps.projects.models import UNDERWAY, DangerousWork, PartyRole, Project, Stage, WorkState
from apps.projects.selectors import name_of_party
from apps.projects.services import save_dangerous_work, save_project
from apps.regions.choices import region_column

STAGE_TONES = {Stage.NOT_STARTED: "ring", Stage.COMPLETED: "green", Stage.SUSPENDED: "red"}
WORK_TONES = {WorkState.PLANNED: "ring", WorkState.UNDERWAY: "orange", WorkState.FINISHED: "green"}


def at_stage(*stages: str) -> Any:
    return lambda user: Q(stage__in=stages)


def stage_cell(project: Project) -> str:
    return state_dot(STAGE_TONES.get(Stage(project.stage), "blue"), project.get_stage_display())


@registry.add
class ProjectRegister(Register):
    """工程项目台账."""

    name = "projects"
    label = "工程项目"
    model = Project
    key = "number"
    related = ("region", "enterprise__organisation")
    search = ("number", "name", "initials", "address")
    form_class = ProjectForm
    save = staticmethod(save_project)
    columns = (
        Column("name", "项目名称", width=36, synonyms=("工程名称", "项目", "工程项目", "工程项目名称")),
        Column("number", "项目编号", sortable=True, width=22, synonyms=("工程编号", "项目代码", "编号", "安监编号")),
        region_column(
            "region.name",
            "所属区域",
            synonyms=("区域", "所在区县", "区县", "行政区划", "所在地", "属地"),
            reference="code",
        ),
        Column(
            "enterprise.organisation.name",
            "施工总承包单位",
            filter="icontains",
            width=30,
            synonyms=("施工单位", "总包单位", "总承包单位", "承建单位"),
            reference="uscc",
        ),
        Column("owner_name", "建设单位", shown=False, width=30, synonyms=("业主", "业主单位", "开发单位")),
        Column("supervision_name", "监理单位", shown=False, width=30, synonyms=("监理", "监理公司")),
        Column(
            "stage", "形象进度", filter="exact", cell=stage_cell, synonyms=("进度", "施工阶段", "工程进度", "工程状态")
        ),
        Column("kind", "工程类别", filter="exact", synonyms=("工程类型", "项目类别", "项目类型")),
        Column("structure", "结构类型", shown=False, synonyms=("结构", "主要结构类型", "结构形式")),
        Column("area_m2", "建筑面积（㎡）", sortable=True, synonyms=("建筑面积", "面积", "建设规模", "面积平方米")),
        Column(
            "contract_amount",
            "合同价格（万元）",
            shown=False,
            sortable=True,
            synonyms=("合同价格", "合同价", "合同金额", "合同造价", "工程造价"),
        ),
        Column(
            "permit_number",
            "施工许可证编号",
            filter="icontains",
            width=24,
            synonyms=("施工许可证", "许可证编号", "施工许可证号"),
        ),
        Column("permit_date", "施工许可证发证日期", shown=False, synonyms=("发证日期", "许可日期")),
        Column(
            "supervision_number", "安全监督登记号", shown=False, width=20, synonyms=("安监号", "报监编号", "监督登记号")
        ),
        Column("started_on", "开工日期", sortable=True, filter="range", synonyms=("开工时间", "实际开工日期")),
        Column("planned_end", "计划竣工日期", shown=False, sortable=True, synonyms=("竣工日期", "计划竣工时间")),
        Column("address", "建设地点", shown=False, width=36, synonyms=("工程地点", "项目地址", "地址", "工程地址")),
        Column("longitude", "经度", shown=False),
        Column("latitude", "纬度", shown=False),
    )
    views = (
        View("underway", "在建", at_stage(*UNDERWAY)),
        View("not_started", "未开工", at_stage(Stage.NOT_STARTED)),
        View("suspended", "停工", at_stage(Stage.SUSPENDED), hot=True),
        View("completed", "竣工", at_stage(Stage.COMPLETED)),
    )

    def rows(self, user: Any) -> QuerySet:
        return (
            super()
            .rows(user)
            .annotate(
                owner_name=name_of_party(PartyRole.OWNER), supervision_name=name_of_party(PartyRole.SUPERVISION_FIRM)
            )
        )

    def card(self, record: Project) -> dict[str, str]:
        firm = record.enterprise.name if record.enterprise else "施工单位未登记"
        return {
            "title": record.name,
            "sub": f"{record.region.name}　{firm}",
            "state": stage_cell(record),
            "due": "",
        }


def scale_cell(work: DangerousWork) -> str:
    if work.is_super:
        return "超过一定规模"
    return "危大" if work.is_dangerous else "未达标准"


def work_state_cell(work: DangerousWork) -> str:
    return state_dot(WORK_TONES[WorkState(work.state)], work.get_state_display())


@registry.add
class DangerousWorkRegister(Register):
    """危大工程清单: who sees the project sees its dangerous works."""

    name = "dangerous_works"
    label = "危大工程"
    model = DangerousWork
    related = ("project__region", "project__enterprise__organisation")
    search = ("name", "project__name", "project__number")
    form_class = DangerousWorkForm
    save = staticmethod(save_dangerous_work)
    columns = (
        Column("name", "名称", width=30, synonyms=("危大工程名称", "分部分项工程", "工程名称")),
        Column("project.name", "项目名称", filter="icontains", width=36),
        Column("project.number", "项目编号", shown=False, width=22, synonyms=("工程编号",), reference="number"),
        region_column(label="所属区域", of="project__region_path", synonyms=("区域", "区县")),
        Column("project.enterprise.organisation.name", "施工总承包单位", shown=False, width=30),
        Column("category", "危大工程类别", filter="exact", width=30, synonyms=("类别", "工程类别", "危大类别")),
        Column("is_super", "超过一定规模", filter="exact", cell=scale_cell, synonyms=("是否超危大", "超危大")),
        Column("is_dangerous", "达到危大标准", filter="exact", shown=False, synonyms=("是否危大",)),
        Column("place", "部位", synonyms=("施工部位", "位置")),
        Column("state", "状态", filter="exact", cell=work_state_cell),
        Column("planned_start", "计划开始", sortable=True, filter="range", synonyms=("计划开始日期", "计划施工时间")),
        Column("planned_end", "计划完成", sortable=True, synonyms=("计划完成日期",)),
        Column("started_on", "实际开始", shown=False, sortable=True, synonyms=("实际开始日期",)),
        Column("ended_on", "实际完成", shown=False, sortable=True, synonyms=("实际完成日期",)),
        Column("criterion", "判定依据", shown=False, width=60),
    )
    views = (
        View("open", "未完成", lambda user: Q(is_dangerous=True) & ~Q(state=WorkState.FINISHED)),
        View("super", "超过一定规模", lambda user: Q(is_super=True) & ~Q(state=WorkState.FINISHED)),
        View("underway", "施工中", lambda user: Q(state=WorkState.UNDERWAY)),
        View(
            "late",
            "超过计划完成",
            lambda user: ~Q(state=WorkState.FINISHED) & Q(planned_end__lt=timezone.localdate()),
            hot=True,
        ),
    )

    def is_late(self, record: DangerousWork) -> bool:
        ends = record.planned_end
        return ends is not None and ends < timezone.localdate() and record.state != WorkState.FINISHED

    def ops(self, record: DangerousWork, user: Any) -> list[dict[str, str]]:
        project = reverse("projects:dangerous", args=[record.project.number])
        return [{"label": "查看", "url": self.row_url(record)}, {"label": "项目", "url": project}]

    def card(self, record: DangerousWork) -> dict[str, str]:
        return {
            "title": record.name,
            "sub": record.project.name,
            "state": work_state_cell(record),
            "due": scale_cell(record),
        }
