"""What a card says, how it is signed, and how it is judged.

The payload is a short JSON list: version, serial, masked name, last four characters of the identity number,
certificates as [kind, last day], and the day of issue.  It is as little as a guard needs to compare with the identity
card in hand.  The token is `payload.key.signature`, all in base64url without padding; what is signed begins with a
line that no other signature of this platform begins with.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.core import signing
from apps.people.models import Card, Certificate, Person
from apps.people.selectors import labels_of

VERSION = 1
SIGNED = b"hebei-card/1\n"
LONGEST_TOKEN = 4_000
MOST_OF_CODE = 1_800
"""Characters; a QR code that bears a fold holds 2,331, and the address comes before them."""
PARTS = 6


@dataclass(frozen=True)
class Told:
    """What a sound token says."""

    serial: str
    name: str
    last_four: str
    certificates: list[tuple[str, date]]
    issued_on: date


def masked_name(name: str) -> str:
    """韩**"""
    return name[:1] + "*" * (len(name) - 1)


def certificates_of(person: Person, today: date) -> list[Certificate]:
    """What goes on a card: the certificates in force, the one that runs longest first."""
    return list(person.certificates.in_force(today).order_by("-valid_until", "pk"))


def lines_of(certificates: list[Certificate]) -> list[list[str]]:
    labels = labels_of(certificates)
    return [[labels[one.pk], f"{one.valid_until:%Y%m%d}"] for one in certificates]


def token_that_fits(card: Card, person: Person, certificates: list[Certificate], today: date) -> str:
    """Who holds more certificates than a code can bear has those on it that run longest."""
    counts = range(len(certificates), 0, -1)
    tokens = (token_of(card, person, certificates[:count], today) for count in counts)
    return next(token for token in tokens if len(token) <= MOST_OF_CODE)


def token_of(card: Card, person: Person, certificates: list[Certificate], today: date) -> str:
    lines = lines_of(certificates)
    said = [VERSION, card.serial, masked_name(person.name), person.id_masked[-4:], lines, f"{today:%Y%m%d}"]
    payload = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    key_id, signature = signing.sign(SIGNED + payload)
    return ".".join((encoded(payload), key_id, encoded(base64.b64decode(signature))))


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def read(token: str) -> Told | None:
    """What the token says where the signature is ours; None for everything else."""
    parts = token.split(".")
    if len(token) > LONGEST_TOKEN or len(parts) != 3:
        return None
    try:
        payload, signature = decoded(parts[0]), decoded(parts[2])
    except (binascii.Error, ValueError):
        return None
    if not signing.verify(SIGNED + payload, parts[1], base64.b64encode(signature).decode()):
        return None
    return told_in(json.loads(payload))


def told_in(said: Any) -> Told | None:
    """Signed by us, so of our form; another version is none that this release can read."""
    if said[0] != VERSION or len(said) != PARTS:
        return None
    _, serial, name, last_four, certificates, issued_on = said
    held = [(label, day_of(day)) for label, day in certificates]
    return Told(serial, name, last_four, held, day_of(issued_on))


def day_of(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def state_of(token: str, today: date) -> str:
    """forged, revoked, changed, expired or valid: what the register says now of the card with this token."""
    told = read(token)
    if told is None:
        return "forged"
    card = Card.objects.select_related("person").filter(serial=told.serial, token=token).first()
    if card is None or card.revoked_at or card.person.pseudonymised_at:
        return "revoked"
    if all(last < today for _, last in told.certificates):
        return "expired"
    now = {tuple(line) for line in lines_of(certificates_of(card.person, today))}
    still = {(label, f"{last:%Y%m%d}") for label, last in told.certificates if last >= today}
    return "valid" if still <= now else "changed"


def revoked_serials(today: date) -> list[str]:
    """Of everybody's cards: serials say nothing to who does not hold the card."""
    rows = Card.objects.filter(revoked_at__isnull=False, last_day__gte=today)
    return sorted(rows.values_list("serial", flat=True))


STATES = {
    "valid": "与登记一致，有效",
    "expired": "证书已过期",
    "changed": "证书登记已有变化，请持证人重新生成证卡",
    "revoked": "证卡已注销",
    "forged": "不是本平台签发的证卡",
}
