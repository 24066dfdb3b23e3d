"""Editions of lists, terms and rules; which edition of the catalogue is which; and what is a sample."""

import datetime
from typing import Any

import pgtrigger.migrations
from django.db import migrations, models

from apps.credit.reference import told

# As `EditionQuerySet.for_day` finds it: the newest that had begun, or the first.
TERM = """
CREATE FUNCTION credit_repair_term(of_severity text, on_day date) RETURNS SETOF credit_repairterm
LANGUAGE sql STABLE AS $$
    SELECT t.* FROM credit_repairterm t WHERE t.severity = of_severity
     ORDER BY t.effective_from > on_day, abs(t.effective_from - on_day) LIMIT 1
$$"""
CODES = """
UPDATE credit_blacklisting b SET list_code = t.code FROM credit_listtype t WHERE t.id = b.list_type_id;
UPDATE credit_repairterm SET repairable_after = least_months;
SET CONSTRAINTS ALL IMMEDIATE;
"""


def fill(apps: Any, schema_editor: Any) -> None:
    """What ships and was not changed by an office since says what it is."""
    items, lists, terms, rules = (
        apps.get_model("credit", name) for name in ("CreditItem", "ListType", "RepairTerm", "PermitRule")
    )
    editions = told()["editions"]
    for item in told()["items"]:
        ours = items.objects.filter(code=item["code"], is_sample=True)
        edition = editions[item.get("of", "general")]
        if not ours.filter(effective_from=edition["effective_from"]).exists():
            ours.filter(effective_from="2020-01-01").update(effective_from=edition["effective_from"])
        ours.filter(effective_from=edition["effective_from"]).update(edition=edition["edition"])
    for kind in told()["list_types"]:
        lists.objects.filter(code=kind["code"], version=1).update(is_sample=kind.get("is_sample", False))
    terms.objects.filter(version=1).update(is_sample=True)
    for rule in told()["permit_rules"]["rules"]:
        if rule.get("is_sample"):
            same = rules.objects.filter(grade=rule["grade"], nth=rule["nth"], version=1)
            same.update(is_sample=True, certainty=rule["certainty"])


class Migration(migrations.Migration):
    dependencies = [
        ("credit", "0014_no_new_permit_within_a_year"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="blacklisting",
            name="listed_stays",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="blacklisting",
            name="listed_on_its_day",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="creditentry",
            name="decided_stays",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="creditentry",
            name="starts_on_its_day",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="permitcase",
            name="starts_on_its_day",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="permitcase",
            name="decided_stays",
        ),
        migrations.RemoveConstraint(
            model_name="blacklisting",
            name="blacklisted_once",
        ),
        migrations.RemoveConstraint(
            model_name="blacklisting",
            name="blacklisting_is_whole",
        ),
        migrations.RemoveConstraint(
            model_name="creditentry",
            name="credit_entry_counts_when_decided",
        ),
        migrations.RemoveConstraint(
            model_name="creditentry",
            name="credit_entry_public_for_a_term",
        ),
        migrations.RemoveConstraint(
            model_name="permitcase",
            name="permit_held_for_its_days",
        ),
        migrations.RemoveConstraint(
            model_name="permitrule",
            name="permit_rule_once",
        ),
        migrations.RemoveConstraint(
            model_name="permitrule",
            name="permit_rule_days_in_order",
        ),
        migrations.AddField(
            model_name="blacklisting",
            name="list_code",
            field=models.CharField(
                db_collation="C", default="", editable=False, max_length=30, verbose_name="名单代码"
            ),
        ),
        migrations.AddField(
            model_name="credititem",
            name="edition",
            field=models.CharField(blank=True, max_length=60, verbose_name="版本"),
        ),
        migrations.AddField(
            model_name="permitrule",
            name="effective_from",
            field=models.DateField(default=datetime.date(2008, 6, 30), verbose_name="施行日期"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="permitrule",
            name="is_sample",
            field=models.BooleanField(default=False, editable=False, verbose_name="样例"),
        ),
        migrations.AddField(
            model_name="repairterm",
            name="effective_from",
            field=models.DateField(default=datetime.date(2026, 4, 1), verbose_name="施行日期"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="repairterm",
            name="is_sample",
            field=models.BooleanField(default=False, editable=False, verbose_name="样例"),
        ),
        migrations.AddField(
            model_name="repairterm",
            name="repairable_after",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="可申请修复（满月数）"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="listtype",
            name="code",
            field=models.CharField(db_collation="C", max_length=30, verbose_name="代码"),
        ),
        migrations.AlterField(
            model_name="repairterm",
            name="severity",
            field=models.CharField(
                choices=[("minor", "轻微"), ("ordinary", "一般"), ("serious", "严重")],
                max_length=10,
                verbose_name="失信程度",
            ),
        ),
        migrations.RunSQL(TERM, "DROP FUNCTION credit_repair_term(text, date)"),
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
