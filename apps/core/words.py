"""Words for what stands in the database as codes: events, their facts and states, and dictionaries.

Each app says its own when it is ready.
"""

from collections.abc import Mapping

from django.apps import apps
from django.db import models

VERBS: dict[str, str] = {"registered": "登记", "changed": "修改", "imported": "导入"}
"""Events of every kind of record; a history adds what was registered or changed."""
TITLES: dict[str, str] = {"exported": "导出", "downloaded": "下载"}
OWN_TITLES: dict[tuple[str, str], str] = {}
"""Titles of events that are called otherwise with another kind of record, by the record's type and their name."""
LABELS: dict[str, str] = {
    "reason": "理由",
    "register": "台账",
    "rows": "行数",
    "filter": "筛选",
    "file": "文件",
    "sha256": "SHA-256",
    "incomplete": "信息不全",
}
STATES: dict[str, str] = {
    "queued": "排队中",
    "running": "进行中",
    "done": "已完成",
    "failed": "失败",
    "cancelled": "已取消",
}
"""Of jobs; the apps add those of their records."""
DICTIONARIES: dict[str, str] = {}

Words = Mapping[str, str]


def say(
    *,
    titles: Words | None = None,
    labels: Words | None = None,
    states: Words | None = None,
    dictionaries: Words | None = None,
    of: Mapping[str, Words] | None = None,
) -> None:
    """An app's own words: titles of events, labels of facts that are no fields, states, names of dictionaries.

    `of` are titles that hold for one type of record alone; they are anybody's only while nobody says otherwise.
    """
    TITLES.update(titles or {})
    for record_type, own in (of or {}).items():
        OWN_TITLES.update({(record_type, name): title for name, title in own.items()})
        TITLES.update(dict(own) | TITLES)
    LABELS.update(labels or {})
    STATES.update(states or {})
    DICTIONARIES.update(dictionaries or {})


# Choices of columns, so that page, filter, export and API all show words.


def event_titles() -> list[tuple[str, str]]:
    return sorted((VERBS | TITLES).items(), key=lambda pair: pair[1])


def record_types() -> list[tuple[str, str]]:
    return [(model._meta.label_lower, str(model._meta.verbose_name)) for model in project_models()]


def state_words() -> list[tuple[str, str]]:
    return list(STATES.items())


def dictionaries() -> list[tuple[str, str]]:
    return list(DICTIONARIES.items())


def model_of(record_type: str) -> type[models.Model] | None:
    """The model that an event speaks of; None for one that later releases no longer have."""
    try:
        return apps.get_model(record_type)
    except (LookupError, ValueError):
        return None


def project_models() -> list[type[models.Model]]:
    """Models of our own apps that people have a name for; histories kept by triggers have none of their own."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("apps.")]
    return [model for model in ours if not hasattr(model, "pgh_tracked_model")]


def title_word(record_type: str, name: str) -> str:
    """What an event is called with this kind of record."""
    return OWN_TITLES.get((record_type, name)) or (VERBS | TITLES).get(name, name)


def state_word(record_type: str, code: str) -> str:
    """A state in the words of its own kind of record: the same code is called otherwise with another."""
    model = model_of(record_type)
    fields = {field.name: field for field in model._meta.concrete_fields} if model else {}
    own = dict(fields["state"].flatchoices) if "state" in fields else {}
    return str(own.get(code) or STATES.get(code, code))


def words_of(choices: type[models.TextChoices], none: str = "") -> type[models.Func]:
    """In SQL, the words for an array of these codes, in the order of the choices; `none` for an empty one."""
    told = ", ".join(f"('{choice.value}', '{choice.label}', {n})" for n, choice in enumerate(choices))
    template = f"""coalesce((
        SELECT string_agg(word, '、' ORDER BY place) FROM (VALUES {told}) AS told (code, word, place)
         WHERE code = ANY(%(expressions)s)), '{none}')"""  # noqa: S608  (our own words)
    return type("Words", (models.Func,), {"template": template, "output_field": models.TextField()})
