from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "apps.core"
    label = "core"
    verbose_name = "平台基础"

    def ready(self) -> None:
        from apps.core import bulk, checks, exports  # noqa: F401  (registers the system checks and kinds of jobs)
        from apps.core.imports import jobs  # noqa: F401

        # A worker that never loads an address has to know every register too.
        autodiscover_modules("registers")
