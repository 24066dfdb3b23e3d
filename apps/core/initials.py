"""The letters with which the pinyin of a name begins (拼音首字母): 长安宽谷 is found by cakg."""

import unicodedata
from collections.abc import Callable
from typing import Any

from django.db import connection, models

# Surnames that are read otherwise than the same character elsewhere (多音字姓氏).
SURNAMES = {
    "曾": "z",
    "单": "s",
    "仇": "q",
    "解": "x",
    "查": "z",
    "翟": "z",
    "区": "o",
    "盖": "g",
    "乐": "y",
    "覃": "q",
}
CHUNK = 5_000
Letters = Callable[[str], list[str]]


def letters_of(text: str) -> list[str]:
    """A letter for each character of the text: of its pinyin, or itself; nothing for punctuation."""
    # Here, since its tables cost memory that only those pay who save or show names.
    from pypinyin import Style, lazy_pinyin

    folded = "".join(unicodedata.normalize("NFKC", character)[:1] for character in text)
    each: Any = list  # what is no Chinese character stands for itself
    read = lazy_pinyin(folded, style=Style.FIRST_LETTER, errors=each)
    return [letter[:1].lower() if letter[:1].isascii() and letter[:1].isalnum() else "" for letter in read]


def letters_of_person(name: str) -> list[str]:
    letters = letters_of(name)
    return [SURNAMES.get(name[0], letters[0]), *letters[1:]] if letters else []


class InitialsField(models.CharField):
    """The initials of another field of the row, written whenever the row is saved."""

    def __init__(self, of: str = "name", *, person: bool = False, **kwargs: Any) -> None:
        self.of, self.person = of, person
        usual: dict[str, Any] = {"blank": True, "default": "", "editable": False, "db_collation": "C"}
        super().__init__(**usual | kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of, "person": self.person}

    def initials(self, text: str) -> str:
        return "".join(letters_of_person(text) if self.person else letters_of(text))[: self.max_length]

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        initials = self.initials(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, initials)
        return initials


def fill_initials(model: type[models.Model]) -> int:
    """Write the initials of rows that have none though named: those from before, and those that came by COPY.

    One statement for thousands of different names, so a million persons take as long as their names do.  Master
    data is not changed by it, therefore neither version nor history moves.
    """
    fields = [field for field in model._meta.concrete_fields if hasattr(field, "initials")]
    return sum(fill(model, field) for field in fields)


def fill(model: type[models.Model], field: Any) -> int:
    named: Any = model._meta.get_field(field.of)
    table, name, column = model._meta.db_table, named.column, field.column
    written = 0
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT DISTINCT "{name}" FROM "{table}" WHERE "{column}" = \'\' AND "{name}" <> \'\'')  # noqa: S608
        names = [text for (text,) in cursor.fetchall()]
        for start in range(0, len(names), CHUNK):
            known = [(text, field.initials(text)) for text in names[start : start + CHUNK]]
            cursor.execute(
                f'UPDATE "{table}" t SET "{column}" = k.initials'  # noqa: S608
                " FROM unnest(%s::text[], %s::text[]) k (name, initials)"
                f' WHERE t."{name}" = k.name AND t."{column}" = \'\'',
                [list(column_values) for column_values in zip(*known, strict=True)],
            )
            written += cursor.rowcount
    return written
