"""Whatever goes wrong is told in Chinese and tells nothing else: a page to people, the envelope to programs."""

from collections.abc import Iterator
from typing import Any

import psycopg2.errors
import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import OperationalError, connections
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core import errors
from apps.core.api.parsers import MAX_JSON
from apps.core.problems import PLAIN, Problem
from apps.core.workflow import TransitionRefused
from apps.enterprises.models import Enterprise
from tests.api_client import Api
from tests.factories import EnterpriseFactory
from tests.personas import inspector

pytestmark = pytest.mark.django_db

SECRET = "SELECT secret FROM /srv/hidden.py"
handler400, handler403 = errors.bad_request, errors.forbidden
handler404, handler500 = errors.not_found, errors.server_error


def busy() -> OperationalError:
    error = OperationalError(SECRET)
    error.__cause__ = psycopg2.errors.LockNotAvailable(SECRET)
    return error


RAISED: dict[str, tuple[Exception, int]] = {
    "missing": (Http404(SECRET), 404),
    "denied": (PermissionDenied(SECRET), 403),
    "busy": (busy(), 503),
    "gone": (OperationalError(SECRET), 500),
    "fault": (RuntimeError(SECRET), 500),
    "large": (RequestDataTooBig(SECRET), 413),
}
ONLY_API: dict[str, tuple[Exception, int]] = {
    "refused": (TransitionRefused("已下达，不能修改"), 409),
    "rule": (ValidationError({"name": "名称已有"}), 422),
    "throttled": (Throttled(wait=29.5), 429),
    "own": (Problem(428), 428),
}


class Failing(APIView):
    def get(self, request: Request, name: str) -> Response:
        raise (RAISED | ONLY_API)[name][0]


def failing_page(request: HttpRequest, name: str) -> HttpResponse:
    raise RAISED[name][0]


urlpatterns = [
    path("api/failing/<str:name>/", Failing.as_view()),
    path("failing/<str:name>/", failing_page),
    path("", include("hebei_safety.urls")),
]


@pytest.fixture
def page() -> Client:
    client = Client(raise_request_exception=False)
    client.post("/login/", {"username": inspector().username, "password": "Anquan-Diyi-2026"})
    return client


@pytest.fixture
def api() -> Api:
    return Api(inspector(), raise_request_exception=False)


def only_the_envelope(answer: Any) -> dict[str, Any]:
    body = answer.json()
    assert set(body) <= {"code", "message", "fields", "request_id"}
    assert body["request_id"] == answer["X-Request-Id"]
    assert SECRET not in answer.content.decode()
    return body


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("name", RAISED | ONLY_API)
def test_every_failure_of_the_api_is_the_envelope(api: Api, name: str) -> None:
    status = (RAISED | ONLY_API)[name][1]
    answer = api.get(f"/api/failing/{name}/")
    body = only_the_envelope(answer)
    assert answer.status_code == status
    spoken = {"refused": "已下达，不能修改", "throttled": "请求已被限流。 预计 30 秒后可用。"}
    assert body["message"] == spoken.get(name, PLAIN[status][1])


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("name", RAISED)
def test_every_failure_of_a_page_is_a_page_in_chinese(page: Client, name: str) -> None:
    answer = page.get(f"/failing/{name}/")
    text = answer.content.decode()
    assert answer.status_code == RAISED[name][1]
    assert f"错误 {answer.status_code}" in text
    assert answer["X-Request-Id"] in text
    assert SECRET not in text


@pytest.mark.urls(__name__)
def test_who_must_wait_is_told_how_long(api: Api) -> None:
    assert api.get("/api/failing/throttled/")["Retry-After"] == "30"
    assert int(api.get("/api/failing/busy/")["Retry-After"]) > 0


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "PUT"])
def test_unknown_address_is_404_to_everybody(method: str) -> None:
    for api in (Api(), Api(inspector())):
        answer = api.send(method, "/api/no-such-thing/", {}, {})
        assert (answer.status_code, only_the_envelope(answer)["code"]) == (404, "not_found")


def test_stranger_is_asked_to_sign_in() -> None:
    answer = Api().get("/api/enterprises/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert only_the_envelope(answer)["code"] == "not_authenticated"


@pytest.mark.parametrize("token", ["Bearer nonsense", "Bearer ", "Bearer \u00ff", "Basic eDp5"])
def test_bad_token_is_401(token: str) -> None:
    answer = Client().get("/api/enterprises/", headers={"Authorization": token})
    assert answer.status_code == 401
    only_the_envelope(answer)


@pytest.mark.parametrize(
    ("content_type", "headers", "size", "status"),
    [
        ("application/json", {"Accept": "text/html"}, 10, 406),
        ("text/plain", {}, 10, 415),
        ("application/xml", {}, 10, 415),
        ("application/x-www-form-urlencoded", {}, 10, 415),
        ("multipart/form-data; boundary=x", {}, 10, 415),
        ("application/json", {"Content-Encoding": "gzip"}, 10, 415),
        ("application/json", {"Content-Encoding": "deflate, br"}, 10, 415),
        ("application/json", {}, MAX_JSON + 1, 413),
        ("application/json; charset=gbk", {}, 10, 400),
    ],
)
def test_unsuitable_request_is_refused_before_it_is_read(
    api: Api, content_type: str, headers: dict[str, str], size: int, status: int
) -> None:
    sent = api.headers | {"Idempotency-Key": "k"} | headers
    answer = api.client.generic("POST", "/api/enterprises/", b"{" * size, content_type, headers=sent)
    assert answer.status_code == status
    only_the_envelope(answer)


def test_length_that_is_no_number_reads_no_body(api: Api) -> None:
    sent = api.headers | {"Idempotency-Key": "k"}
    answer = api.client.generic(
        "POST", "/api/enterprises/", b"{}", "application/json", headers=sent, CONTENT_LENGTH="x"
    )
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"name", "uscc", "kind", "region"})


def test_browser_session_needs_its_csrf_token_for_writing() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(inspector())
    answer = client.post("/api/enterprises/", {}, content_type="application/json")
    assert answer.status_code in (401, 403)
    assert only_the_envelope(answer)["message"]


def test_form_without_its_token_says_that_the_page_is_too_old() -> None:
    answer = Client(enforce_csrf_checks=True).post("/login/", {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


@pytest.fixture
def row_held_elsewhere() -> Iterator[Enterprise]:
    """A committed firm whose row another connection holds."""
    firm = EnterpriseFactory()
    other = connections.create_connection("default")
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM enterprises_enterprise WHERE organisation_id = %s FOR UPDATE", [firm.pk])
    yield firm
    other.rollback()
    other.close()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_row_that_is_locked_for_too_long_is_503_not_500(row_held_elsewhere: Enterprise) -> None:
    api = Api(inspector(), raise_request_exception=False)
    with connections["default"].cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    answer = api.patch(f"/api/enterprises/{row_held_elsewhere.uscc}/", {"address": "新址"}, version=1)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    only_the_envelope(answer)
