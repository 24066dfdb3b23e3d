from django.apps import AppConfig


class RisksConfig(AppConfig):
    name = "apps.risks"
    label = "risks"
    verbose_name = "风险管控"

    def ready(self) -> None:
        from apps.core import words
        from apps.risks.dictionaries import DICTIONARIES
        from apps.risks.models import MEASURE_FIELDS, State
        from apps.risks.workflow import RISK

        words.say(
            titles={move.name: move.label for move in RISK.transitions},
            labels={
                **{field: kind.label for field, kind in MEASURE_FIELDS.items()},
                "raised_to": "人工提高至",
                "checked_on": "检查日期",
                "effective": "有效措施",
                "failed": "失效措施",
                "remark": "备注",
            },
            states=dict(State.choices),
            dictionaries=DICTIONARIES,
        )
        # They connect signals, and add the registers, the lines of the digest and the project page's tab.
        from apps.risks import digest, receivers, registers  # noqa: F401
        from apps.risks.views import of_project  # noqa: F401
