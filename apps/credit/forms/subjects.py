"""Whom a finding is about, as forms ask it: an enterprise within reach, and where it is about a person, one of its."""

from typing import Any

from django.core.exceptions import ValidationError

from apps.enterprises.models import Enterprise
from apps.people.models import Person


class AboutSubject:
    """Mix-in for forms with the fields `enterprise` and `person`, before ScopedModelForm."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_enterprise(self) -> Enterprise:
        enterprise = self.cleaned_data["enterprise"]
        if not Enterprise.objects.visible_to(self.user).filter(pk=enterprise.pk).exists():
            raise ValidationError("该企业不在您的管辖范围内，请由其注册地或工程所在地的主管部门办理")
        return enterprise

    def named(self, name: str, firm: Enterprise | None) -> Person | None:
        """The person of this name at the firm; tells the field where there is none, or more than one."""
        if not name or firm is None:
            return None
        found = list(Person.objects.visible_to(self.user).filter(employer=firm, name=name)[:2])
        if len(found) != 1:
            told = f"{firm} 有多名人员叫“{name}”" if found else f"{firm} 没有名为“{name}”的在册人员"
            self.add_error("person", told)  # type: ignore[attr-defined]
            return None
        return found[0]
