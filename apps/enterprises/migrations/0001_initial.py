import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import apps.enterprises.codes


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="Enterprise",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="enterprise",
                        serialize=False,
                        to="accounts.organisation",
                        verbose_name="组织机构",
                    ),
                ),
                (
                    "uscc",
                    models.CharField(
                        max_length=18,
                        validators=[apps.enterprises.codes.validate_uscc],
                        verbose_name="统一社会信用代码",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("contractor", "施工"),
                            ("supervision", "监理"),
                            ("owner", "建设"),
                            ("survey", "勘察"),
                            ("design", "设计"),
                            ("testing", "检测"),
                            ("lifting", "起重机械租赁安拆"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="企业类型",
                    ),
                ),
                ("legal_representative", models.CharField(blank=True, max_length=50, verbose_name="法定代表人")),
                ("qualification", models.CharField(blank=True, max_length=300, verbose_name="资质等级")),
                ("safety_licence", models.CharField(blank=True, max_length=50, verbose_name="安全生产许可证编号")),
                (
                    "safety_licence_until",
                    models.DateField(blank=True, null=True, verbose_name="安全生产许可证有效期至"),
                ),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="联系电话")),
                (
                    "phone_masked",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                django.db.models.lookups.GreaterThanOrEqual(
                                    django.db.models.functions.text.Length("phone"), 10
                                ),
                                then=django.db.models.functions.text.Concat(
                                    django.db.models.functions.text.Left("phone", 3),
                                    models.Value("****"),
                                    django.db.models.functions.text.Right("phone", 4),
                                ),
                            ),
                            models.When(models.Q(("phone", ""), _negated=True), then=models.Value("****")),
                            default=models.Value(""),
                        ),
                        output_field=models.CharField(max_length=20),
                        verbose_name="联系电话",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="注册地址")),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "正常"), ("suspended", "停业"), ("closed", "注销")],
                        default="active",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "region_path",
                    models.CharField(
                        db_collation="C", db_index=True, editable=False, max_length=60, verbose_name="管辖路径"
                    ),
                ),
            ],
            options={
                "verbose_name": "企业",
                "verbose_name_plural": "企业",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("uscc",),
                        name="uscc_is_unique",
                        violation_error_code="unique",
                        violation_error_message="该统一社会信用代码已登记",
                    ),
                    models.UniqueConstraint(fields=("organisation", "region_path"), name="enterprise_with_path"),
                    models.CheckConstraint(
                        condition=models.Q(("uscc__regex", "^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$")),
                        name="uscc_has_its_form",
                        violation_error_message="统一社会信用代码不符合GB 32100的格式",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "contractor",
                                    "supervision",
                                    "owner",
                                    "survey",
                                    "design",
                                    "testing",
                                    "lifting",
                                    "other",
                                ],
                            )
                        ),
                        name="enterprise_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "suspended", "closed"])),
                        name="enterprise_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("safety_licence_until", None),
                            models.Q(("safety_licence", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="licence_date_belongs_to_a_licence",
                        violation_error_message="填写了安全生产许可证有效期，还须填写证书编号",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnterpriseEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                (
                    "uscc",
                    models.CharField(
                        max_length=18,
                        validators=[apps.enterprises.codes.validate_uscc],
                        verbose_name="统一社会信用代码",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("contractor", "施工"),
                            ("supervision", "监理"),
                            ("owner", "建设"),
                            ("survey", "勘察"),
                            ("design", "设计"),
                            ("testing", "检测"),
                            ("lifting", "起重机械租赁安拆"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="企业类型",
                    ),
                ),
                ("legal_representative", models.CharField(blank=True, max_length=50, verbose_name="法定代表人")),
                ("qualification", models.CharField(blank=True, max_length=300, verbose_name="资质等级")),
                ("safety_licence", models.CharField(blank=True, max_length=50, verbose_name="安全生产许可证编号")),
                (
                    "safety_licence_until",
                    models.DateField(blank=True, null=True, verbose_name="安全生产许可证有效期至"),
                ),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="联系电话")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="注册地址")),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "正常"), ("suspended", "停业"), ("closed", "注销")],
                        default="active",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "region_path",
                    models.CharField(db_collation="C", editable=False, max_length=60, verbose_name="管辖路径"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        serialize=False,
                        to="accounts.organisation",
                        verbose_name="组织机构",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="enterprises.enterprise",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FormerName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(db_index=True, max_length=100, verbose_name="曾用名")),
                (
                    "used_until",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="停用时间"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_names",
                        to="enterprises.enterprise",
                        verbose_name="企业",
                    ),
                ),
            ],
            options={
                "verbose_name": "曾用名",
                "verbose_name_plural": "曾用名",
                "ordering": ("-used_until", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="EnterprisePresence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("project_id", models.BigIntegerField(null=True, verbose_name="工程项目")),
                ("region_path", models.CharField(db_collation="C", max_length=60, verbose_name="管辖路径")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="presences",
                        to="enterprises.enterprise",
                        verbose_name="企业",
                    ),
                ),
            ],
            options={
                "verbose_name": "企业所在",
                "verbose_name_plural": "企业所在",
                "indexes": [
                    models.Index(fields=["region_path", "enterprise"], name="presence_region"),
                    models.Index(fields=["project_id", "enterprise"], name="presence_project"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("enterprise", "project_id", "region_path"),
                        name="enterprise_present_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enterprise",
            trigger=pgtrigger.compiler.Trigger(
                name="seat_is_a_presence",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    INSERT INTO enterprises_enterprisepresence (enterprise_id, region_path)\n                    SELECT organisation_id, region_path FROM added ON CONFLICT DO NOTHING;\n                    RETURN NULL;\n                ",
                    hash="4ce2df6bc6b7ebd920485f72a79b23fca548e4c5",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_seat_is_a_presence_fd263",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="enterprises_enterprise",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enterprise",
            trigger=pgtrigger.compiler.Trigger(
                name="presence_moves_with_the_seat",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."region_path" IS DISTINCT FROM (NEW."region_path"))',
                    func="\n                    DELETE FROM enterprises_enterprisepresence\n                    WHERE enterprise_id = OLD.organisation_id AND project_id IS NULL AND region_path = OLD.region_path;\n                    INSERT INTO enterprises_enterprisepresence (enterprise_id, region_path)\n                    VALUES (NEW.organisation_id, NEW.region_path) ON CONFLICT DO NOTHING;\n                    RETURN NULL;\n                ",
                    hash="7e837cc265ba0afea33d836d2c8136cef1b23778",
                    operation="UPDATE",
                    pgid="pgtrigger_presence_moves_with_the_seat_f9c74",
                    table="enterprises_enterprise",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enterprise",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "enterprises_enterpriseevent" ("address", "created_at", "kind", "legal_representative", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "qualification", "region_path", "safety_licence", "safety_licence_until", "status", "uscc", "version") VALUES (NEW."address", NEW."created_at", NEW."kind", NEW."legal_representative", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."organisation_id", NEW."phone", NEW."qualification", NEW."region_path", NEW."safety_licence", NEW."safety_licence_until", NEW."status", NEW."uscc", NEW."version"); RETURN NULL;',
                    hash="4bd3bf1988732c598db0b63fee535729ece08358",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_079c7",
                    table="enterprises_enterprise",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enterprise",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."legal_representative" IS DISTINCT FROM (NEW."legal_representative") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."qualification" IS DISTINCT FROM (NEW."qualification") OR OLD."region_path" IS DISTINCT FROM (NEW."region_path") OR OLD."safety_licence" IS DISTINCT FROM (NEW."safety_licence") OR OLD."safety_licence_until" IS DISTINCT FROM (NEW."safety_licence_until") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."uscc" IS DISTINCT FROM (NEW."uscc") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "enterprises_enterpriseevent" ("address", "created_at", "kind", "legal_representative", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "qualification", "region_path", "safety_licence", "safety_licence_until", "status", "uscc", "version") VALUES (NEW."address", NEW."created_at", NEW."kind", NEW."legal_representative", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."organisation_id", NEW."phone", NEW."qualification", NEW."region_path", NEW."safety_licence", NEW."safety_licence_until", NEW."status", NEW."uscc", NEW."version"); RETURN NULL;',
                    hash="1f10f026f9d1b47b67e4607bcfa606dd011398e4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_11bf5",
                    table="enterprises_enterprise",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enterpriseevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="37342c9d6a78af824ebeb30b0279d74674ed2d4b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f5017",
                    table="enterprises_enterpriseevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
