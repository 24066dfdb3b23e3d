from typing import Any

from django.db import migrations

from apps.credit.workflow import PERMIT
from apps.notifications.kinds import add_kinds, of_moves


def fill(apps: Any, schema_editor: Any) -> None:
    """That a suspension ended because the permit was revoked; those that are there already stay as an office set them."""
    kinds = of_moves("permitcase", "安许证处置", PERMIT.transitions)
    add_kinds(apps.get_model("notifications", "MessageKind"), kinds, {"permitcase_end_by_revocation"})


class Migration(migrations.Migration):
    dependencies = [("credit", "0016_terms_kept_by_the_database"), ("notifications", "0004_ways_out")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
