import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import apps.core.crypto


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("enterprises", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="姓名")),
                ("id_number", apps.core.crypto.EncryptedTextField(blank=True, verbose_name="身份证号码")),
                (
                    "id_index",
                    models.CharField(
                        blank=True, editable=False, max_length=64, null=True, verbose_name="身份证号码索引"
                    ),
                ),
                ("id_masked", models.CharField(blank=True, editable=False, max_length=18, verbose_name="身份证号码")),
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
                ("post", models.CharField(blank=True, max_length=50, verbose_name="职务或工种")),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff",
                        to="enterprises.enterprise",
                        verbose_name="所在企业",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="person",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="平台账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "人员",
                "verbose_name_plural": "人员",
            },
        ),
        migrations.CreateModel(
            name="IdentityReveal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200, verbose_name="查看理由")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="查看时间"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="查看人",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reveals",
                        to="people.person",
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "身份证号码查看记录",
                "verbose_name_plural": "身份证号码查看记录",
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("A", "A类（企业主要负责人）"),
                            ("B", "B类（项目负责人）"),
                            ("C1", "C1类（专职安全员·机械）"),
                            ("C2", "C2类（专职安全员·土建）"),
                            ("C3", "C3类（专职安全员·综合）"),
                            ("special", "特种作业操作资格证"),
                        ],
                        max_length=10,
                        verbose_name="证书类别",
                    ),
                ),
                ("trade", models.CharField(blank=True, max_length=10, verbose_name="特种作业类别")),
                ("number", models.CharField(max_length=40, verbose_name="证书编号")),
                ("issued_on", models.DateField(verbose_name="发证日期")),
                ("valid_until", models.DateField(help_text="当日仍然有效", verbose_name="有效期至")),
                ("issuer", models.CharField(blank=True, max_length=100, verbose_name="发证机关")),
                ("replaced", models.BooleanField(default=False, verbose_name="已换新证")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="certificates",
                        to="people.person",
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "证书",
                "verbose_name_plural": "证书",
                "ordering": ("replaced", "-valid_until", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="PersonEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="姓名")),
                ("id_masked", models.CharField(blank=True, editable=False, max_length=18, verbose_name="身份证号码")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="联系电话")),
                ("post", models.CharField(blank=True, max_length=50, verbose_name="职务或工种")),
                (
                    "employer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="enterprises.enterprise",
                        verbose_name="所在企业",
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
                        to="people.person",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="平台账号",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PersonPresence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("project_id", models.BigIntegerField(null=True, verbose_name="工程项目")),
                ("region_path", models.CharField(db_collation="C", max_length=60, verbose_name="管辖路径")),
                (
                    "enterprise",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="enterprises.enterprise",
                        verbose_name="所在企业",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="presences",
                        to="people.person",
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "人员所在",
                "verbose_name_plural": "人员所在",
            },
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                fields=("id_index",),
                name="identity_number_once",
                violation_error_message="该身份证号码已登记，调动须由现所在企业或住建部门办理",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("id_index", None), ("id_masked", ""), ("id_number", "")),
                    models.Q(
                        models.Q(("id_number", ""), _negated=True),
                        ("id_index__isnull", False),
                        models.Q(("id_masked", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="identity_number_is_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="identityreveal",
            index=models.Index(fields=["by", "at"], name="reveal_by_day"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("replaced", False)), fields=["valid_until", "person"], name="certificate_expiry"
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced", False)),
                fields=("kind", "number"),
                name="certificate_number_once",
                violation_error_message="该证书编号已登记",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until__gt", models.F("issued_on"))),
                name="certificate_runs_forward",
                violation_error_message="有效期至应晚于发证日期",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "special"), ("trade", ""), _connector="XOR"),
                name="trade_belongs_to_special_work",
                violation_error_message="特种作业操作资格证须选特种作业类别，其他证书不选",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["A", "B", "C1", "C2", "C3", "special"])),
                name="certificate_kind_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="personpresence",
            index=models.Index(fields=["region_path", "person"], name="person_presence_region"),
        ),
        migrations.AddIndex(
            model_name="personpresence",
            index=models.Index(fields=["project_id", "person"], name="person_presence_project"),
        ),
        migrations.AddConstraint(
            model_name="personpresence",
            constraint=models.UniqueConstraint(
                fields=("person", "project_id"), name="person_present_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="personpresence",
            constraint=models.CheckConstraint(
                condition=models.Q(("enterprise", None), ("project_id", None), _connector="XOR"),
                name="person_works_somewhere",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="employment_is_a_presence",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    INSERT INTO people_personpresence (person_id, enterprise_id, region_path)\n                    SELECT a.id, e.organisation_id, e.region_path\n                    FROM added a JOIN enterprises_enterprise e ON e.organisation_id = a.employer_id\n                    ON CONFLICT DO NOTHING;\n                    RETURN NULL;\n                ",
                    hash="77ea128d7bccbdcf2a52767312bb4f86fbcbfc78",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_employment_is_a_presence_d0d9b",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="people_person",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="presence_moves_with_the_person",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."employer_id" IS DISTINCT FROM (NEW."employer_id"))',
                    func="\n                    UPDATE people_personpresence p SET enterprise_id = e.organisation_id, region_path = e.region_path\n                    FROM enterprises_enterprise e\n                    WHERE p.person_id = NEW.id AND p.project_id IS NULL AND e.organisation_id = NEW.employer_id;\n                    RETURN NULL;\n                ",
                    hash="2b28891834c7e9105cebe71e89ba74a6ef270d15",
                    operation="UPDATE",
                    pgid="pgtrigger_presence_moves_with_the_person_31565",
                    table="people_person",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "people_personevent" ("created_at", "employer_id", "id", "id_masked", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "post", "user_id", "version") VALUES (NEW."created_at", NEW."employer_id", NEW."id", NEW."id_masked", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."post", NEW."user_id", NEW."version"); RETURN NULL;',
                    hash="d7279bf28c01505264e255af178aab294c41dac0",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_65688",
                    table="people_person",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."employer_id" IS DISTINCT FROM (NEW."employer_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."id_masked" IS DISTINCT FROM (NEW."id_masked") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."post" IS DISTINCT FROM (NEW."post") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "people_personevent" ("created_at", "employer_id", "id", "id_masked", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "post", "user_id", "version") VALUES (NEW."created_at", NEW."employer_id", NEW."id", NEW."id_masked", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."post", NEW."user_id", NEW."version"); RETURN NULL;',
                    hash="266e540f288aeed6eabfcc1375f821fa889ef576",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_de829",
                    table="people_person",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="identityreveal",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="12d34444d66889f02013488746338c1490ac4beb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f6b16",
                    table="people_identityreveal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="personevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="35abda29df77c17d89d5efdc2f5d2acf63e59c13",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_1d49f",
                    table="people_personevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
