import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

# Days are those of China, like everywhere in the ledger.
SET_ALARM = """
    CREATE FUNCTION hazards_set_alarm() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        with_firm boolean := NEW.state IN ('ordered', 'received', 'rectifying');
        ordered date := coalesce((NEW.ordered_at AT TIME ZONE 'Asia/Shanghai')::date, NEW.found_on);
        answered date := coalesce(NEW.verified_at, NEW.confirmed_at, NEW.answered_at, now()) AT TIME ZONE 'Asia/Shanghai';
    BEGIN
        IF NEW.next_reminder_on IS NULL
           OR NOT (with_firm AND NEW.deadline IS NOT NULL OR NEW.state IN ('answered', 'confirmed', 'verified'))
        THEN
            DELETE FROM hazards_alarm WHERE hazard_id = NEW.id;
        ELSE
            INSERT INTO hazards_alarm AS alarm (hazard_id, plan, day, counted_from, began_on)
            VALUES (NEW.id, CASE WHEN with_firm THEN 'deadline' ELSE NEW.state END, NEW.next_reminder_on,
                    CASE WHEN with_firm THEN NEW.deadline ELSE answered END,
                    CASE WHEN with_firm THEN ordered ELSE answered END)
            ON CONFLICT (hazard_id) DO UPDATE
               SET (plan, day, counted_from, began_on) =
                   (excluded.plan, excluded.day, excluded.counted_from, excluded.began_on);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER set_alarm_of_new AFTER INSERT ON hazards_hazard FOR EACH ROW
        WHEN (NEW.next_reminder_on IS NOT NULL) EXECUTE FUNCTION hazards_set_alarm();
    CREATE TRIGGER set_alarm
        AFTER UPDATE OF state, deadline, found_on, next_reminder_on, ordered_at, answered_at, confirmed_at, verified_at
        ON hazards_hazard FOR EACH ROW
        WHEN (NEW.next_reminder_on IS NOT NULL OR OLD.next_reminder_on IS NOT NULL)
        EXECUTE FUNCTION hazards_set_alarm();
"""
# What waits now; the sweeps find the exact day of each.
FILL = """
    INSERT INTO hazards_alarm (hazard_id, plan, day, counted_from, began_on)
    SELECT id, CASE WHEN with_firm THEN 'deadline' ELSE state END, next_reminder_on,
           CASE WHEN with_firm THEN deadline ELSE answered END, CASE WHEN with_firm THEN ordered ELSE answered END
      FROM hazards_hazard
     CROSS JOIN LATERAL (SELECT
           state IN ('ordered', 'received', 'rectifying') AS with_firm,
           coalesce((ordered_at AT TIME ZONE 'Asia/Shanghai')::date, found_on) AS ordered,
           (coalesce(verified_at, confirmed_at, answered_at, now()) AT TIME ZONE 'Asia/Shanghai')::date AS answered) AS days
     WHERE next_reminder_on IS NOT NULL
       AND (with_firm AND deadline IS NOT NULL OR state IN ('answered', 'confirmed', 'verified'))
"""
# Steps that were overtaken had rows of their own; now the step that overtook them names them.
NAME_SKIPPED = """
    UPDATE hazards_reminder AS said SET skipped_kinds = kinds
      FROM (SELECT hazard_id, created_at, array_agg(kind ORDER BY day) AS kinds
              FROM hazards_reminder WHERE skipped GROUP BY hazard_id, created_at) AS overtaken
     WHERE NOT said.skipped AND overtaken.hazard_id = said.hazard_id AND overtaken.created_at = said.created_at;
    DELETE FROM hazards_reminder WHERE skipped;
"""


class Migration(migrations.Migration):
    dependencies = [("hazards", "0003_reference")]
    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "hazard",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="alarm",
                        serialize=False,
                        to="hazards.hazard",
                        verbose_name="隐患",
                    ),
                ),
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
                        verbose_name="计划",
                    ),
                ),
                ("day", models.DateField(null=True, verbose_name="下次提醒日")),
                ("counted_from", models.DateField(verbose_name="起算日")),
                ("began_on", models.DateField(verbose_name="开始日")),
            ],
            options={
                "verbose_name": "下次提醒",
                "verbose_name_plural": "下次提醒",
                "indexes": [
                    models.Index(
                        condition=models.Q(("day__isnull", False)), fields=["plan", "day", "hazard"], name="alarm_due"
                    )
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(
            SET_ALARM,
            "DROP TRIGGER set_alarm ON hazards_hazard; DROP TRIGGER set_alarm_of_new ON hazards_hazard;"
            "DROP FUNCTION hazards_set_alarm()",
        ),
        migrations.RemoveIndex(model_name="hazard", name="hazard_due"),
        migrations.AddField(
            model_name="reminder",
            name="skipped_kinds",
            field=ArrayField(
                base_field=models.CharField(max_length=20), default=list, size=None, verbose_name="补扫时略过的步骤"
            ),
        ),
        migrations.AlterField(
            model_name="reminder",
            name="hazard",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reminders",
                to="hazards.hazard",
                verbose_name="隐患",
            ),
        ),
        migrations.RunSQL(NAME_SKIPPED, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="reminder", name="skipped"),
        migrations.RenameField(model_name="reminder", old_name="skipped_kinds", new_name="skipped"),
    ]
