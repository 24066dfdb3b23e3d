from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "apps.dashboards"
    label = "dashboards"
    verbose_name = "工作台与统计"

    def ready(self) -> None:
        from apps.dashboards import checks, statistics  # noqa: F401  (they register themselves, and a kind of job)
        from apps.dashboards.todos import sequence
        from apps.hazards import neighbours

        neighbours.sequences["dashboards:home"] = sequence
