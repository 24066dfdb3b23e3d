"""docs/data_dictionary.json agrees with the models, their foreign keys and the triggers of the database."""

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from apps.dashboards.data_dictionary import INTERNAL, PUBLIC, SCOPES, data_dictionary, tracked
from apps.dashboards.management.commands.data_dictionary import as_json

BY_TABLE = {model._meta.db_table: model for model in apps.get_models()}
TABLES = data_dictionary()
tables = pytest.mark.parametrize("table", TABLES)
# Names of columns that speak of a person wherever they stand.
TELLING = {"phone", "phone_masked", "email", "id_number", "id_index", "id_masked", "leader", "legal_representative"}


def test_file_is_what_the_command_writes() -> None:
    written = (settings.BASE_DIR / "docs" / "data_dictionary.json").read_text(encoding="utf-8")
    assert written == as_json(), "run manage.py data_dictionary"


@tables
def test_every_row_belongs_to_somebody_or_is_said_not_to(table: str) -> None:
    line = TABLES[table]
    assert bool(line["scopes"]) == (line["kind"] == "scoped")


def test_exceptions_are_named_once_and_exist() -> None:
    labels = [*SCOPES, *PUBLIC, *INTERNAL]
    assert len(labels) == len(set(labels))
    assert set(labels) <= {model._meta.label for model in apps.get_models()}


@tables
@pytest.mark.django_db
def test_paths_lead_over_foreign_keys_to_a_key_of_scope(table: str) -> None:
    for kind, path in TABLES[table]["scopes"].items():
        model, field = column_at(BY_TABLE[table], path)
        if kind == "region":
            assert field.name == "region_path"
        else:
            assert field.primary_key or field.is_relation or field.column in foreign_keys(model._meta.db_table)


def column_at(model: type[models.Model], path: str) -> tuple[type[models.Model], Any]:
    *steps, last = path.split(".")
    for step in steps:
        field: Any = next(f for f in model._meta.concrete_fields if f.attname == step)
        assert field.is_relation, f"{model._meta.label}.{step} is no foreign key"
        model = field.related_model
    return model, next(f for f in model._meta.concrete_fields if f.attname == last)


def foreign_keys(table: str) -> set[str]:
    """The columns of the table that a foreign key of the database holds, also those that Django knows nothing of."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table).values()
    return {column for constraint in found if constraint["foreign_key"] for column in constraint["columns"]}


@tables
def test_personal_columns_are_columns_and_none_is_forgotten(table: str) -> None:
    columns = {field.name for field in BY_TABLE[table]._meta.concrete_fields}
    personal = set(TABLES[table]["personal"])
    assert personal <= columns
    assert columns & TELLING <= personal


@tables
@pytest.mark.django_db
def test_append_only_is_what_the_database_refuses(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE '%%append_only%%'", [table]
        )
        assert bool(cursor.fetchone()[0]) == TABLES[table]["append_only"]


def test_history_tables_follow_what_they_keep() -> None:
    kept = {table for table, model in BY_TABLE.items() if tracked(model) is not model}
    assert {"enterprises_enterpriseevent", "people_personevent", "projects_projectevent"} <= kept
    assert TABLES["projects_projectevent"]["scopes"]["region"] == "pgh_obj_id.region_path"
