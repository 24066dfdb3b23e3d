"""A visitor who signs in by the form, as a browser does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.personas import PASSWORD

SignIn = Callable[..., Any]


@pytest.fixture
def sign_in(client: Client) -> SignIn:
    """Post the sign-in form; `address` is the peer, further arguments are request headers."""

    def post(username: str, password: str = PASSWORD, otp: str = "", *, address: str = "10.1.1.1", **extra: Any) -> Any:
        data = {"username": username, "password": password, "otp": otp}
        return client.post("/login/", data, REMOTE_ADDR=address, **extra)

    return post
