from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "apps.lists"
    label = "lists"
    verbose_name = "台账清单"

    def ready(self) -> None:
        from apps.core import words
        from apps.lists.models import STEPS
        from apps.lists.workflow import SNAPSHOT, State

        words.say(
            titles={move.name: move.label for move in SNAPSHOT.transitions}
            | {
                "frozen": "冻结",
                "reconciled": "核对",
                "settled": "处理差异",
                "activated": "启用清单体系",
                "deactivated": "停用清单体系",
                "names_confirmed": "确认名称",
            },
            labels={"differing": "不一致条数", **{step: f"{label}角色" for step, label in STEPS.items()}},
            # The ledger of hazards says what a draft is, and what is void.
            states={s.value: str(s.label) for s in (State.PREPARED, State.REVIEWED, State.APPROVED)},
        )
        # They add the registers, the kinds of jobs and the lines of the digest, and listen for signatures.
        from apps.lists import books, digest, receivers, registers  # noqa: F401
        from apps.lists.services import freezing  # noqa: F401
