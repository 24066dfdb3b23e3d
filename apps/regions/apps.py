from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "apps.regions"
    verbose_name = "行政区划"

    def ready(self) -> None:
        from apps.core import words

        words.say(titles={"renamed": "更名"}, labels={"on": "启用日期", "source": "依据"})
