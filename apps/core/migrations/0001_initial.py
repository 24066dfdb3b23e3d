import uuid

import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="DictionaryEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="字典")),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("label", models.CharField(max_length=100, verbose_name="名称")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="顺序")),
                ("synonyms", models.JSONField(blank=True, default=list, verbose_name="同义写法")),
                ("effective_from", models.DateField(blank=True, null=True, verbose_name="生效日期")),
                ("effective_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="来源")),
                ("certainty", models.CharField(blank=True, max_length=20, verbose_name="把握程度")),
                ("is_sample", models.BooleanField(default=False, verbose_name="示例数据")),
            ],
            options={
                "verbose_name": "数据字典",
                "verbose_name_plural": "数据字典",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "code"),
                        name="dictionary_code_once",
                        violation_error_message="该字典中已有这个代码",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_from", None),
                            ("effective_to", None),
                            ("effective_from__lte", models.F("effective_to")),
                            _connector="OR",
                        ),
                        name="dictionary_period_in_order",
                        violation_error_message="失效日期不能早于生效日期",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("task", models.CharField(max_length=100, verbose_name="任务")),
                ("arguments", models.JSONField(default=dict, verbose_name="参数")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="产生时间"),
                ),
                (
                    "leased_until",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="处理期限"),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="尝试次数")),
                ("done_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("dead_at", models.DateTimeField(null=True, verbose_name="放弃时间")),
                ("error", models.TextField(blank=True, verbose_name="最近错误")),
            ],
            options={
                "verbose_name": "待发任务",
                "verbose_name_plural": "待发任务",
                "indexes": [
                    models.Index(
                        condition=models.Q(("dead_at", None), ("done_at", None)),
                        fields=["leased_until", "id"],
                        name="outbox_waiting",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RememberedMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation_id", models.BigIntegerField(verbose_name="单位")),
                ("register", models.CharField(max_length=40, verbose_name="台账")),
                ("layout", models.CharField(max_length=64, verbose_name="版式")),
                ("mapping", models.JSONField(default=dict, verbose_name="列对应")),
                ("saved_at", models.DateTimeField(auto_now=True, verbose_name="保存时间")),
            ],
            options={
                "verbose_name": "列对应记忆",
                "verbose_name_plural": "列对应记忆",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation_id", "register", "layout"), name="mapping_remembered_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("job", models.CharField(max_length=100, verbose_name="任务")),
                ("slot", models.CharField(max_length=40, verbose_name="时段")),
                (
                    "claimed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="领取时间"),
                ),
            ],
            options={
                "verbose_name": "定时任务记录",
                "verbose_name_plural": "定时任务记录",
                "constraints": [models.UniqueConstraint(fields=("job", "slot"), name="slot_runs_once")],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("sha256", models.CharField(db_index=True, max_length=64, verbose_name="SHA-256")),
                ("size", models.BigIntegerField(verbose_name="字节数")),
                ("content_type", models.CharField(max_length=100, verbose_name="类型")),
                ("original_name", models.CharField(max_length=120, verbose_name="文件名")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="上传时间"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "verbose_name": "文件",
                "verbose_name_plural": "文件",
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=60, verbose_name="类别")),
                ("title", models.CharField(max_length=200, verbose_name="名称")),
                (
                    "params",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="参数"
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0, verbose_name="总数")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="已完成")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "排队中"),
                            ("running", "进行中"),
                            ("done", "已完成"),
                            ("failed", "失败"),
                            ("cancelled", "已取消"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("cancel_requested", models.BooleanField(default=False, verbose_name="要求取消")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="尝试次数")),
                ("error", models.TextField(blank=True, verbose_name="失败原因")),
                (
                    "result",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="结果"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="发起时间"),
                ),
                ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                ("heartbeat_at", models.DateTimeField(null=True, verbose_name="最近进展")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
                    ),
                ),
                (
                    "result_file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="结果文件",
                    ),
                ),
            ],
            options={
                "verbose_name": "后台任务",
                "verbose_name_plural": "后台任务",
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("register", models.CharField(max_length=40, verbose_name="台账")),
                ("layout", models.CharField(blank=True, max_length=64, verbose_name="版式")),
                ("sheet", models.CharField(blank=True, max_length=100, verbose_name="工作表")),
                ("mapping", models.JSONField(default=dict, verbose_name="列对应")),
                ("choices", models.JSONField(default=dict, verbose_name="处理方式")),
                ("problems", models.JSONField(default=list, verbose_name="问题")),
                ("counts", models.JSONField(default=dict, verbose_name="统计")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "待核对列"),
                            ("checked", "待确认"),
                            ("writing", "写入中"),
                            ("done", "已导入"),
                            ("failed", "未导入"),
                            ("discarded", "已放弃"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="上传时间"),
                ),
                ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="core.job",
                        verbose_name="后台任务",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="文件",
                    ),
                ),
            ],
            options={
                "verbose_name": "导入批次",
                "verbose_name_plural": "导入批次",
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("data", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField(auto_now=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "草稿",
                "verbose_name_plural": "草稿",
                "constraints": [models.UniqueConstraint(fields=("user", "name"), name="draft_once")],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_type", models.CharField(max_length=60, verbose_name="对象类型")),
                ("record_id", models.CharField(max_length=40, verbose_name="对象")),
                ("step", models.PositiveIntegerField(null=True, verbose_name="步骤")),
                ("name", models.CharField(max_length=40, verbose_name="事项")),
                ("before", models.CharField(blank=True, max_length=40, verbose_name="原状态")),
                ("after", models.CharField(blank=True, max_length=40, verbose_name="新状态")),
                ("facts", models.JSONField(default=dict, verbose_name="内容")),
                ("happened_at", models.DateTimeField(verbose_name="时间")),
                ("leaf", models.BinaryField(max_length=32, verbose_name="校验值")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
            ],
            options={
                "verbose_name": "操作日志",
                "verbose_name_plural": "操作日志",
                "indexes": [
                    models.Index(fields=["record_type", "record_id", "id"], name="event_record"),
                    models.Index(fields=["happened_at"], name="event_time"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record_type", "record_id", "step"), name="event_step_happens_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100)),
                ("request_hash", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("body", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "幂等键",
                "verbose_name_plural": "幂等键",
                "constraints": [models.UniqueConstraint(fields=("user", "key"), name="idempotency_key_once")],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("value", models.JSONField(default=dict)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "个人设置",
                "verbose_name_plural": "个人设置",
                "constraints": [models.UniqueConstraint(fields=("user", "name"), name="preference_once")],
            },
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["created_by", "-created_at"], name="job_own"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("state__in", ["queued", "running"])), fields=["created_at"], name="job_open"
            ),
        ),
        migrations.AddIndex(
            model_name="importbatch",
            index=models.Index(fields=["created_by", "-created_at"], name="import_own"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="outboxentry",
            trigger=pgtrigger.compiler.Trigger(
                name="wake_relay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NOTIFY outbox; RETURN NULL;",
                    hash="ae2506d86e7729101568a942fb5c49f61da2c21a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_wake_relay_c8d4f",
                    table="core_outboxentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="event",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e10987bc9a49a1926c7e6570fb01934fa665dda6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_56466",
                    table="core_event",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="event",
            trigger=pgtrigger.compiler.Trigger(
                name="clock",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF abs(extract(epoch FROM clock_timestamp() - NEW.happened_at)) > 600 THEN\n                        RAISE EXCEPTION 'an event carries the time of the database, not %', NEW.happened_at;\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="8c07c997efc33d74592ab5263f47c0f7a665f491",
                    operation="INSERT",
                    pgid="pgtrigger_clock_405ad",
                    table="core_event",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="storedfile",
            trigger=pgtrigger.compiler.Trigger(
                name="write_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="d8e1f32c5bb3c6998d37f9cbdff05d1128bfc78a",
                    operation="UPDATE",
                    pgid="pgtrigger_write_once_5c0c0",
                    table="core_storedfile",
                    when="BEFORE",
                ),
            ),
        ),
    ]
