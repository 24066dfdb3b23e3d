from django.apps import AppConfig


class WagesConfig(AppConfig):
    name = "apps.wages"
    verbose_name = "工资分账"

    def ready(self) -> None:
        from apps.core import words

        words.say(labels={"payment_proof": "支付凭证"})
        # Adds the tab of projects, and to their list those without an account.
        from apps.wages import views  # noqa: F401
