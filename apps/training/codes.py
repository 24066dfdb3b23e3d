"""The code by which people sign in: made anew with each opening, shown again without being stored."""

import base64

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString

from apps.training.models import Session

SALT = "apps.training.codes"
LENGTH = 24


def code_of(session: Session) -> str:
    """The secret of the present opening.  It follows from the key of this installation and the moment of opening, so
    that the trainer's screen and the printed sheet show it, while the database holds its hash alone."""
    told = f"{session.pk}:{session.opened_at.isoformat() if session.opened_at else ''}"
    digest = salted_hmac(SALT, told, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode()[:LENGTH]


def address_of_code(session: Session) -> str:
    """What the picture of the code says."""
    return f"{settings.PUBLIC_URL}{reverse('training_sign_in', args=[code_of(session)])}"


def picture_of(session: Session) -> SafeString:
    """The code as a picture for screen and paper, as large as its box; level M bears a fold or a stain."""
    made = segno.make(address_of_code(session), error="m", micro=False)
    return SafeString(made.svg_inline(border=2, omitsize=True))
