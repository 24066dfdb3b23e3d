from django.apps import AppConfig


class HazardsConfig(AppConfig):
    name = "apps.hazards"
    label = "hazards"
    verbose_name = "隐患治理"

    def ready(self) -> None:
        from apps.core import history
        from apps.core.models import DictionaryEntry

        # They connect signals, and add the register, the project page's tab and the lines of the digest.
        from apps.hazards import of_project, receivers, registers  # noqa: F401
        from apps.hazards.dictionaries import NAMES
        from apps.hazards.services import digest  # noqa: F401
        from apps.hazards.workflow import HAZARD

        DictionaryEntry.KIND_LABELS.update(NAMES)
        history.say(titles={move.name: move.label for move in HAZARD.transitions})
