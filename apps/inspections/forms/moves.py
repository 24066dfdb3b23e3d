"""What is said with each move of a visit."""

from typing import Any

from apps.core.forms import RecordForm, text
from apps.inspections.adjusting import TELLS_ALL
from apps.inspections.forms.publication import PublishForm


class CancelForm(RecordForm):
    cancel_reason = text("取消理由", most=1000, min_length=5)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if getattr(self.record, "draw_id", None):
            self.fields["cancel_reason"].help_text = TELLS_ALL


MOVE_FORMS: dict[str, type[RecordForm]] = {
    "start": RecordForm,
    "submit": RecordForm,
    "publish": PublishForm,
    "cancel": CancelForm,
}
