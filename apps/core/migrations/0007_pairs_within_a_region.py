from django.db import migrations

# Beside the pairs of a row's texts the regions in which it lies, from the city down: a county's search then gathers its
# own rows alone.  They are longer than two characters, so no pair is taken for one.
FUNCTION = """
    CREATE FUNCTION core_pairs_within(path text, VARIADIC texts text[]) RETURNS public.hstore
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 25 AS $$
    DECLARE
        steps text[] := string_to_array(btrim(path, '/'), '/');
        places text[] := '{}';
    BEGIN
        FOR n IN 2 .. coalesce(array_length(steps, 1), 0) LOOP
            places := places || ('/' || array_to_string(steps[1:n], '/') || '/');
        END LOOP;
        RETURN public.core_pairs(VARIADIC texts) OPERATOR(public.||) public.hstore(places, NULL);
    END $$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0006_quicker_clock")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION core_pairs_within(text, text[])")]
