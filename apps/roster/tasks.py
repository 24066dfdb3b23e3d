"""What beat starts."""

from django.utils.timezone import localdate

from apps.core.db import db_now
from apps.core.partitions import make_ahead
from apps.core.tasks import task
from apps.roster.models import Attendance

AHEAD = 1
"""How many months after the current one have their partition."""


@task(name="roster.keep_partitions")
def keep_partitions() -> None:
    make_ahead(Attendance._meta.db_table, "day", "month", localdate(db_now()), AHEAD)
