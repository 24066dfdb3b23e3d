from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "apps.training"
    verbose_name = "教育培训"

    def ready(self) -> None:
        from apps.core import words
        from apps.training.models import SessionState
        from apps.training.workflow import SESSION

        titles = {
            "people_added": "加入参训人员",
            "people_dropped": "移出参训人员",
            "roll_called": "现场点名",
            "signed_in_to_training": "签到",
            "examined": "登记考核结果",
        }
        labels = {
            "people": "人员",
            "how": "方式",
            "session": "班次",
            "makes_up": "补训自",
            "credited": "计入人数",
            "count": "人数",
            "undone": "撤回人数",
            "late": "补录",
            "passed": "合格",
        }
        words.say(
            of={
                "training.session": {move.name: move.label for move in SESSION.transitions}
                | {"evidence_added": "添加照片和附件"}
            },
            titles=titles,
            labels=labels,
            states=dict(SessionState.choices),
        )
        # They connect signals, and add registers and the tabs of persons and projects.
        from apps.training import receivers, registers  # noqa: F401
        from apps.training.views import of_others  # noqa: F401
