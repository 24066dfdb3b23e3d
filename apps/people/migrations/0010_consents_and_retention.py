import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0006_check_digit_of_the_credit_code"),
        ("people", "0009_rules_of_certificates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("told", "已告知"),
                            ("given", "同意"),
                            ("refused", "不同意"),
                            ("withdrawn", "撤回同意"),
                        ],
                        max_length=10,
                        verbose_name="答复",
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[("paper", "本人签字的纸质告知书"), ("account", "本人账号")],
                        max_length=10,
                        verbose_name="方式",
                    ),
                ),
                ("answered_on", models.DateField(verbose_name="日期")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
            ],
            options={
                "verbose_name": "告知和同意",
                "verbose_name_plural": "告知和同意",
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="ConsentWording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                ("purpose", models.CharField(max_length=40, verbose_name="用途")),
                ("effective_from", models.DateField(verbose_name="施行日期")),
                ("wording", models.TextField(max_length=4000, verbose_name="告知内容")),
                (
                    "rests_on_consent",
                    models.BooleanField(
                        default=False,
                        help_text="不勾选的，以法律规定为依据，只告知，不征求同意",
                        verbose_name="以本人同意为依据",
                    ),
                ),
                ("basis", models.CharField(max_length=300, verbose_name="依据")),
                ("certainty", models.CharField(blank=True, max_length=200, verbose_name="把握程度")),
                ("is_sample", models.BooleanField(default=False, editable=False, verbose_name="示例")),
            ],
            options={
                "verbose_name": "告知书文本",
                "verbose_name_plural": "告知书文本",
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
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
                    "subject",
                    models.CharField(
                        choices=[("person", "从业人员")], default="person", max_length=10, verbose_name="对象"
                    ),
                ),
                ("effective_from", models.DateField(verbose_name="施行日期")),
                (
                    "years",
                    models.PositiveSmallIntegerField(
                        help_text="自最后在场日或最后变更日起（以晚者为准）",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(30),
                        ],
                        verbose_name="保存年限（年）",
                    ),
                ),
                (
                    "is_on",
                    models.BooleanField(
                        default=False,
                        help_text="启用后每日自动去标识，去除的内容不能恢复；请先看版本页面上的测算",
                        verbose_name="启用",
                    ),
                ),
                ("source", models.CharField(max_length=300, verbose_name="依据")),
                ("certainty", models.CharField(blank=True, max_length=200, verbose_name="把握程度")),
                ("is_sample", models.BooleanField(default=False, editable=False, verbose_name="示例")),
            ],
            options={
                "verbose_name": "个人信息保存期限",
                "verbose_name_plural": "个人信息保存期限",
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="person",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="person",
            name="update_update",
        ),
        migrations.AddField(
            model_name="person",
            name="pseudonymised_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="去标识时间"),
        ),
        migrations.AddField(
            model_name="personevent",
            name="pseudonymised_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="去标识时间"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "people_personevent" ("created_at", "employer_id", "id", "id_masked", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_masked", "post", "pseudonymised_at", "user_id", "version") VALUES (NEW."created_at", NEW."employer_id", NEW."id", NEW."id_masked", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone_masked", NEW."post", NEW."pseudonymised_at", NEW."user_id", NEW."version"); RETURN NULL;',
                    hash="13095c19c8bc69068119ed9bd5f0b4eacd5de2c6",
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
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."employer_id" IS DISTINCT FROM (NEW."employer_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."id_masked" IS DISTINCT FROM (NEW."id_masked") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."phone_masked" IS DISTINCT FROM (NEW."phone_masked") OR OLD."post" IS DISTINCT FROM (NEW."post") OR OLD."pseudonymised_at" IS DISTINCT FROM (NEW."pseudonymised_at") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "people_personevent" ("created_at", "employer_id", "id", "id_masked", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_masked", "post", "pseudonymised_at", "user_id", "version") VALUES (NEW."created_at", NEW."employer_id", NEW."id", NEW."id_masked", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone_masked", NEW."post", NEW."pseudonymised_at", NEW."user_id", NEW."version"); RETURN NULL;',
                    hash="94feb07bdfadb3872b8da6b9a747d9362a6b72c6",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_de829",
                    table="people_person",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("pseudonymised_at", None),
                    models.Q(("id_number", ""), ("phone", ""), ("user", None)),
                    _connector="OR",
                ),
                name="pseudonym_is_all_that_is_left",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consents",
                to="people.person",
                verbose_name="人员",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentwording",
            constraint=models.UniqueConstraint(
                fields=("purpose", "effective_from"),
                name="consent_wording_begins_once",
                violation_error_message="该用途已有同一天施行的版本",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="wording",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consents",
                to="people.consentwording",
                verbose_name="告知书文本",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consentwording",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="099e2e8578c8c63b7cd9bb2763aec4e6c85f5953",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_05b60",
                    table="people_consentwording",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consentwording",
            trigger=pgtrigger.compiler.Trigger(
                name="begins_later",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.effective_from < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)",
                    func="\n            IF TG_OP = 'UPDATE' AND NEW.effective_from = OLD.effective_from THEN\n                RETURN NEW;\n            END IF;\n            IF EXISTS (SELECT FROM people_consentwording WHERE purpose = NEW.purpose AND id <> NEW.id) THEN\n                RAISE EXCEPTION 'begins_later' USING ERRCODE = 'check_violation', CONSTRAINT = 'begins_later', HINT = '新的版本须从今天或者以后施行，以前各日适用的版本不能改变';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="915be803a0c9966fcf151aa8648e457adf82cd6d",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_begins_later_4eb72",
                    table="people_consentwording",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consentwording",
            trigger=pgtrigger.compiler.Trigger(
                name="begun_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.effective_from <= (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date AND (OLD.purpose, OLD.effective_from, OLD.wording, OLD.rests_on_consent, OLD.basis) IS DISTINCT FROM (NEW.purpose, NEW.effective_from, NEW.wording, NEW.rests_on_consent, NEW.basis))",
                    func="RAISE EXCEPTION 'begun_stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'begun_stays', HINT = '本版已经施行，不能修改；请新增一版，并注明施行日期';",
                    hash="aea59692f6144bd955fd7888d4d597a42c688a9c",
                    operation="UPDATE",
                    pgid="pgtrigger_begun_stays_99726",
                    table="people_consentwording",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.UniqueConstraint(
                fields=("subject", "effective_from"),
                name="retention_rule_begins_once",
                violation_error_message="已有同一天施行的版本",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("years__gte", 1), ("years__lte", 30)),
                name="retention_years_in_bounds",
                violation_error_message="保存年限应为1至30年",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="retentionrule",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="aa43e14316b431e7308d2762b3a8e996e7e27a6e",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_079e9",
                    table="people_retentionrule",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="retentionrule",
            trigger=pgtrigger.compiler.Trigger(
                name="begins_later",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.effective_from < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)",
                    func="\n            IF TG_OP = 'UPDATE' AND NEW.effective_from = OLD.effective_from THEN\n                RETURN NEW;\n            END IF;\n            IF EXISTS (SELECT FROM people_retentionrule WHERE subject = NEW.subject AND id <> NEW.id) THEN\n                RAISE EXCEPTION 'begins_later' USING ERRCODE = 'check_violation', CONSTRAINT = 'begins_later', HINT = '新的版本须从今天或者以后施行，以前各日适用的版本不能改变';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="5ff0cafae987248f5535f338d302d0da6c8357c1",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_begins_later_7062f",
                    table="people_retentionrule",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="retentionrule",
            trigger=pgtrigger.compiler.Trigger(
                name="begun_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.effective_from <= (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date AND (OLD.subject, OLD.effective_from, OLD.years, OLD.is_on, OLD.source) IS DISTINCT FROM (NEW.subject, NEW.effective_from, NEW.years, NEW.is_on, NEW.source))",
                    func="RAISE EXCEPTION 'begun_stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'begun_stays', HINT = '本版已经施行，不能修改；请新增一版，并注明施行日期';",
                    hash="ab0a5d8cf1a05dc6b5d17bcbd4a2177aa9b765dc",
                    operation="UPDATE",
                    pgid="pgtrigger_begun_stays_79f29",
                    table="people_retentionrule",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["person", "wording", "-id"], name="consent_of_person"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer__in", ["told", "given", "refused", "withdrawn"])),
                name="consent_answer_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("how__in", ["paper", "account"])), name="consent_how_known"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b7e1d5d078cef8460cec8352650dbd8b984a075d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7cbad",
                    table="people_consent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="answer_fits_its_wording",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF (NEW.answer = 'told')\n        = (SELECT rests_on_consent FROM people_consentwording WHERE id = NEW.wording_id) THEN\n        RAISE EXCEPTION 'answer_fits_its_wording' USING ERRCODE = 'check_violation', CONSTRAINT = 'answer_fits_its_wording', HINT = '以法律规定为依据的只登记已告知，以同意为依据的登记同意、不同意或撤回';\n    END IF;\n    IF NEW.answer = 'withdrawn' AND 'given' IS DISTINCT FROM (\n        SELECT c.answer FROM people_consent c\n        JOIN people_consentwording w ON w.id = c.wording_id\n        JOIN people_consentwording n ON n.id = NEW.wording_id AND n.purpose = w.purpose\n        WHERE c.person_id = NEW.person_id ORDER BY c.id DESC LIMIT 1) THEN\n        RAISE EXCEPTION 'answer_fits_its_wording' USING ERRCODE = 'check_violation', CONSTRAINT = 'answer_fits_its_wording', HINT = '只有已同意的才能撤回';\n    END IF;\n    RETURN NEW;\n",
                    hash="dcf9e7c8d184f0ad0d6430ecffae1058287417c7",
                    operation="INSERT",
                    pgid="pgtrigger_answer_fits_its_wording_88c78",
                    table="people_consent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
