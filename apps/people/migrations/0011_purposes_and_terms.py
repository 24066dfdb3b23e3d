from typing import Any

from django.db import migrations

from apps.people.reference import load

# The role of the application has no right to change histories.  This takes from them what identifies persons from whom
# it was taken before, and can do nothing else.
FORGET_HISTORY = """
CREATE FUNCTION people_forget_history(keys bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ignored text := current_setting('pgtrigger.ignore', true);
BEGIN
    PERFORM set_config('pgtrigger.ignore', '{pgtrigger_append_only_1d49f}', true);
    UPDATE people_personevent e SET name = p.name, id_masked = '', phone_masked = '', user_id = NULL
      FROM people_person p
     WHERE p.id = e.pgh_obj_id AND p.id = ANY(keys) AND p.pseudonymised_at IS NOT NULL;
    PERFORM set_config('pgtrigger.ignore', coalesce(nullif(ignored, ''), '{}'), true);
END $$;
REVOKE ALL ON FUNCTION people_forget_history FROM PUBLIC;
"""


def fill(registry: Any, schema_editor: Any) -> None:
    load(registry.get_model("core", "DictionaryEntry"), "consent_purposes", ("kind", "code"))
    load(registry.get_model("people", "ConsentWording"), "consent_wordings", ("purpose", "effective_from"))
    load(registry.get_model("people", "RetentionRule"), "retention_rules", ("subject", "effective_from"))


class Migration(migrations.Migration):
    dependencies = [("people", "0010_consents_and_retention"), ("core", "0009_drafts_stand_encrypted")]

    operations = [
        migrations.RunSQL(FORGET_HISTORY, "DROP FUNCTION people_forget_history"),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(
            "UPDATE core_importbatch SET forgets_file = true WHERE register = 'people'", migrations.RunSQL.noop
        ),
    ]
