from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "apps.enterprises"
    verbose_name = "企业"

    def ready(self) -> None:
        from apps.core import words
        from apps.enterprises.models import MergeState
        from apps.enterprises.workflow import MERGE

        words.say(
            titles=EVENTS | {move.name: move.label for move in MERGE.transitions},
            labels=FACTS,
            states=dict(MergeState.choices),
        )
        from apps.enterprises import digest  # noqa: F401  (it registers itself)


EVENTS = {
    "merged_away": "并入其他企业",
    "took_over": "并入重复企业",
    "came_back": "撤销合并，恢复为单独的企业",
    "gave_back": "撤销合并，退回重复企业的记录",
    "late_rows_turned": "补移合并后写入的记录",
}
FACTS = {
    "other_firm": "另一家企业",
    "moved_rows": "移动的记录",
    "kept_rows": "保留的记录",
    "returned_rows": "退回的记录",
    "left_rows": "未退回的记录",
}
