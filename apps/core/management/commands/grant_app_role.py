"""Give the application's database role what it needs and no more.

It may read and write, but not create, alter or truncate; on append-only tables it may only add rows.
Run after each migration, as the role that owns the tables.
"""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connection

APP_ROLE = "hebei_app"


def append_only_tables() -> list[str]:
    """Tables of the models whose triggers protect updates and deletes of rows."""
    return [
        model._meta.db_table
        for model in apps.get_models()
        if any(t.name == "append_only" for t in getattr(model._meta, "triggers", ()))
    ]


class Command(BaseCommand):
    help = "Grant the role hebei_app its rights on the tables of this database."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
            if cursor.fetchone() is None:
                self.stdout.write(f"role {APP_ROLE} does not exist, nothing granted")
                return
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}")
            cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
            cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {APP_ROLE}")
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP_ROLE}")
            for table in append_only_tables():
                cursor.execute(f'REVOKE UPDATE, DELETE ON "{table}" FROM {APP_ROLE}')
