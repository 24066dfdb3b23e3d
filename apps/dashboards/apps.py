from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "apps.dashboards"
    label = "dashboards"
    verbose_name = "工作台与统计"

    def ready(self) -> None:
        # They register themselves, and kinds of jobs.
        from apps.dashboards import checks, statistics, statutory  # noqa: F401
        from apps.dashboards.todos import sequence
        from apps.hazards import neighbours

        neighbours.sequences["dashboards:home"] = sequence
