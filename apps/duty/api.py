"""The API of duties reads; what an office sets is set on its pages."""

from apps.core.api.viewsets import RegisterViewSet, register_viewset
from apps.core.registers import registry
from apps.duty.registers import DutyTermRegister, LogItemRegister, WordingRegister

VIEWSETS = {
    register.name: register_viewset(registry[register.name], RegisterViewSet)
    for register in (DutyTermRegister, WordingRegister, LogItemRegister)
}
