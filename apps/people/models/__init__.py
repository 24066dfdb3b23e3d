"""Persons, where they are known, their certificates, and who looked at what is masked."""

from apps.people.models.cards import Card
from apps.people.models.certificates import (
    EXPIRY_STEPS,
    OFFICERS,
    TRADES,
    Certificate,
    CertificateKind,
    CertificateQuerySet,
)
from apps.people.models.consents import (
    PURPOSES,
    Answer,
    AnsweredBy,
    Consent,
    ConsentWording,
    lacks_an_answer,
)
from apps.people.models.persons import Person, PersonPresence, PersonQuerySet
from apps.people.models.retention import RetentionRule
from apps.people.models.reveals import IdentityReveal, Revealed
from apps.people.models.rules import CertificateRule

__all__ = [
    "EXPIRY_STEPS",
    "OFFICERS",
    "PURPOSES",
    "TRADES",
    "Answer",
    "AnsweredBy",
    "Card",
    "Certificate",
    "CertificateKind",
    "CertificateQuerySet",
    "CertificateRule",
    "Consent",
    "ConsentWording",
    "IdentityReveal",
    "Person",
    "PersonPresence",
    "PersonQuerySet",
    "RetentionRule",
    "Revealed",
    "lacks_an_answer",
]
