from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "apps.duty"
    verbose_name = "履职管理"

    def ready(self) -> None:
        from apps.core import words
        from apps.duty.models import LeaveState
        from apps.duty.workflow import LEAVE

        words.say(
            titles={
                "duty_day_withdrawn": "撤销带班记录",
                "log_signed": "签署安全日志",
                "log_remarked": "补充说明",
                "breach_recorded": "记违诺",
            }
            | {move.name: move.label for move in LEAVE.transitions if move.name != "withdraw"},
            labels={"hazards": "登记的隐患", "text": "说明", "what": "违诺情况"},
            states=dict(LeaveState.choices),
            of={"duty.leave": {"withdraw": "撤回请假"}},
        )
        # They connect signals, and add lines of the digest, registers, the tab of projects, and needs of sites.
        from apps.duty import duties, keeping, receivers, registers, staffing  # noqa: F401
        from apps.duty.views import of_project  # noqa: F401
