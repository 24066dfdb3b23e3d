import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import apps.people.models.cards


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0011_purposes_and_terms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Card",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "serial",
                    models.CharField(
                        default=apps.people.models.cards.new_serial,
                        editable=False,
                        max_length=12,
                        unique=True,
                        verbose_name="卡号",
                    ),
                ),
                ("token", models.TextField(editable=False, verbose_name="签名内容")),
                ("last_day", models.DateField(editable=False, verbose_name="证书最晚有效期至")),
                (
                    "issued_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="生成时间"
                    ),
                ),
                ("revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="注销时间")),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="生成人",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cards",
                        to="people.person",
                        verbose_name="人员",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="注销人",
                    ),
                ),
            ],
            options={
                "verbose_name": "电子证卡",
                "verbose_name_plural": "电子证卡",
                "ordering": ("-pk",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("revoked_at__isnull", False)), fields=["last_day"], name="card_revoked"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("person",),
                        name="one_card_stands",
                        violation_error_message="该人员已有有效的证卡",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="card",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="7f1c9cc8edf88a8cfdd40750383ce860700d78ee",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_d3cfc",
                    table="people_card",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="card",
            trigger=pgtrigger.compiler.Trigger(
                name="signed_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."serial" IS DISTINCT FROM (NEW."serial") OR OLD."token" IS DISTINCT FROM (NEW."token") OR OLD."last_day" IS DISTINCT FROM (NEW."last_day") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."issued_by_id" IS DISTINCT FROM (NEW."issued_by_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="c7843e09fedd85cba89b2a4f20c1a27a9aca6f65",
                    operation="UPDATE",
                    pgid="pgtrigger_signed_stays_b07e3",
                    table="people_card",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="card",
            trigger=pgtrigger.compiler.Trigger(
                name="revoked_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."revoked_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="a11f1e89a36137629fd530715cff8a76b1d1a50d",
                    operation="UPDATE",
                    pgid="pgtrigger_revoked_stays_994b6",
                    table="people_card",
                    when="BEFORE",
                ),
            ),
        ),
    ]
