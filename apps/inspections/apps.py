from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "apps.inspections"
    verbose_name = "监督检查"

    def ready(self) -> None:
        from apps.inspections import draw_words

        draw_words.say()
        # They connect signals, and add the registers.
        from apps.inspections import draw_receivers  # noqa: F401
        from apps.inspections.registers import draws  # noqa: F401
