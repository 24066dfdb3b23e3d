from django.apps import AppConfig


class ExamsConfig(AppConfig):
    name = "apps.exams"
    verbose_name = "考试考核"

    def ready(self) -> None:
        from apps.core import words
        from apps.exams.models import AttemptState, ExamState
        from apps.exams.workflow import EXAM

        words.say(
            titles={
                "started": "开始作答",
                "handed_in": "交卷",
                "collected": "到时收卷",
                "replaced": "另存为新题",
                "kiosk_opened": "开启考试终端",
                "kiosk_closed": "关闭考试终端",
            },
            states=dict(ExamState.choices) | dict(AttemptState.choices),
            labels={"pool_size": "试题范围题数", "replaced_by": "替代的新题"},
            of={"exams.exam": {move.name: move.label for move in EXAM.transitions}},
        )
        # They add the lines of the digest.
        from apps.exams import duties  # noqa: F401
