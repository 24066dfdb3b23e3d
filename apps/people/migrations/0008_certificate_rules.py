import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_what_stood_in_clear"),
    ]

    operations = [
        migrations.CreateModel(
            name="CertificateRule",
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
                            ("builder", "注册建造师"),
                            ("safety", "注册安全工程师"),
                            ("supervisor", "注册监理工程师"),
                        ],
                        max_length=10,
                        verbose_name="证书类别",
                    ),
                ),
                ("effective_from", models.DateField(verbose_name="施行日期")),
                (
                    "form",
                    models.CharField(
                        blank=True,
                        help_text="可用{省}、{字母}、{类别}、{工种}、{年}和{1位}至{18位}（数字），其余逐字相符；没有规定的不填",
                        max_length=80,
                        verbose_name="编号格式",
                    ),
                ),
                (
                    "form_is_certain",
                    models.BooleanField(
                        default=False,
                        help_text="勾选的，不符的编号不予登记；不勾选的，照常登记并列入“编号存疑”",
                        verbose_name="格式确定",
                    ),
                ),
                ("example", models.CharField(blank=True, max_length=40, verbose_name="编号示例")),
                ("years", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最长有效期（年）")),
                (
                    "renewal_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="期满前几个月内申请延续"),
                ),
                ("source", models.CharField(max_length=300, verbose_name="依据")),
                ("certainty", models.CharField(blank=True, max_length=200, verbose_name="把握程度")),
                ("is_sample", models.BooleanField(default=False, editable=False, verbose_name="示例")),
            ],
            options={
                "verbose_name": "证书规则",
                "verbose_name_plural": "证书规则",
            },
        ),
        migrations.RemoveConstraint(
            model_name="certificate",
            name="certificate_kind_is_known",
        ),
        migrations.AddField(
            model_name="certificate",
            name="number_doubted",
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name="编号存疑"),
        ),
        migrations.AddField(
            model_name="certificate",
            name="renewed_early",
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name="换证过早"),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("A", "A类（企业主要负责人）"),
                    ("B", "B类（项目负责人）"),
                    ("C1", "C1类（专职安全员·机械）"),
                    ("C2", "C2类（专职安全员·土建）"),
                    ("C3", "C3类（专职安全员·综合）"),
                    ("special", "特种作业操作资格证"),
                    ("builder", "注册建造师"),
                    ("safety", "注册安全工程师"),
                    ("supervisor", "注册监理工程师"),
                ],
                max_length=10,
                verbose_name="证书类别",
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("replaced", False), models.Q(("number_doubted", ""), _negated=True)),
                fields=["person"],
                name="certificate_doubted",
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("replaced", False), models.Q(("renewed_early", ""), _negated=True)),
                fields=["person"],
                name="certificate_early",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["A", "B", "C1", "C2", "C3", "special", "builder", "safety", "supervisor"])
                ),
                name="certificate_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificaterule",
            constraint=models.UniqueConstraint(
                fields=("kind", "effective_from"),
                name="certificate_rule_begins_once",
                violation_error_message="该类证书已有同一天施行的版本",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificaterule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["A", "B", "C1", "C2", "C3", "special", "builder", "safety", "supervisor"])
                ),
                name="certificate_rule_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificaterule",
            constraint=models.CheckConstraint(
                condition=models.Q(("form_is_certain", False), models.Q(("form", ""), _negated=True), _connector="OR"),
                name="certain_form_is_said",
                violation_error_message="没有填写编号格式的，不能勾选“格式确定”",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="certificaterule",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="8bffdb1b1a7f1464a91f5a2f005577516be396a8",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_63a59",
                    table="people_certificaterule",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="certificaterule",
            trigger=pgtrigger.compiler.Trigger(
                name="begins_later",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.effective_from < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)",
                    func="\n            IF TG_OP = 'UPDATE' AND NEW.effective_from = OLD.effective_from THEN\n                RETURN NEW;\n            END IF;\n            IF EXISTS (SELECT FROM people_certificaterule WHERE kind = NEW.kind AND id <> NEW.id) THEN\n                RAISE EXCEPTION 'begins_later' USING ERRCODE = 'check_violation', CONSTRAINT = 'begins_later', HINT = '新的版本须从今天或者以后施行，以前各日适用的版本不能改变';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="bfdbb8f8f0c5665609ec104de2f8cccd5ed72e90",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_begins_later_9bfed",
                    table="people_certificaterule",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="certificaterule",
            trigger=pgtrigger.compiler.Trigger(
                name="begun_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.effective_from <= (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date AND (OLD.kind, OLD.effective_from, OLD.form, OLD.form_is_certain, OLD.example, OLD.years, OLD.renewal_months, OLD.source) IS DISTINCT FROM (NEW.kind, NEW.effective_from, NEW.form, NEW.form_is_certain, NEW.example, NEW.years, NEW.renewal_months, NEW.source))",
                    func="RAISE EXCEPTION 'begun_stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'begun_stays', HINT = '本版已经施行，不能修改；请新增一版，并注明施行日期';",
                    hash="f30331f464c709579455f22a7780bbc90593636e",
                    operation="UPDATE",
                    pgid="pgtrigger_begun_stays_e6ce1",
                    table="people_certificaterule",
                    when="BEFORE",
                ),
            ),
        ),
    ]
