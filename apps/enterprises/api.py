"""The API of enterprises."""

from apps.core.api.viewsets import register_viewset
from apps.core.registers import registry
from apps.enterprises.registers import EnterpriseRegister

VIEWSETS = {
    "enterprises": register_viewset(
        registry[EnterpriseRegister.name],
        create_example={
            "name": "河北示例建设集团有限公司",
            "short_name": "示例建设",
            "uscc": "91130102MA0ABCDE1W",
            "kind": "contractor",
            "region": "130102",
            "qualification": "建筑工程施工总承包一级",
            "safety_licence": "（冀）JZ安许证字〔2024〕000001",
            "safety_licence_until": "2027-06-30",
            "legal_representative": "张某",
        },
        change_example={"qualification": "建筑工程施工总承包特级"},
    )
}
