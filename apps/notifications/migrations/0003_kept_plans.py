from django.db import migrations

# Functions, as their plans are kept: planning a write to a table in partitions costs three times what the write does.

# Tell each of these people, while their account is active, the news at the same place of the arrays; answers the keys of
# the messages that are new.  Sorted, or two writers who share recipients could each wait for the other's unique key.
TELL = """
    CREATE FUNCTION notifications_tell(recipients bigint[], kinds text[], levels text[], titles text[], bodies text[],
                                       urls text[], dedupe_keys text[])
    RETURNS SETOF bigint LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
    BEGIN RETURN QUERY
        INSERT INTO notifications_message (recipient_id, kind, level, title, body, url, dedupe_key)
        SELECT news.recipient_id, news.kind, news.level, news.title, news.body, news.url, news.dedupe_key
          FROM unnest(recipients, kinds, levels, titles, bodies, urls, dedupe_keys)
            AS news (recipient_id, kind, level, title, body, url, dedupe_key)
          JOIN accounts_user ON accounts_user.id = news.recipient_id AND accounts_user.is_active
         ORDER BY news.recipient_id, news.dedupe_key
        ON CONFLICT DO NOTHING RETURNING id;
    END $$
"""
# Make what earlier messages asked of these people at an address mere news; of one kind, or of any where it is ''.
SETTLE = """
    CREATE FUNCTION notifications_settle(recipients bigint[], address text, told_kind text)
    RETURNS integer LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
    DECLARE
        settled integer;
    BEGIN
        UPDATE notifications_message SET level = 'info'
         WHERE recipient_id = ANY(recipients) AND url = address AND read_at IS NULL AND kind <> 'digest'
           AND level IN ('must_do', 'reminder') AND (told_kind = '' OR kind = told_kind);
        GET DIAGNOSTICS settled = ROW_COUNT;
        RETURN settled;
    END $$
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_shelves")]

    operations = [
        migrations.RunSQL(TELL, "DROP FUNCTION notifications_tell"),
        migrations.RunSQL(SETTLE, "DROP FUNCTION notifications_settle"),
    ]
