import logging
import re

from apps.core.middleware import request_id

# Six digits of a place, a date of birth, a serial number and a check digit.
IDENTITY_NUMBER = re.compile(
    r"(?<![\d.])(\d{4})\d{2}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(\d{3}[\dXx])(?!\d)"
)


class MaskIdentityNumbers(logging.Filter):
    """Last line of defence: code should never log an identity number, but if one comes by, its middle is hidden."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = IDENTITY_NUMBER.sub(r"\1**********\2", message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True


class RequestNumber(logging.Filter):
    """The number that the user sees on the error page stands on each line that the request wrote."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True
