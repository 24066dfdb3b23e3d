from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "apps.documents"
    label = "documents"
    verbose_name = "执法文书"

    def ready(self) -> None:
        from apps.core import words
        from apps.documents.models import PaperState, TemplateState
        from apps.documents.workflow import PAPER, TEMPLATE

        words.say(
            titles={move.name: move.label for move in (*PAPER.transitions, *TEMPLATE.transitions)},
            labels={
                "addressee": "受送达人",
                "recipient": "收件人",
                "manner": "送达方式",
                "served_on": "送达日期",
                "is_refused": "拒绝签收",
                "witnesses": "见证人",
                "remark": "备注",
                "starts_clock": "自送达起算期限",
                "replaced_by_number": "替换文书文号",
                "copied_from": "底稿",
                "wording": "所用模板",
            },
            states=dict([*PaperState.choices, *TemplateState.choices]),
        )
        # They connect a signal, and add the registers and the lines of the digest.
        from apps.documents import digest, receivers, registers  # noqa: F401
