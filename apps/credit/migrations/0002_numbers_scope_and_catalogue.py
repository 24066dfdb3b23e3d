"""Numbers, keys of scope that follow, and the catalogue that ships."""

from typing import Any

from django.db import migrations

from apps.credit.reference import load

# By table: its region is that of the firm's seat, its office's that of the office; both follow.
OF_FIRMS = ("creditentry", "blacklisting", "permitcase", "creditrepair")
SEQUENCES = ("entry", "listing", "permit", "repair", "certificate")


def follow(table: str) -> list[migrations.RunSQL]:
    keys = (
        ("firm", "enterprise_id, region_path", "enterprises_enterprise (organisation_id, region_path)"),
        ("office", "organisation_id, office_path", "accounts_organisation (id, region_path)"),
    )
    return [
        migrations.RunSQL(
            f"ALTER TABLE credit_{table} ADD CONSTRAINT {table}_follows_its_{name} FOREIGN KEY ({own})"
            f" REFERENCES {theirs} ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE",
            f"ALTER TABLE credit_{table} DROP CONSTRAINT {table}_follows_its_{name}",
        )
        for name, own, theirs in keys
    ]


def fill(apps: Any, schema_editor: Any) -> None:
    load(lambda name: apps.get_model("credit", name))


class Migration(migrations.Migration):
    dependencies = [
        ("credit", "0001_initial"),
        ("enterprises", "0002_enterprise_follows_its_organisation"),
    ]

    operations = [
        *(
            migrations.RunSQL(f"CREATE SEQUENCE credit_{name}_seq", f"DROP SEQUENCE credit_{name}_seq")
            for name in SEQUENCES
        ),
        *(operation for table in OF_FIRMS for operation in follow(table)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
