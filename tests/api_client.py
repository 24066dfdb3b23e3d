"""A program that talks to the API, as one user: `Api(user).post("/api/hazards/", {...})`."""

import json
import uuid
from typing import Any

from django.test import Client

from apps.accounts.services.tokens import issue_token


class Api:
    """Signs every request with a fresh token; a POST gets a new Idempotency-Key unless one is given."""

    def __init__(self, user: Any | None = None, *, raise_request_exception: bool = True) -> None:
        self.client = Client(raise_request_exception=raise_request_exception)
        self.headers = {"Authorization": f"Bearer {issue_token(user=user)[0]}"} if user else {}

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(path, query, headers=self.headers | headers)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        return self.send("POST", path, body, {"Idempotency-Key": uuid.uuid4().hex if key is None else key} | headers)

    def patch(self, path: str, body: Any, *, version: Any = None) -> Any:
        return self.send("PATCH", path, body, {"If-Match": f'"{version}"'} if version is not None else {})

    def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps({} if body is None else body)
        kept = {name: value for name, value in headers.items() if value}
        return self.client.generic(method, path, raw, "application/json", headers=self.headers | kept)

    def upload(self, path: str, data: dict[str, Any], *, key: str | None = None) -> Any:
        headers = self.headers | {"Idempotency-Key": key or uuid.uuid4().hex}
        return self.client.post(path, data, headers=headers)
