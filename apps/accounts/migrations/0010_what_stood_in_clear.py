from typing import Any

from django.db import migrations

from apps.core.encrypting import encrypt_column


def encrypt_telephones(registry: Any, schema_editor: Any) -> None:
    encrypt_column(schema_editor.connection, "accounts_user", "phone", context="accounts.user.phone")


class Migration(migrations.Migration):
    """Telephone numbers that were entered before they were encrypted; outside a transaction, batch by batch."""

    atomic = False
    dependencies = [("accounts", "0009_telephones_stand_encrypted")]

    operations = [migrations.RunPython(encrypt_telephones, migrations.RunPython.noop)]
