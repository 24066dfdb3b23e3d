"""The API of training: every register is read; trainings are run on pages."""

from apps.core.api.serializers import row_serializer
from apps.core.api.viewsets import RegisterViewSet, register_viewset
from apps.core.registers import registry
from apps.training.registers import TraineeRegister

TRAINEES = registry[TraineeRegister.name]


class TraineeRow(row_serializer(TRAINEES)):  # type: ignore[misc]
    """The rows are those of the roster; a name of its own tells the two apart in the description."""


VIEWSETS = {TRAINEES.name: register_viewset(TRAINEES, RegisterViewSet, row_class=TraineeRow)}
