"""What moves of many workflows write or refuse beside their state."""

from collections.abc import Callable

from django.utils import timezone

from apps.core.workflow import Step, TransitionRefused


def stamp(*names: str) -> Callable[[Step], None]:
    """The database's time and the person on the record: stamp("verified") sets verified_at and, if any, verified_by."""

    def effect(step: Step) -> None:
        for name in names:
            setattr(step.record, f"{name}_at", step.at)
            if hasattr(step.record, f"{name}_by_id"):
                setattr(step.record, f"{name}_by", step.by)

    return effect


def not_in_future(*names: str) -> Callable[[Step], None]:
    def effect(step: Step) -> None:
        for name in names:
            day = step.facts.get(name)
            if day and day > timezone.localdate(step.at):
                label = step.record._meta.get_field(name).verbose_name
                raise TransitionRefused(f"{label}不能晚于今天")

    return effect
