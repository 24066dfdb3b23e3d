"""Persons, where they are known, their certificates, and who looked at what is masked."""

from apps.people.models.certificates import (
    EXPIRY_STEPS,
    TRADES,
    Certificate,
    CertificateKind,
    CertificateQuerySet,
)
from apps.people.models.persons import Person, PersonPresence, PersonQuerySet
from apps.people.models.reveals import IdentityReveal, Revealed
from apps.people.models.rules import CertificateRule

__all__ = [
    "EXPIRY_STEPS",
    "TRADES",
    "Certificate",
    "CertificateKind",
    "CertificateQuerySet",
    "CertificateRule",
    "IdentityReveal",
    "Person",
    "PersonPresence",
    "PersonQuerySet",
    "Revealed",
]
