"""The API of projects and dangerous works."""

from apps.core.api.viewsets import register_viewset
from apps.core.registers import registry
from apps.projects.registers import DangerousWorkRegister, ProjectRegister

VIEWSETS = {
    "projects": register_viewset(
        registry[ProjectRegister.name],
        create_example={
            "number": "130102-2026-0001",
            "name": "示例家园二期",
            "region": "130102",
            "address": "长安区示例路1号",
            "kind": "residential",
            "structure": "shear_wall",
            "area_m2": "48000",
            "stage": "structure",
            "started_on": "2026-03-01",
            "general_contractor": "91130102MA0ABCDE1W",
            "general_contractor_leader": "王某",
        },
        change_example={"stage": "decoration"},
    ),
    "dangerous_works": register_viewset(
        registry[DangerousWorkRegister.name],
        create_example={
            "project": "130102-2026-0001",
            "category": "pit",
            "excavation_depth": "6.5",
            "name": "3号楼基坑支护与土方开挖",
            "place": "3号楼",
            "planned_start": "2026-04-01",
            "planned_end": "2026-06-30",
        },
        change_example={"started_on": "2026-04-03"},
    ),
}
