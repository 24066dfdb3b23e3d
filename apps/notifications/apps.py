from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "apps.notifications"
    verbose_name = "消息通知"

    def ready(self) -> None:
        from apps.notifications import registers  # noqa: F401  (adds them)
