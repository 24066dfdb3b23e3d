from django.apps import AppConfig


class RosterConfig(AppConfig):
    name = "apps.roster"
    verbose_name = "实名制管理"

    def ready(self) -> None:
        from apps.core import words

        words.say(titles={"set_aside": "不计入考勤", "switched_on": "启用", "switched_off": "停用"})
        # Say whom the roster still needs, and add the tab of projects.
        from apps.roster import keeping  # noqa: F401
        from apps.roster.views import of_project  # noqa: F401
