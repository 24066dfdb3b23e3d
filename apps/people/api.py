"""The API of persons: identity and telephone numbers go out masked, whoever asks."""

from apps.core.api.viewsets import register_viewset
from apps.core.registers import registry
from apps.people.registers import PersonRegister

VIEWSETS = {
    "people": register_viewset(
        registry[PersonRegister.name],
        create_example={
            "name": "李某",
            "id_number": "130102199003078515",
            "employer": "91130102MA0ABCDE1W",
            "post": "专职安全员",
        },
        change_example={"post": "项目安全员"},
    )
}
