"""Supervisors, load balancers and health checks of containers ask by address, not by the name of the platform."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
def test_probe_is_answered_under_any_name_and_without_tls(client: Client, settings: Settings, path: str) -> None:
    settings.ALLOWED_HOSTS = ["safety.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get(path, headers={"Host": "127.0.0.1:8000"})
    assert answer.status_code == 200
    assert answer.headers["X-Request-Id"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_pages_are_answered_under_our_own_name_only(client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["safety.example.org"]
    assert client.get("/login/", headers={"Host": "127.0.0.1:8000"}).status_code == 400
