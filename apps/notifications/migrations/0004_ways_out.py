from datetime import time
from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# Attempts go with deliveries that the database clears by itself.
BOUND = """
    ALTER TABLE notifications_deliveryattempt ADD CONSTRAINT attempt_goes_with_its_delivery
        FOREIGN KEY (delivery_id) REFERENCES notifications_delivery (id) ON DELETE CASCADE
"""
UNBOUND = "ALTER TABLE notifications_deliveryattempt DROP CONSTRAINT attempt_goes_with_its_delivery"
# No text that we could read fixes quiet hours; mail disturbs nobody at night.
QUIET = (time(22), time(7))


def fill(apps: Any, schema_editor: Any) -> None:
    setting, kind = apps.get_model("notifications", "ChannelSetting"), apps.get_model("notifications", "MessageKind")
    setting.objects.create(channel="email")
    for channel in ("sms", "wecom"):
        setting.objects.create(channel=channel, quiet_from=QUIET[0], quiet_until=QUIET[1])
    kind.objects.create(kind="digest", label="每日待办汇总", channels=["email"])


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0003_kept_plans"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChannelSetting",
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
                    "channel",
                    models.CharField(
                        choices=[("email", "电子邮件"), ("sms", "短信"), ("wecom", "政务微信")],
                        editable=False,
                        max_length=20,
                        unique=True,
                        verbose_name="渠道",
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="启用")),
                ("quiet_from", models.TimeField(blank=True, null=True, verbose_name="免打扰开始")),
                ("quiet_until", models.TimeField(blank=True, null=True, verbose_name="免打扰结束")),
                ("is_sample", models.BooleanField(default=True, editable=False, verbose_name="样例值")),
            ],
            options={
                "verbose_name": "外发渠道",
                "verbose_name_plural": "外发渠道",
            },
        ),
        migrations.CreateModel(
            name="DeliveryAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="时间"),
                ),
                ("was_sent", models.BooleanField(verbose_name="成功")),
                ("told", models.CharField(max_length=300, verbose_name="结果")),
            ],
            options={
                "verbose_name": "外发尝试",
                "verbose_name_plural": "外发尝试",
            },
        ),
        migrations.CreateModel(
            name="MessageKind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                ("kind", models.SlugField(editable=False, max_length=60, unique=True, verbose_name="代码")),
                ("label", models.CharField(editable=False, max_length=60, verbose_name="类别")),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("email", "电子邮件"), ("sms", "短信"), ("wecom", "政务微信")], max_length=20
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="外发渠道",
                    ),
                ),
            ],
            options={
                "verbose_name": "消息类别",
                "verbose_name_plural": "消息类别",
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="received_at",
            field=models.DateTimeField(null=True, verbose_name="送达时间"),
        ),
        migrations.AddField(
            model_name="delivery",
            name="receipt",
            field=models.CharField(blank=True, max_length=100, verbose_name="回执号"),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="channel",
            field=models.CharField(
                choices=[("email", "电子邮件"), ("sms", "短信"), ("wecom", "政务微信")],
                max_length=20,
                verbose_name="渠道",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="progress",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(given_up_at__isnull=False, then=models.Value("given_up")),
                    models.When(received_at__isnull=False, then=models.Value("received")),
                    models.When(sent_at__isnull=False, then=models.Value("sent")),
                    default=models.Value("waiting"),
                ),
                output_field=models.CharField(
                    choices=[("waiting", "待发出"), ("sent", "已发出"), ("received", "已送达"), ("given_up", "已放弃")],
                    max_length=10,
                    verbose_name="进度",
                ),
                verbose_name="进度",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("receipt", ""), _negated=True),
                fields=["channel", "receipt"],
                name="delivery_receipt",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["progress", "-id"], name="delivery_progress"),
        ),
        migrations.AddConstraint(
            model_name="channelsetting",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "sms", "wecom"])), name="channel_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="channelsetting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from", None), ("quiet_until", None)),
                    models.Q(
                        ("quiet_from__isnull", False),
                        ("quiet_until__isnull", False),
                        models.Q(("quiet_from", models.F("quiet_until")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="quiet_hours_are_a_span",
                violation_error_message="免打扰时段须同时填写开始和结束时间，且两者不同",
            ),
        ),
        migrations.AddField(
            model_name="deliveryattempt",
            name="delivery",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tries",
                to="notifications.delivery",
                verbose_name="外发记录",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagekind",
            constraint=models.CheckConstraint(
                condition=models.Q(("channels__contained_by", ["email", "sms", "wecom"])), name="kind_channels_known"
            ),
        ),
        migrations.RunSQL(BOUND, UNBOUND),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
