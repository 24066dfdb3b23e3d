from django.apps import AppConfig


class AccidentsConfig(AppConfig):
    name = "apps.accidents"
    verbose_name = "生产安全事故"

    def ready(self) -> None:
        from apps.accidents.models import AccidentState
        from apps.accidents.workflow import ACCIDENT
        from apps.core import words

        words.say(
            titles={"reported": "上报事故"} | {move.name: move.label for move in ACCIDENT.transitions},
            labels={"liable": "责任单位", "liable_named": "责任单位", "remark": "备注"},
            states=dict(AccidentState.choices),
        )
        # They connect signals, and add the register and the lines of the digest.
        from apps.accidents import duties, keeping, receivers, registers  # noqa: F401
