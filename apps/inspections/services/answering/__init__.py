"""Writing down what a visit finds: one item, one problem, one signature at a time, each checked by the table.

Whatever is written names the revision that it builds on (`base`, None for what is new): the same sent again changes
nothing, something else on an old revision is a `Conflict`, so that nobody's entry is lost without being seen.  Once
somebody has signed, what they signed is changed by nobody before their signatures are void (`remove_signature`);
photographs of it may still arrive.
"""

from apps.inspections.services.answering.answers import OWN, put_answer
from apps.inspections.services.answering.findings import FINDING_FIELDS, drop_finding, put_finding
from apps.inspections.services.answering.opening import Conflict
from apps.inspections.services.answering.pictures import adopt_photos, take_in_photo
from apps.inspections.services.answering.second_looks import put_second_look
from apps.inspections.services.answering.signing import NOTES, put_notes, put_signature, remove_signature

__all__ = [
    "FINDING_FIELDS",
    "NOTES",
    "OWN",
    "Conflict",
    "adopt_photos",
    "drop_finding",
    "put_answer",
    "put_finding",
    "put_notes",
    "put_second_look",
    "put_signature",
    "remove_signature",
    "take_in_photo",
]
