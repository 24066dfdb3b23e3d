from typing import Any

import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models

from apps.hazards.reference import load_ladder
from apps.hazards.workflow import HAZARD
from apps.notifications.kinds import of_moves


def fill(apps: Any, schema_editor: Any) -> None:
    moves = of_moves("hazard", "隐患", HAZARD.transitions)
    load_ladder(apps.get_model("hazards", "ReminderRule"), apps.get_model("notifications", "MessageKind"), moves)


class Migration(migrations.Migration):
    dependencies = [
        ("hazards", "0017_searched_within_a_region"),
        ("notifications", "0004_ways_out"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReminderRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                ("code", models.SlugField(editable=False, max_length=20, unique=True, verbose_name="代码")),
                (
                    "plan",
                    models.CharField(
                        choices=[
                            ("deadline", "整改期限"),
                            ("answered", "待监理确认"),
                            ("confirmed", "待复查"),
                            ("verified", "待销号"),
                        ],
                        max_length=10,
                        verbose_name="依据",
                    ),
                ),
                ("days", models.SmallIntegerField(verbose_name="天数")),
                ("again_after", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="重复间隔（天）")),
                ("words", models.CharField(max_length=40, verbose_name="提醒文字")),
                (
                    "level",
                    models.CharField(
                        choices=[("must_do", "必办"), ("reminder", "提醒"), ("info", "知会")],
                        default="reminder",
                        max_length=10,
                        verbose_name="级别",
                    ),
                ),
                (
                    "hearers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("firm", "企业安全负责人"),
                                ("site", "项目人员"),
                                ("supervising_engineer", "监理工程师"),
                                ("recorder", "登记人或经办人"),
                                ("head", "监督站负责人"),
                                ("closers", "可销号的人员"),
                                ("county", "县级监管员"),
                                ("city", "市级监管员"),
                            ],
                            max_length=30,
                        ),
                        size=None,
                        verbose_name="提醒对象",
                    ),
                ),
                ("is_on", models.BooleanField(default=False, editable=False, verbose_name="启用")),
                ("in_force_from", models.DateField(editable=False, null=True, verbose_name="生效日期")),
                ("is_sample", models.BooleanField(default=False, editable=False, verbose_name="样例值")),
            ],
            options={
                "verbose_name": "提醒规则",
                "verbose_name_plural": "提醒规则",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "days"),
                        name="one_rule_a_day",
                        violation_error_message="同一依据、同一天数已有规则",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("plan__in", ["deadline", "answered", "confirmed", "verified"])),
                        name="rule_plan_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "hearers__contained_by",
                                [
                                    "firm",
                                    "site",
                                    "supervising_engineer",
                                    "recorder",
                                    "head",
                                    "closers",
                                    "county",
                                    "city",
                                ],
                            ),
                            models.Q(("hearers", []), _negated=True),
                        ),
                        name="rule_hearers_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("again_after", None), ("days__range", (-60, 365)), ("plan", "deadline")),
                            models.Q(
                                models.Q(("plan", "deadline"), _negated=True),
                                ("again_after__range", (1, 60)),
                                ("days__range", (1, 60)),
                            ),
                            _connector="OR",
                        ),
                        name="reminder_days_in_range",
                        violation_error_message="按整改期限的规则，天数为 -60（期限前）至 365（超期），不重复；按等待时间的规则，天数为 1 至 60 个工作日，并填写 1 至 60 天的重复间隔",
                    ),
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
