"""Organisations, accounts, sign-in and exceptional access."""

from apps.accounts.models.grants import Grant, GrantKind
from apps.accounts.models.organisations import Organisation, OrganisationKind
from apps.accounts.models.signin import ApiToken, LoginAttempt, LoginLock, Session
from apps.accounts.models.users import User

__all__ = [
    "ApiToken",
    "Grant",
    "GrantKind",
    "LoginAttempt",
    "LoginLock",
    "Organisation",
    "OrganisationKind",
    "Session",
    "User",
]
