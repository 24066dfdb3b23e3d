"""What all forms share."""

import pytest

from apps.core.registers import registry
from tests.personas import persona

ROLES = ("inspector", "permit_officer", "safety_director", "system_admin", "security_admin")


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, register in registry.items() if register.form_class])
def test_no_choice_begins_with_dashes(name: str) -> None:
    register = registry[name]
    user = next(user for user in map(persona, ROLES) if register.may(user, "add"))
    page = register.form(user).as_p()
    assert "<select" in page or name in ("people", "hazards")
    assert "-----" not in page
