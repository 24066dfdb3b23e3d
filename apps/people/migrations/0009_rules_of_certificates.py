from typing import Any

from django.db import migrations

from apps.people.reference import load


def load_rules(registry: Any, schema_editor: Any) -> None:
    load(registry.get_model("people", "CertificateRule"), "certificate_rules", ("kind", "effective_from"))


class Migration(migrations.Migration):
    dependencies = [("people", "0008_certificate_rules")]

    operations = [migrations.RunPython(load_rules, migrations.RunPython.noop)]
