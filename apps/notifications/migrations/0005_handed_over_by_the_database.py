from django.db import migrations

# A delivery for each channel that carries these new messages, to people who can be reached by it; answers how many.  A
# function, as its plan is kept: planning a look into a table in partitions costs three times the look.  `addresses` are
# the fields of a person that must be filled, each for the channel at the same place.
HAND_OVER = """
    CREATE FUNCTION notifications_hand_over(told bigint[], open_ways text[], addresses text[])
    RETURNS integer LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
    DECLARE
        written integer;
    BEGIN
        INSERT INTO notifications_delivery (message_id, channel, attempts, error, receipt)
        SELECT message.id, way.channel, 0, '', ''
          FROM notifications_message AS message
          JOIN notifications_messagekind AS kind ON kind.kind = message.kind
          JOIN unnest(open_ways, addresses) AS way (channel, address) ON way.channel = ANY(kind.channels)
          JOIN accounts_user AS person ON person.id = message.recipient_id
         WHERE message.id = ANY(told) AND coalesce(to_jsonb(person) ->> way.address, '') <> ''
         ORDER BY message.id
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS written = ROW_COUNT;
        RETURN written;
    END $$
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_ways_out")]
    operations = [migrations.RunSQL(HAND_OVER, "DROP FUNCTION notifications_hand_over")]
