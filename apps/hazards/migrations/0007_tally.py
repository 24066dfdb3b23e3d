import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# The ledger as it stands; the trigger's lock, taken before, keeps everybody out until this is written too.
FILL = """
    INSERT INTO hazards_tally (region_path, found_month, closed_month, state, grade, own_check, count, fresh)
    SELECT region_path, date_trunc('month', found_on)::date,
           date_trunc('month', closed_at AT TIME ZONE 'Asia/Shanghai')::date,
           state, grade, source = 'self_check' AND grade = 'ordinary', count(*), false
      FROM hazards_hazard GROUP BY 1, 2, 3, 4, 5, 6
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_organisation_lies_in_its_region"),
        ("core", "0001_initial"),
        ("enterprises", "0002_enterprise_follows_its_organisation"),
        ("hazards", "0006_staged_hazards"),
        ("projects", "0002_scope_keys_follow"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region_path", models.CharField(db_collation="C", max_length=60, verbose_name="管辖路径")),
                ("found_month", models.DateField(verbose_name="检查月份")),
                ("closed_month", models.DateField(null=True, verbose_name="销号月份")),
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
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        choices=[("ordinary", "一般隐患"), ("major", "重大隐患")],
                        max_length=10,
                        verbose_name="隐患等级",
                    ),
                ),
                ("own_check", models.BooleanField(verbose_name="企业自查一般隐患")),
                ("count", models.IntegerField(verbose_name="条数")),
                ("fresh", models.BooleanField(default=True, verbose_name="未归并")),
            ],
            options={
                "verbose_name": "隐患汇总",
                "verbose_name_plural": "隐患汇总",
            },
        ),
        migrations.AddIndex(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(("state__in", ("ordered", "received", "rectifying"))),
                fields=["region_path", "deadline"],
                include=("source", "grade"),
                name="hazard_with_firm",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hazard",
            trigger=pgtrigger.compiler.Trigger(
                name="tally_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO hazards_tally (region_path, found_month, closed_month, state, grade, own_check, count, fresh)\n    SELECT region_path, date_trunc('month', found_on)::date, date_trunc('month', closed_at AT TIME ZONE 'Asia/Shanghai')::date, state, grade, source = 'self_check' AND grade = 'ordinary', count(*), true FROM added GROUP BY 1, 2, 3, 4, 5, 6;\n    RETURN NULL;\n",
                    hash="64fde17bcdabda30a06408bd3d63233a5fc94301",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_tally_added_12fdd",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="hazards_hazard",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hazard",
            trigger=pgtrigger.compiler.Trigger(
                name="tally_moved",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO hazards_tally (region_path, found_month, closed_month, state, grade, own_check, count, fresh)\n    SELECT region_path, found_month, closed_month, state, grade, own_check, sum(n), true\n      FROM (SELECT region_path, date_trunc('month', found_on)::date, date_trunc('month', closed_at AT TIME ZONE 'Asia/Shanghai')::date, state, grade, source = 'self_check' AND grade = 'ordinary', 1 FROM after\n            UNION ALL SELECT region_path, date_trunc('month', found_on)::date, date_trunc('month', closed_at AT TIME ZONE 'Asia/Shanghai')::date, state, grade, source = 'self_check' AND grade = 'ordinary', -1 FROM before) AS change (region_path, found_month, closed_month, state, grade, own_check, n)\n     GROUP BY region_path, found_month, closed_month, state, grade, own_check HAVING sum(n) <> 0;\n    RETURN NULL;\n",
                    hash="319e2320b68a268d93a7a8f5da425dc1629d146a",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_tally_moved_4b306",
                    referencing="REFERENCING OLD TABLE AS before  NEW TABLE AS after ",
                    table="hazards_hazard",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(fields=["found_month", "region_path"], name="tally_found"),
        ),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(
                condition=models.Q(("closed_month__isnull", False)),
                fields=["closed_month", "region_path"],
                name="tally_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ("draft", "ordered", "received", "rectifying", "answered", "confirmed", "verified"))
                ),
                fields=["region_path"],
                name="tally_unfinished",
            ),
        ),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(condition=models.Q(("fresh", True)), fields=["id"], name="tally_fresh"),
        ),
    ]
