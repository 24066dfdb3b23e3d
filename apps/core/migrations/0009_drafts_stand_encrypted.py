from typing import Any

from django.db import migrations

from apps.core.encrypting import encrypt_column


def encrypt_drafts(registry: Any, schema_editor: Any) -> None:
    encrypt_column(schema_editor.connection, "core_draft", "data", context="core.draft.data")


class Migration(migrations.Migration):
    """Drafts that were kept before they were encrypted; outside a transaction, batch by batch."""

    atomic = False
    dependencies = [("core", "0008_words_typed_and_files_forgotten")]

    operations = [migrations.RunPython(encrypt_drafts, migrations.RunPython.noop)]
