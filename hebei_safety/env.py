"""Reads the environment. Nothing else in the project does; `.env.example` says what each name means."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PLACEHOLDER = "change-me"
SHORTEST_SECRET = 32


def text(name: str, default: str | None = None) -> str:
    """The value of `name`; without a default an unset or empty name stops the start."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set; .env.example says what it means.")
    return value


def secret(name: str) -> str:
    """A value that must be this installation's own."""
    value = text(name)
    if PLACEHOLDER in value or len(value) < SHORTEST_SECRET:
        raise ImproperlyConfigured(f"{name} is too short or still the example's; .env.example says how to make one.")
    return value


def flag(name: str, default: bool = False) -> bool:
    value = text(name, str(default)).lower()
    if value not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def path(name: str, default: Path) -> Path:
    return Path(text(name, str(default))).absolute()


def database(url: str) -> dict[str, str]:
    """Django's words for `postgres://user:password@host:port/name`; `?host=/folder` names a socket folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"Only PostgreSQL is supported, not {parts.scheme or 'an empty scheme'}://")
    if parts.password == PLACEHOLDER:
        raise ImproperlyConfigured("The password of the database is still the example's.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": dict(parse_qsl(parts.query)).get("host") or parts.hostname or "",
        "PORT": str(parts.port or ""),
    }


def broker(url: str) -> str:
    """Celery's spelling of a Redis address: `unix:///path?db=0` is `redis+socket:///path?virtual_host=0` there."""
    if not url.startswith("unix://"):
        return url
    return url.replace("unix://", "redis+socket://", 1).replace("db=", "virtual_host=")


def mail(url: str) -> dict[str, str | int | bool]:
    """Django's words for `smtp://user:password@host:port` (`smtps` for TLS from the first byte); empty: to the log."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    return {
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or 25,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 10,
    }
