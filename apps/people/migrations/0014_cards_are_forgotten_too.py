from django.db import migrations

# As in 0011, and besides what a card was signed for: surname and last four characters of the number.
FORGET_HISTORY = """
CREATE OR REPLACE FUNCTION people_forget_history(keys bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ignored text := current_setting('pgtrigger.ignore', true);
BEGIN
    PERFORM set_config('pgtrigger.ignore',
        '{pgtrigger_append_only_1d49f,pgtrigger_signed_stays_b07e3,pgtrigger_revoked_stays_994b6}', true);
    UPDATE people_personevent e SET name = p.name, id_masked = '', phone_masked = '', user_id = NULL
      FROM people_person p
     WHERE p.id = e.pgh_obj_id AND p.id = ANY(keys) AND p.pseudonymised_at IS NOT NULL;
    UPDATE people_card c SET token = ''
      FROM people_person p
     WHERE p.id = c.person_id AND p.id = ANY(keys) AND p.pseudonymised_at IS NOT NULL;
    PERFORM set_config('pgtrigger.ignore', coalesce(nullif(ignored, ''), '{}'), true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0013_terms_of_certificates_in_bounds")]

    operations = [migrations.RunSQL(FORGET_HISTORY, migrations.RunSQL.noop)]
