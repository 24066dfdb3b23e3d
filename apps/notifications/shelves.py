"""The partitions of the messages, one for each quarter: made ahead, thrown away when their time is over.

The role of the application may not make or drop tables; two functions of the owner do it for these alone.  A message
for which there is no partition lies in the default one and is moved when its own is made, so nothing is ever refused.
"""

from datetime import date

from django.conf import settings

from apps.core.partitions import answer_alone

AHEAD = 1
"""How many quarters after the current one have their partition."""

MAKE = """
    SELECT count(*) FILTER (WHERE notifications_make_shelf(quarter))
      FROM (SELECT generate_series(%(today)s::date, %(today)s::date + %(ahead)s * interval '3 months',
                                   interval '3 months')::date
            UNION SELECT quarter FROM notifications_message_rest) AS wanted (quarter)
"""
CLEAR = "SELECT notifications_clear_shelves((%(today)s::date - make_interval(months => %(kept)s))::date)"


def make_shelves(today: date) -> int:
    """Make the partitions of this quarter, of those ahead and of what lies in the default one; answers how many."""
    return answer_alone("notifications_message", MAKE, today=today, ahead=AHEAD)


def clear_shelves(today: date) -> int:
    """Throw away quarters that ended longer ago than messages are kept; answers how many."""
    kept = settings.MESSAGES_KEPT_MONTHS
    return answer_alone("notifications_message", CLEAR, today=today, kept=kept) if kept else 0
