"""What is said with each move of a visit."""

from typing import Any

from apps.core.forms import RecordForm, text
from apps.inspections.models import Visit


class PublishForm(RecordForm):
    public_result = text(
        "公示结果", most=2000, min_length=5, help_text="将在公示页面公开，不要写个人姓名、联系方式等个人信息"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["public_result"].initial = proposed_result(self.record)


def proposed_result(visit: Visit) -> str:
    """What the record says, without names of persons."""
    told = visit.record
    if not told:
        return ""
    summary, found = told["summary"], len(told["findings"])
    score = f"汇总得分 {summary['score']} 分，评定{summary['grade']}；" if summary["score"] else ""
    problems = f"发现问题 {found} 条，已责令整改。" if found else "未发现问题。"
    return f"{score}{problems}"


class CancelForm(RecordForm):
    cancel_reason = text("取消理由", most=1000, min_length=5)


MOVE_FORMS: dict[str, type[RecordForm]] = {
    "start": RecordForm,
    "submit": RecordForm,
    "publish": PublishForm,
    "cancel": CancelForm,
}
