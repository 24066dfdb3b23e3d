from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "apps.coverage"
    verbose_name = "培训覆盖率"

    def ready(self) -> None:
        # They add the lines of the digest and the tab of projects.
        from apps.coverage import duties  # noqa: F401
        from apps.coverage.views import of_project  # noqa: F401
