from django.apps import AppConfig


class HazardsConfig(AppConfig):
    name = "apps.hazards"
    label = "hazards"
    verbose_name = "隐患治理"

    def ready(self) -> None:
        from apps.core import words
        from apps.hazards.dictionaries import DICTIONARIES
        from apps.hazards.models import State
        from apps.hazards.workflow import HAZARD

        words.say(
            titles={"switched_on": "启用", "switched_off": "停用"}
            | {move.name: move.label for move in HAZARD.transitions},
            labels={"handler_name": "经办人姓名", "deadline_before": "原整改期限"},
            states=dict(State.choices),
            dictionaries=DICTIONARIES,
        )
        # They connect signals, and add the register, the project page's tab and the lines of the digest.
        from apps.hazards import ladder_register, of_project, papers, receivers, registers  # noqa: F401
        from apps.hazards.services import digest  # noqa: F401
