import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_organisation_lies_in_its_region"),
        ("accounts", "__first__"),
        ("core", "0001_initial"),
        ("enterprises", "0002_enterprise_follows_its_organisation"),
        ("projects", "0002_scope_keys_follow"),
    ]

    operations = [
        migrations.CreateModel(
            name="CriterionEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=10, unique=True, verbose_name="版本")),
                ("document", models.CharField(max_length=200, verbose_name="文件")),
                ("effective_from", models.DateField(verbose_name="施行日期")),
                ("effective_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                ("source", models.CharField(max_length=300, verbose_name="来源")),
                ("certainty", models.CharField(max_length=200, verbose_name="把握程度")),
            ],
            options={
                "verbose_name": "判定标准版本",
                "verbose_name_plural": "判定标准版本",
                "ordering": ["-effective_from"],
            },
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=10, verbose_name="条款")),
                ("topic", models.CharField(max_length=40, verbose_name="专业")),
                ("text", models.CharField(max_length=200, verbose_name="内容")),
                ("certainty", models.CharField(max_length=20, verbose_name="把握程度")),
                ("position", models.PositiveSmallIntegerField(verbose_name="顺序")),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="criteria",
                        to="hazards.criterionedition",
                        verbose_name="版本",
                    ),
                ),
            ],
            options={
                "verbose_name": "判定标准条款",
                "verbose_name_plural": "判定标准条款",
                "ordering": ["edition", "position"],
            },
        ),
        migrations.CreateModel(
            name="Hazard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                ("number", models.CharField(db_collation="C", max_length=24, verbose_name="隐患编号")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("daily", "日常巡查"),
                            ("random", "双随机抽查"),
                            ("special", "专项检查"),
                            ("self_check", "企业自查"),
                            ("supervision_firm", "监理发现"),
                            ("report", "投诉举报"),
                            ("monitoring", "监测预警"),
                            ("higher", "上级检查"),
                        ],
                        default="daily",
                        max_length=20,
                        verbose_name="来源",
                    ),
                ),
                ("by_authority", models.BooleanField(default=True, editable=False, verbose_name="监督机构发现")),
                ("region_path", models.CharField(db_collation="C", editable=False, max_length=60)),
                ("responsible_person", models.CharField(blank=True, max_length=50, verbose_name="整改责任人")),
                ("building", models.CharField(blank=True, max_length=50, verbose_name="楼栋")),
                ("floor", models.CharField(blank=True, max_length=50, verbose_name="楼层")),
                ("axis", models.CharField(blank=True, max_length=50, verbose_name="轴线")),
                ("place", models.CharField(blank=True, max_length=300, verbose_name="部位")),
                (
                    "longitude",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="经度"),
                ),
                (
                    "latitude",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="纬度"),
                ),
                ("accuracy_m", models.PositiveIntegerField(blank=True, null=True, verbose_name="定位精度（米）")),
                ("category", models.CharField(max_length=40, verbose_name="隐患类别")),
                (
                    "grade",
                    models.CharField(
                        choices=[("ordinary", "一般隐患"), ("major", "重大隐患")],
                        default="ordinary",
                        max_length=10,
                        verbose_name="隐患等级",
                    ),
                ),
                (
                    "risk_level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "低风险"), (2, "一般风险"), (3, "较大风险"), (4, "重大风险")],
                        default=2,
                        verbose_name="风险等级",
                    ),
                ),
                ("description", models.TextField(max_length=4000, verbose_name="隐患描述")),
                ("clause", models.TextField(blank=True, max_length=1000, verbose_name="违反条款")),
                ("demands", models.TextField(blank=True, max_length=4000, verbose_name="整改要求")),
                (
                    "disposal",
                    models.CharField(
                        choices=[
                            ("rectify", "责令限期整改"),
                            ("stop_part", "局部停工，责令限期整改"),
                            ("stop_all", "全面停工，责令限期整改"),
                        ],
                        default="rectify",
                        max_length=12,
                        verbose_name="处置措施",
                    ),
                ),
                ("found_on", models.DateField(verbose_name="检查日期")),
                ("inspecting_body", models.CharField(blank=True, max_length=100, verbose_name="检查单位")),
                ("inspectors", models.CharField(blank=True, max_length=100, verbose_name="检查人")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "待下达"),
                            ("ordered", "待签收"),
                            ("received", "已签收"),
                            ("rectifying", "整改中"),
                            ("answered", "待监理确认"),
                            ("confirmed", "待复查"),
                            ("verified", "待销号"),
                            ("closed", "已销号"),
                            ("void", "已作废"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("deadline", models.DateField(blank=True, null=True, verbose_name="整改期限")),
                ("deadline_basis", models.JSONField(blank=True, default=dict, editable=False, verbose_name="期限推算")),
                ("commitments", models.JSONField(blank=True, default=dict, verbose_name="五落实")),
                ("measures", models.TextField(blank=True, max_length=4000, verbose_name="整改措施")),
                (
                    "funds",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="整改资金（元）"
                    ),
                ),
                ("rectified_on", models.DateField(blank=True, null=True, verbose_name="整改完成日期")),
                ("opinion", models.TextField(blank=True, max_length=2000, verbose_name="复查意见")),
                ("void_reason", models.TextField(blank=True, max_length=1000, verbose_name="作废理由")),
                ("ordered_at", models.DateTimeField(editable=False, null=True, verbose_name="下达时间")),
                ("received_at", models.DateTimeField(editable=False, null=True, verbose_name="签收时间")),
                ("answered_at", models.DateTimeField(editable=False, null=True, verbose_name="回复时间")),
                ("confirmed_at", models.DateTimeField(editable=False, null=True, verbose_name="监理确认时间")),
                ("verified_at", models.DateTimeField(editable=False, null=True, verbose_name="复查时间")),
                ("closed_at", models.DateTimeField(editable=False, null=True, verbose_name="销号时间")),
                ("rounds", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="退回次数")),
                ("contested", models.BooleanField(default=False, editable=False, verbose_name="对销号有异议")),
                ("next_reminder_on", models.DateField(editable=False, null=True, verbose_name="下次提醒日")),
                ("source_row", models.PositiveIntegerField(editable=False, null=True, verbose_name="导入行号")),
                ("source_columns", models.JSONField(default=dict, editable=False, verbose_name="导入原文")),
                (
                    "answered_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="回复人",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="销号人",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="监理确认人",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="hazards.criterion",
                        verbose_name="判定标准条款",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hazards",
                        to="enterprises.enterprise",
                        verbose_name="整改企业",
                    ),
                ),
                (
                    "import_batch",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.importbatch",
                        verbose_name="导入批次",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="登记单位",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hazards",
                        to="projects.project",
                        verbose_name="工程项目",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复查人",
                    ),
                ),
                (
                    "void_requested_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请作废人",
                    ),
                ),
            ],
            options={
                "verbose_name": "隐患",
                "verbose_name_plural": "隐患",
            },
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "stage",
                    models.CharField(
                        choices=[("before", "整改前"), ("after", "整改后"), ("verification", "复查")],
                        max_length=12,
                        verbose_name="阶段",
                    ),
                ),
                ("width", models.PositiveIntegerField(verbose_name="宽")),
                ("height", models.PositiveIntegerField(verbose_name="高")),
                ("taken_at_hint", models.DateTimeField(null=True, verbose_name="照片自带时间")),
                (
                    "longitude_hint",
                    models.DecimalField(decimal_places=6, max_digits=9, null=True, verbose_name="照片自带经度"),
                ),
                (
                    "latitude_hint",
                    models.DecimalField(decimal_places=6, max_digits=9, null=True, verbose_name="照片自带纬度"),
                ),
                ("phash", models.BigIntegerField(db_index=True, verbose_name="感知哈希")),
                ("step", models.PositiveIntegerField(null=True, verbose_name="步骤")),
                (
                    "uploaded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="上传时间"),
                ),
                (
                    "hazard",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photos",
                        to="hazards.hazard",
                        verbose_name="隐患",
                    ),
                ),
                (
                    "original",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="原图",
                    ),
                ),
                (
                    "shown",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="展示图",
                    ),
                ),
                (
                    "thumbnail",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="缩略图",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "verbose_name": "照片",
                "verbose_name_plural": "照片",
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20, verbose_name="提醒类别")),
                ("day", models.DateField(verbose_name="日期")),
                ("skipped", models.BooleanField(default=False, verbose_name="补扫时略过")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="生成时间"),
                ),
                (
                    "hazard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="hazards.hazard",
                        verbose_name="隐患",
                    ),
                ),
            ],
            options={
                "verbose_name": "期限提醒",
                "verbose_name_plural": "期限提醒",
            },
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(fields=("edition", "number"), name="criterion_number_once"),
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(fields=["region_path", "-id"], name="hazard_region"),
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ("ordered", "received", "rectifying", "answered", "confirmed", "verified"))
                ),
                fields=["region_path", "deadline", "id"],
                name="hazard_region_open",
            ),
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(fields=["enterprise", "-id"], name="hazard_enterprise"),
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(fields=["project", "-id"], name="hazard_project"),
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(("next_reminder_on__isnull", False)),
                fields=["next_reminder_on", "id"],
                name="hazard_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="hazard",
            constraint=models.UniqueConstraint(fields=("number",), name="hazard_number_once"),
        ),
        migrations.AddConstraint(
            model_name="hazard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "draft",
                            "ordered",
                            "received",
                            "rectifying",
                            "answered",
                            "confirmed",
                            "verified",
                            "closed",
                            "void",
                        ],
                    )
                ),
                name="hazard_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="hazard",
            constraint=models.CheckConstraint(
                condition=models.Q(("criterion", None), ("grade", "major"), _connector="OR"),
                name="hazard_criterion_means_major",
                violation_error_message="选了判定标准条款的隐患必须定为重大隐患",
            ),
        ),
        migrations.AddConstraint(
            model_name="hazard",
            constraint=models.CheckConstraint(
                condition=models.Q(("deadline", None), ("deadline__gte", models.F("found_on")), _connector="OR"),
                name="hazard_deadline_not_before_finding",
                violation_error_message="整改期限不能早于检查日期",
            ),
        ),
        migrations.AddConstraint(
            model_name="hazard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "void"]),
                    ("ordered_at__isnull", False),
                    ("import_batch__isnull", False),
                    _connector="OR",
                ),
                name="hazard_ordered_has_time",
                violation_error_message="下达后的隐患必须有下达时间",
            ),
        ),
        migrations.AddConstraint(
            model_name="hazard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "closed"), _negated=True),
                    models.Q(
                        ("closed_at__isnull", False), ("closed_by__isnull", False), ("verified_by__isnull", False)
                    ),
                    ("import_batch__isnull", False),
                    _connector="OR",
                ),
                name="hazard_closed_has_closer",
                violation_error_message="销号必须有复查人、销号人和销号时间",
            ),
        ),
        migrations.AddConstraint(
            model_name="hazard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verified_by", None),
                    ("answered_by", None),
                    models.Q(("verified_by", models.F("answered_by")), _negated=True),
                    _connector="OR",
                ),
                name="hazard_verifier_is_not_answerer",
                violation_error_message="复查人不能是提交整改回复的人",
            ),
        ),
        migrations.AddConstraint(
            model_name="hazard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("grade", "major"), ("state", "closed"), _negated=True),
                    ("import_batch__isnull", False),
                    models.Q(("closed_by", models.F("verified_by")), _negated=True),
                    _connector="OR",
                ),
                name="hazard_major_closed_by_two",
                violation_error_message="重大隐患的复查人和销号人必须是两个人",
            ),
        ),
        migrations.AddIndex(
            model_name="photo",
            index=models.Index(
                condition=models.Q(("hazard", None)), fields=["uploaded_by", "uploaded_at"], name="photo_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(fields=("hazard", "kind", "day"), name="reminder_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hazard",
            trigger=pgtrigger.compiler.Trigger(
                name="legal_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{draft:ordered,draft:verified,draft:void,ordered:received,received:rectifying,received:answered,rectifying:answered,answered:confirmed,answered:rectifying,confirmed:verified,confirmed:rectifying,verified:closed,verified:rectifying,closed:confirmed,ordered:void,received:void,rectifying:void,answered:void,confirmed:void,verified:void}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="8e05b0160bafa2a25c75a2efaf8b462b39543667",
                    operation="UPDATE",
                    pgid="pgtrigger_legal_moves_b4b45",
                    table="hazards_hazard",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hazard",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="7afa4bd90b7c14c988a3d6a95fd33ef85d13159b",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_ba7d5",
                    table="hazards_hazard",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="photo",
            trigger=pgtrigger.compiler.Trigger(
                name="evidence_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."hazard_id" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="64dc782df73ee91dbee75bf1dbfd31b8a0ae5222",
                    operation="DELETE",
                    pgid="pgtrigger_evidence_stays_eea99",
                    table="hazards_photo",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="photo",
            trigger=pgtrigger.compiler.Trigger(
                name="evidence_is_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."hazard_id" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="6f1da44bf42e817c2d1c7b5046f36e622301a895",
                    operation="UPDATE",
                    pgid="pgtrigger_evidence_is_fixed_09c26",
                    table="hazards_photo",
                    when="BEFORE",
                ),
            ),
        ),
    ]
