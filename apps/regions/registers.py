"""The tree of regions as a ledger: read by everybody, changed only by renaming."""

from typing import Any

from django.db.models import Q

from apps.core.registers import Column, Register, View, registry
from apps.regions.models import Region, RegionLevel


@registry.add
class RegionRegister(Register):
    name = "regions"
    label = "行政区划"
    model = Region
    key = "code"
    scope_kind = "public"
    related = ("parent", "unit")
    search = ("name", "code")
    order = ("path",)
    columns = (
        Column("name", "名称", sortable=True, width=24),
        Column("code", "代码", sortable=True),
        Column("level", "层级", filter="exact"),
        Column("kind", "类别"),
        Column("parent.name", "上级", filter="icontains"),
        Column("unit.name", "上报单位", filter="icontains"),
        Column("valid_from", "设立日期", shown=False),
    )
    views = (
        View("counties", "县（市、区）", lambda user: Q(level=RegionLevel.COUNTY)),
        View("zones", "开发区", lambda user: Q(level=RegionLevel.ZONE)),
    )

    def card(self, record: Any) -> dict[str, str]:
        return {"title": record.name, "sub": f"{record.code}　{record.get_level_display()}", "state": "", "due": ""}
