from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "apps.coverage"
    verbose_name = "培训覆盖率"
