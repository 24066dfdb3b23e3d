"""Objections of all kinds as one view, and indexes by which the few that were objected to are found among all."""

from django.db import migrations, models
from django.db.models import Q

# An objection that is right is also the reason why the finding was given up (`keep_reason`).
ONE = """
SELECT f.number, '{kind}'::varchar(10) AS kind, {about}::varchar(200) AS about, f.enterprise_id, f.person_id,
       f.region_path, f.organisation_id, f.office_path, f.objected_at, f.objected_by_id, f.objection, f.answer_by,
       CASE WHEN f.state = 'objected' THEN NULL ELSE f.answered_at END AS answered_at,
       CASE WHEN f.state = 'objected' THEN NULL ELSE f.answered_by_id END AS answered_by_id,
       CASE WHEN f.state = 'objected' THEN '' ELSE f.answer END AS answer,
       (CASE WHEN f.state = 'objected' THEN 'pending'
             WHEN f.state = 'rejected' AND f.reason = f.answer THEN 'upheld'
             ELSE 'dismissed' END)::varchar(10) AS outcome
  FROM {table} f {join}
 WHERE f.objected_at IS NOT NULL"""
PARTS = (
    ("entry", "i.name", "credit_creditentry", "JOIN credit_credititem i ON i.id = f.item_id"),
    ("listing", "t.name", "credit_blacklisting", "JOIN credit_listtype t ON t.id = f.list_type_id"),
    ("permit", "CASE f.measure WHEN 'revoke' THEN '吊销' ELSE '暂扣' END || '安全生产许可证'", "credit_permitcase", ""),
)
VIEW = "CREATE VIEW credit_appeal AS " + " UNION ALL ".join(
    ONE.format(kind=kind, about=about, table=table, join=join) for kind, about, table, join in PARTS
)


def objected(model: str, name: str) -> migrations.AddIndex:
    index = models.Index(fields=["-objected_at"], condition=Q(objected_at__isnull=False), name=name)
    return migrations.AddIndex(model, index)


class Migration(migrations.Migration):
    dependencies = [("credit", "0006_kinds_of_certificates")]
    operations = [
        objected("creditentry", "credit_entry_objected"),
        objected("blacklisting", "blacklisting_objected"),
        objected("permitcase", "permit_case_objected"),
        migrations.RunSQL(VIEW, "DROP VIEW credit_appeal"),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "number",
                    models.CharField(
                        db_collation="C", max_length=32, primary_key=True, serialize=False, verbose_name="编号"
                    ),
                ),
            ],
            options={
                "verbose_name": "异议申诉",
                "verbose_name_plural": "异议申诉",
                "db_table": "credit_appeal",
                "managed": False,
            },
        ),
    ]
