from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "apps.inspections"
    verbose_name = "监督检查"

    def ready(self) -> None:
        from apps.core import words
        from apps.inspections.models import VisitState
        from apps.inspections.workflow.visit import VISIT

        words.say(
            titles={move.name: move.label for move in VISIT.transitions}
            | {"supplemented": "补充记录", "withdrawn": "停用"},
            labels={
                "record_sha256": "记录校验值",
                "hazards": "隐患",
                "papers": "执法文书",
                "publish_by": "公示期限",
                "public_result": "公示结果",
                "cancel_reason": "取消理由",
                "team": "检查组",
                "tables": "检查表",
                "planned_on": "计划检查日期",
                "text": "补充内容",
                "withdrawn_from": "停用日期",
            },
            states=dict(VisitState.choices),
        )
        # They connect signals, and add the registers and the lines of the digest.
        from apps.inspections import draw_receivers, draw_words, duties, receivers, words_plans  # noqa: F401
        from apps.inspections.registers import draws, findings, libraries, objects, plans, visits  # noqa: F401

        draw_words.say()
