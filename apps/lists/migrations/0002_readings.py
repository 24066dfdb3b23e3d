from typing import Any

from django.db import migrations
from django.utils import timezone

from apps.lists.readings import load


def forwards(apps: Any, editor: Any) -> None:
    load(apps.get_model("lists", "ListSet"), apps.get_model("lists", "ListType"), timezone.localdate())


class Migration(migrations.Migration):
    dependencies = [("lists", "0001_initial")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
