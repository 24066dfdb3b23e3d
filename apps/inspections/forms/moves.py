"""What is said with each move of a visit."""

from apps.core.forms import RecordForm, text
from apps.inspections.forms.publication import PublishForm


class CancelForm(RecordForm):
    cancel_reason = text("取消理由", most=1000, min_length=5)


MOVE_FORMS: dict[str, type[RecordForm]] = {
    "start": RecordForm,
    "submit": RecordForm,
    "publish": PublishForm,
    "cancel": CancelForm,
}
