from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "apps.projects"
    verbose_name = "工程项目"

    def ready(self) -> None:
        from apps.accounts.grants import grantable
        from apps.accounts.scopes import project_ids_from
        from apps.core import words
        from apps.enterprises.tabs import enterprise_tabs
        from apps.projects import keeping  # noqa: F401  (whom projects still need)
        from apps.projects.dangerous import parameters
        from apps.projects.models import Project
        from apps.projects.selectors import reached_ids
        from apps.projects.tabs import OF_ENTERPRISE

        project_ids_from(reached_ids)
        grantable(Project, key="number")
        enterprise_tabs.add(OF_ENTERPRISE, before="staff")
        words.say(
            titles={"contractor_changed": "变更施工总承包单位", "left": "参建单位退场"},
            labels={parameter.name: parameter.label for parameter in parameters().values()},
        )
