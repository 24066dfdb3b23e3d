from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "apps.inspections"
    verbose_name = "监督检查"

    def ready(self) -> None:
        # They connect signals, say the app's words, and add the registers and the lines of the digest.
        from apps.inspections import duties, receivers, vocabulary  # noqa: F401
        from apps.inspections.registers import draws, findings, libraries, objects, plans, second_looks, visits  # noqa: F401
