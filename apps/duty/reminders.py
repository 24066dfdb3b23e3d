"""Telling officers in the evening of a log that nobody has written yet; each of a site's days once."""

from collections.abc import Iterator
from datetime import time

from django.db.models import Exists, OuterRef
from django.utils import timezone

from apps.duty.models import SafetyLog
from apps.duty.services.logs import url_of
from apps.notifications.models import Level
from apps.notifications.services import Notice, notify_all
from apps.projects.models import Post, ProjectMember
from apps.roster.models import Attendance

EVENING = time(17, 0)
"""From this hour on the day's work is mostly done."""


def remind_of_logs() -> int:
    """How many were told; before the evening nobody is."""
    if timezone.localtime().time() < EVENING:
        return 0
    return notify_all(missing_logs())


def missing_logs() -> Iterator[Notice]:
    """One for each officer of each site that had attendance today and has no log."""
    today = timezone.localdate()
    logs = SafetyLog.objects.filter(project=OuterRef("project"), day=today)
    came = Attendance.objects.filter(project=OuterRef("project"), day=today)
    posts = ProjectMember.objects.current(today).filter(post=Post.PROJECT_SAFETY_OFFICER, user__isnull=False)
    for member in posts.filter(Exists(came), ~Exists(logs)).select_related("project").order_by("pk"):
        yield Notice(
            recipient_id=member.user_id or 0,
            kind="safety_log_missing",
            title=f"今天的安全日志还没有写：{member.project.name}",
            url=url_of(member.project, today),
            dedupe_key=f"safety-log:{member.project_id}:{today}",
            level=Level.MUST_DO,
        )
