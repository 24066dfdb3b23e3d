"""吊销后一年内不得重新申请: a trigger on the table of firms, which stand in an app below and know no revocations."""

from django.db import migrations

from apps.enterprises.likely import SPELLED

SENTENCE = "该企业的安全生产许可证被吊销未满一年，不得重新申请（建质〔2008〕121号），满一年后才能登记新的许可证编号"
RULE = f"""
CREATE FUNCTION credit_no_new_permit_within_a_year() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM credit_permitcase
         WHERE enterprise_id = NEW.organisation_id AND state = 'revoked'
           AND (starts_on + interval '12 months')::date > (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date
           AND {SPELLED.format(text="permit_number")} <> {SPELLED.format(text="NEW.safety_licence")}
    ) THEN
        RAISE EXCEPTION 'no_new_permit_within_a_year' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'no_new_permit_within_a_year', HINT = '{SENTENCE}';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER no_new_permit_within_a_year BEFORE UPDATE OF safety_licence ON enterprises_enterprise
    FOR EACH ROW WHEN (NEW.safety_licence <> '' AND NEW.safety_licence IS DISTINCT FROM OLD.safety_licence)
    EXECUTE FUNCTION credit_no_new_permit_within_a_year();
"""  # noqa: S608  (our own words)
UNDONE = """
DROP TRIGGER no_new_permit_within_a_year ON enterprises_enterprise;
DROP FUNCTION credit_no_new_permit_within_a_year();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("credit", "0013_revoked_while_held"),
        ("enterprises", "0006_check_digit_of_the_credit_code"),
    ]
    operations = [migrations.RunSQL(RULE, UNDONE)]
