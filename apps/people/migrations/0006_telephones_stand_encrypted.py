import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import apps.core.crypto
import apps.enterprises.masks

# The columns of masks were computed by the database from the clear number; what they hold stays.
MASKS_ARE_KEPT = """
ALTER TABLE people_person ALTER phone_masked DROP EXPRESSION;
ALTER TABLE people_person ALTER phone_masked SET NOT NULL, ALTER phone TYPE text;
ALTER TABLE people_personevent ADD phone_masked varchar(20) NOT NULL GENERATED ALWAYS AS (
    CASE WHEN length(phone) >= 10 THEN left(phone, 3) || '****' || right(phone, 4)
         WHEN phone <> '' THEN '****' ELSE '' END) STORED;
ALTER TABLE people_personevent ALTER phone_masked DROP EXPRESSION;
ALTER TABLE people_personevent DROP phone;
"""


class Migration(migrations.Migration):
    """The next one encrypts what stands here.  The history of persons keeps masks in place of numbers."""

    dependencies = [
        ("enterprises", "0006_check_digit_of_the_credit_code"),
        ("people", "0005_kind_of_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="identityreveal",
            options={"verbose_name": "完整号码查看记录", "verbose_name_plural": "完整号码查看记录"},
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
            model_name="identityreveal",
            name="what",
            field=models.CharField(
                choices=[("id_number", "身份证号码"), ("phone", "联系电话")],
                default="id_number",
                max_length=10,
                verbose_name="查看内容",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(MASKS_ARE_KEPT, migrations.RunSQL.noop)],
            state_operations=[
                migrations.RemoveField(
                    model_name="personevent",
                    name="phone",
                ),
                migrations.AddField(
                    model_name="personevent",
                    name="phone_masked",
                    field=apps.enterprises.masks.PhoneMaskField(
                        blank=True, default="", editable=False, max_length=20, of="phone", verbose_name="联系电话"
                    ),
                ),
                migrations.AlterField(
                    model_name="person",
                    name="phone",
                    field=apps.core.crypto.EncryptedTextField(blank=True, verbose_name="联系电话"),
                ),
                migrations.AlterField(
                    model_name="person",
                    name="phone_masked",
                    field=apps.enterprises.masks.PhoneMaskField(
                        blank=True, default="", editable=False, max_length=20, of="phone", verbose_name="联系电话"
                    ),
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "people_personevent" ("created_at", "employer_id", "id", "id_masked", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_masked", "post", "user_id", "version") VALUES (NEW."created_at", NEW."employer_id", NEW."id", NEW."id_masked", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone_masked", NEW."post", NEW."user_id", NEW."version"); RETURN NULL;',
                    hash="130e230aaf96ec340ee5d65382073c62bd1aff37",
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
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."employer_id" IS DISTINCT FROM (NEW."employer_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."id_masked" IS DISTINCT FROM (NEW."id_masked") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."phone_masked" IS DISTINCT FROM (NEW."phone_masked") OR OLD."post" IS DISTINCT FROM (NEW."post") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "people_personevent" ("created_at", "employer_id", "id", "id_masked", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_masked", "post", "user_id", "version") VALUES (NEW."created_at", NEW."employer_id", NEW."id", NEW."id_masked", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone_masked", NEW."post", NEW."user_id", NEW."version"); RETURN NULL;',
                    hash="91dafae222475a7bfce219df2bae21b2c58a7638",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_de829",
                    table="people_person",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="identityreveal",
            constraint=models.CheckConstraint(
                condition=models.Q(("what__in", ["id_number", "phone"])), name="revealed_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("phone", ""), ("phone_masked", "")),
                    models.Q(models.Q(("phone", ""), _negated=True), models.Q(("phone_masked", ""), _negated=True)),
                    _connector="OR",
                ),
                name="phone_is_masked",
            ),
        ),
    ]
