"""Tables without domain words: events, outbox, jobs, files, dictionaries and what users leave half done."""

import uuid
from datetime import date
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.core.crypto import EncryptedJSONField
from apps.core.scoping import OpenQuerySet
from apps.core.words import dictionaries, event_titles, record_types, state_words


class Versioned(models.Model):
    """A record that can be edited: `version` counts its changes and is its ETag and its events' step."""

    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("登记时间", db_default=Now(), editable=False)

    class Meta:
        abstract = True


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: Any) -> Self:
        """The whole log, for those who audit; a record's own history is shown with the record."""
        return self.all() if user.has_perm("core.view_event") else self.none()

    def of(self, record: models.Model) -> Self:
        """The history of one record, oldest first."""
        return self.filter(record_type=record._meta.label_lower, record_id=str(record.pk)).order_by("id")

    def of_type(self, model: type[models.Model]) -> Self:
        return self.filter(record_type=model._meta.label_lower)


class Event(models.Model):
    """What was done to which record, by whom.  Rows are only ever added.

    There is no foreign key to the record: its history outlives it.  `actor` is empty for the system itself.
    `happened_at` is the database's clock, `leaf` the SHA-256 of the canonical JSON of all other columns
    (`apps.core.events.leaf_of`), so that `verify_audit` finds an altered row.
    """

    record_type = models.CharField("对象类型", max_length=60, choices=record_types)
    record_id = models.CharField("对象", max_length=40)
    step = models.PositiveIntegerField("步骤", null=True)
    name = models.CharField("事项", max_length=40, choices=event_titles)
    before = models.CharField("原状态", max_length=40, blank=True, choices=state_words)
    after = models.CharField("新状态", max_length=40, blank=True, choices=state_words)
    facts = models.JSONField("内容", default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    happened_at = models.DateTimeField("时间")
    leaf = models.BinaryField("校验值", max_length=32)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "操作日志"
        constraints = [
            models.UniqueConstraint(fields=["record_type", "record_id", "step"], name="event_step_happens_once"),
        ]
        indexes = [
            models.Index(fields=["record_type", "record_id", "id"], name="event_record"),
            models.Index(fields=["happened_at"], name="event_time"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="clock",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                # Outside the function, as entering it costs every event 4 µs.
                condition=pgtrigger.Condition("abs(extract(epoch FROM clock_timestamp() - NEW.happened_at)) > 600"),
                func="RAISE EXCEPTION 'an event carries the time of the database, not %', NEW.happened_at;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_type}:{self.record_id} {self.name}"


class OutboxEntry(models.Model):
    """Work to be done after the writing transaction has committed; the relay hands it to a worker.

    The row, not the queue, is the truth: `done_at` is set by the worker, and an entry whose lease ran out
    without being done is handed over again.  Losing Redis loses a wake-up, never work.
    """

    task = models.CharField("任务", max_length=100)
    arguments = models.JSONField("参数", default=dict)
    created_at = models.DateTimeField("产生时间", db_default=Now())
    leased_until = models.DateTimeField("处理期限", db_default=Now())
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    done_at = models.DateTimeField("完成时间", null=True)
    dead_at = models.DateTimeField("放弃时间", null=True)
    error = models.TextField("最近错误", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "待发任务"
        indexes = [
            models.Index(fields=["leased_until", "id"], condition=Q(done_at=None, dead_at=None), name="outbox_waiting")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="wake_relay",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="NOTIFY outbox; RETURN NULL;",
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} #{self.pk}"


class StoredFile(models.Model):
    """An uploaded or produced file; its bytes lie in the content-addressed store under `sha256`.

    Several rows may share the same bytes.  Files are served only through the record that shows them.  A row that is
    `forgotten_at` tells that a file was there; its bytes go unless another row holds them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    size = models.BigIntegerField("字节数")
    content_type = models.CharField("类型", max_length=100)
    original_name = models.CharField("文件名", max_length=120)
    forgotten_at = models.DateTimeField("内容删除时间", null=True, editable=False)
    created_at = models.DateTimeField("上传时间", db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="上传人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        triggers = [
            pgtrigger.ReadOnly(name="write_once", exclude=["forgotten_at"]),
        ]

    def __str__(self) -> str:
        return self.original_name


class JobState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


JOB_OPEN = (JobState.QUEUED, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Any) -> Self:
        """A job and its result belong to the person who started it."""
        return self.filter(created_by=user) if user.is_authenticated else self.none()

    def open(self) -> Self:
        return self.filter(state__in=JOB_OPEN)


class Job(models.Model):
    """Long work that a person started: it can be watched, left, found again and cancelled."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("类别", max_length=60)
    title = models.CharField("名称", max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发起人")
    params = models.JSONField("参数", default=dict, encoder=DjangoJSONEncoder)
    total = models.PositiveIntegerField("总数", default=0)
    done = models.PositiveIntegerField("已完成", default=0)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.QUEUED)
    cancel_requested = models.BooleanField("要求取消", default=False)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    error = models.TextField("失败原因", blank=True)
    result = models.JSONField("结果", default=dict, encoder=DjangoJSONEncoder)
    result_file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="结果文件")
    created_at = models.DateTimeField("发起时间", db_default=Now())
    started_at = models.DateTimeField("开始时间", null=True)
    heartbeat_at = models.DateTimeField("最近进展", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        indexes = [
            models.Index(fields=["created_by", "-created_at"], name="job_own"),
            models.Index(fields=["created_at"], condition=Q(state__in=["queued", "running"]), name="job_open"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in JOB_OPEN

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


class Slot(models.Model):
    """A periodic run that has been claimed: one row per job and slot keeps two beats from acting twice."""

    job = models.CharField("任务", max_length=100)
    slot = models.CharField("时段", max_length=40)
    claimed_at = models.DateTimeField("领取时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "定时任务记录"
        constraints = [models.UniqueConstraint(fields=["job", "slot"], name="slot_runs_once")]

    def __str__(self) -> str:
        return f"{self.job} {self.slot}"


class DictionaryQuerySet(OpenQuerySet["DictionaryEntry"]):
    def of(self, kind: str, on: date | None = None) -> Self:
        """The entries of one dictionary, in order; with a day, those in force on it."""
        rows = self.filter(kind=kind).order_by("position", "code")
        if on is None:
            return rows
        return rows.filter(Q(effective_from=None) | Q(effective_from__lte=on)).filter(
            Q(effective_to=None) | Q(effective_to__gte=on)
        )


class DictionaryEntry(Versioned):
    """One term of a dictionary that the authority may change without a release.

    `source` and `certainty` say where the term comes from; `is_sample` marks what no source confirms.
    """

    kind = models.CharField("字典", max_length=40, choices=dictionaries)
    code = models.CharField("代码", max_length=40)
    label = models.CharField("名称", max_length=100)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    synonyms = models.JSONField("同义写法", default=list, blank=True)
    effective_from = models.DateField("生效日期", null=True, blank=True)
    effective_to = models.DateField("失效日期", null=True, blank=True)
    source = models.CharField("来源", max_length=200, blank=True)
    certainty = models.CharField("把握程度", max_length=20, blank=True)
    is_sample = models.BooleanField("示例数据", default=False)

    objects = DictionaryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "数据字典"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code"], name="dictionary_code_once", violation_error_message="该字典中已有这个代码"
            ),
            models.CheckConstraint(
                name="dictionary_period_in_order",
                condition=Q(effective_from=None) | Q(effective_to=None) | Q(effective_from__lte=F("effective_to")),
                violation_error_message="失效日期不能早于生效日期",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class IdempotencyKey(models.Model):
    """The answer given to a client's key, so that the same request sent again gets the same answer."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "幂等键"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key


class Preference(models.Model):
    """What a user chose for themselves, such as the columns of a register.  Unknown content is ignored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    value = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "个人设置"
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="preference_once")]

    def __str__(self) -> str:
        return self.name


class ViewReach(models.TextChoices):
    """Who is offered a saved view."""

    MINE = "mine", "仅自己"
    ORGANISATION = "organisation", "本单位"
    EVERYONE = "everyone", "全部用户"


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: Any) -> Self:
        """Own ones, those of the user's organisation, and those for everybody; each finds what its reader may see."""
        if not getattr(user, "is_active", False):
            return self.none()
        shared = Q(reach=ViewReach.ORGANISATION, organisation_id=user.organisation_id)
        return self.filter(Q(owner=user) | shared | Q(reach=ViewReach.EVERYONE))


class SavedView(models.Model):
    """A list's filter, columns and order under a name (视图): one's own, one's organisation's, or everybody's.

    `query` is a query string of the list; a filter or column that is no longer offered is left out when it is used.
    """

    register = models.CharField("台账", max_length=40)
    name = models.CharField("名称", max_length=20)
    reach = models.CharField("可见范围", max_length=12, choices=ViewReach, default=ViewReach.MINE)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="保存人")
    # The organisation's key without a foreign key: organisations live in an app above this one.
    organisation_id = models.BigIntegerField("单位")
    query = models.TextField("条件", max_length=4000, blank=True)
    columns = models.JSONField("列", default=list)
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "视图"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "register", "name"],
                name="saved_view_named_once",
                violation_error_message="您已有同名的视图，请换一个名称",
            )
        ]
        indexes = [
            models.Index(fields=["register", "organisation_id"], name="saved_view_shared"),
        ]

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """A form that somebody has begun and not sent: nothing typed is lost when the page is left.

    People type anything into forms, so the words stand encrypted as a whole.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    data = EncryptedJSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "草稿"
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="draft_once")]

    def __str__(self) -> str:
        return self.name


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", "待核对列"
    CHECKED = "checked", "待确认"
    WRITING = "writing", "写入中"
    DONE = "done", "已导入"
    FAILED = "failed", "未导入"
    DISCARDED = "discarded", "已放弃"


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: Any) -> Self:
        """A workbook may hold anything, so only the person who uploaded it sees its import."""
        return self.filter(created_by=user) if user.is_authenticated else self.none()


class ImportBatch(models.Model):
    """A workbook on its way into a register: matched, checked, confirmed, written as a whole or not at all."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    register = models.CharField("台账", max_length=40)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导入人")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    layout = models.CharField("版式", max_length=64, blank=True)
    sheet = models.CharField("工作表", max_length=100, blank=True)
    mapping = models.JSONField("列对应", default=dict)
    choices = models.JSONField("处理方式", default=dict)
    problems = models.JSONField("问题", default=list)
    changes = models.JSONField("将作的修改", default=list)
    counts = models.JSONField("统计", default=dict)
    state = models.CharField("状态", max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    stage = models.UUIDField("暂存批号", null=True, editable=False)
    forgets_file = models.BooleanField("结束后删除文件", default=False, editable=False)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name="后台任务")
    created_at = models.DateTimeField("上传时间", db_default=Now())
    finished_at = models.DateTimeField("完成时间", null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        indexes = [models.Index(fields=["created_by", "-created_at"], name="import_own")]

    def __str__(self) -> str:
        return self.file.original_name


class Staged(models.Model):
    """Rows that a check has found sound, waiting beside their register for the confirmation.

    `stage` is that of the batch whose last check wrote them; with another one they are nobody's and are swept.
    The tables are unlogged: after a crash of the database they are empty, and the confirmation checks again.
    """

    stage = models.UUIDField("暂存批号")

    class Meta:
        abstract = True


class RememberedMapping(models.Model):
    """How an organisation's people matched the columns of a layout, offered again for the next such workbook."""

    # The organisation's key without a foreign key: organisations live in an app above this one.
    organisation_id = models.BigIntegerField("单位")
    register = models.CharField("台账", max_length=40)
    layout = models.CharField("版式", max_length=64)
    mapping = models.JSONField("列对应", default=dict)
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "列对应记忆"
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "register", "layout"], name="mapping_remembered_once")
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.layout[:8]}"
