"""How firms and persons stand."""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.credit.cells import grade_cell
from apps.credit.models import CreditStanding, PermitCase, PermitState, PersonStanding
from apps.regions.choices import all_regions, region_column


def listed_cell(standing: Any) -> str:
    return ui.state_dot("red", "在列") if standing.is_listed else "否"


def of_letters(*letters: str) -> Callable[[Any], Q]:
    return lambda user: Q(grade__in=letters)


def permit_held(user: Any) -> Q:
    held = PermitCase.objects.filter(enterprise=OuterRef("enterprise_id"), state__in=PermitState.IN_FORCE)
    return Q(Exists(held))


POINTS = (
    Column("score", "信用得分", filter="", sortable=True, width=10),
    Column("grade", "信用等级", filter="exact", width=10, cell=grade_cell),
    Column("is_listed", "失信名单", filter="exact", width=10, cell=listed_cell),
    Column("project_points", "项目信用信息", width=12),
    Column("enterprise_points", "企业信用信息", width=12),
    Column("penalty_points", "行政处罚信息", width=12),
    Column("entries", "计分记录数", width=10),
    Column("changed_at", "最近变动时间", width=18, shown=False),
)


@registry.add
class StandingRegister(Register):
    """企业信用台账: one line for each firm, kept by the fold."""

    name = "credit"
    label = "企业信用"
    model = CreditStanding
    related = ("enterprise__organisation__region",)
    search = ("enterprise__organisation__name", "enterprise__organisation__initials", "enterprise__uscc")
    order = ("score", "pk")
    columns = (
        Column("enterprise.organisation.name", "企业名称", width=34),
        Column("enterprise.uscc", "统一社会信用代码", width=22),
        Column("enterprise.kind", "企业类型", filter="exact", width=10),
        region_column(
            "enterprise.organisation.region.name", "注册地", of="enterprise__region_path", choices=all_regions
        ),
        Column("enterprise.status", "企业状态", filter="exact", shown=False, width=10),
        *POINTS,
    )
    views = (
        View("recorded", "有计分记录", lambda user: Q(entries__gt=0)),
        View("listed", "在失信名单", lambda user: Q(is_listed=True), hot=True),
        View("worst", "D 级", of_letters("D"), hot=True),
        View("c", "C 级", of_letters("C")),
        View("good", "A、B 级", of_letters("A", "B")),
        View("held", "安许证暂扣或吊销", permit_held, hot=True),
    )

    def row_url(self, record: CreditStanding) -> str:
        return record.get_absolute_url()

    def is_late(self, record: CreditStanding) -> bool:
        return record.is_listed

    def card(self, record: CreditStanding) -> dict[str, str]:
        return {
            "title": record.enterprise.name,
            "sub": f"{record.enterprise.organisation.region.name}　{record.enterprise.uscc}",
            "state": grade_cell(record),
            "due": f"{record.score} 分",
        }


@registry.add
class PersonStandingRegister(Register):
    """个人信用台账: those of whom something was recorded; nobody outside of offices sees it."""

    name = "personal_credit"
    label = "个人信用"
    model = PersonStanding
    related = ("person__employer__organisation",)
    search = ("person__name", "person__initials", "person__employer__organisation__name")
    order = ("score", "pk")
    columns = (
        Column("person.name", "姓名", width=12),
        Column("person.id_masked", "身份证号码", width=22),
        Column("person.post", "职务或工种", width=16),
        Column("person.employer.organisation.name", "所在企业", width=34),
        *POINTS,
    )
    views = (
        View("worst", "D 级", of_letters("D"), hot=True),
        View("c", "C 级", of_letters("C")),
        View("good", "A、B 级", of_letters("A", "B")),
    )

    def row_url(self, record: PersonStanding) -> str:
        return record.get_absolute_url()

    def card(self, record: PersonStanding) -> dict[str, str]:
        return {
            "title": record.person.name,
            "sub": record.person.employer.name,
            "state": grade_cell(record),
            "due": f"{record.score} 分",
        }
