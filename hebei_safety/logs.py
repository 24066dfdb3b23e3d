import logging

from apps.core.masks import mask_numbers
from apps.core.middleware import request_id


class MaskIdentityNumbers(logging.Filter):
    """Last line of defence: code should log no identity or mobile number; of one that comes by the middle is hidden."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = mask_numbers(message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True


class RequestNumber(logging.Filter):
    """The number that the user sees on the error page stands on each line that the request wrote."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True
