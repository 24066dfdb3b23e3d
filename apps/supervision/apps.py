from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "apps.supervision"
    verbose_name = "督办与处置"

    def ready(self) -> None:
        from apps.core import words
        from apps.supervision.models import ListingState, StopState, TransferState
        from apps.supervision.workflow import LISTING, STOP_WORK, TRANSFER

        tables = (LISTING, STOP_WORK, TRANSFER)
        words.say(
            titles={"proposed": "提出挂牌督办"} | {move.name: move.label for t in tables for move in t.transitions},
            states=dict(ListingState.choices) | dict(StopState.choices) | dict(TransferState.choices),
        )
        # They connect signals, and add the registers and the lines of the digest.
        from apps.supervision import duties, receivers, registers  # noqa: F401
