"""One envelope for everything that is not a success: {code, message, fields?, request_id}.

The message is fit to show to a user; nothing else about the failure leaves the house.
"""

from typing import Any

import psycopg2.errors
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.db import OperationalError
from django.http import Http404
from django.http.request import UnreadablePostError
from rest_framework import exceptions
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from apps.core.middleware import request_id
from apps.core.workflow import TransitionRefused

Fields = dict[str, list[str]]

# What is said by status alone: code and sentence.  Pages use the same sentences.
PLAIN: dict[int, tuple[str, str]] = {
    400: ("malformed", "请求的格式有误"),
    401: ("not_authenticated", "请先登录，或提供有效的令牌"),
    403: ("forbidden", "您没有进行此操作的权限"),
    404: ("not_found", "没有找到，或者您无权查看"),
    405: ("method_not_allowed", "这个地址不支持此操作"),
    406: ("not_acceptable", "本接口只提供 application/json"),
    409: ("conflict", "与记录的当前情况冲突"),
    412: ("stale", "记录已被他人修改，请核对后重新提交"),
    413: ("too_large", "请求内容过大"),
    415: ("unsupported_media_type", "不支持这种内容类型或内容编码"),
    422: ("invalid", "有内容需要更正"),
    428: ("if_match_required", "修改记录须在 If-Match 中注明所依据的版本"),
    429: ("too_many_requests", "请求过于频繁，请稍后再试"),
    500: ("server_error", "系统出错，请稍后再试；仍不成功时把请求编号告诉管理员"),
    503: ("busy", "系统繁忙，请稍后再试"),
}
RETRY_AFTER_S = "2"
# Errors of Django that say all by their kind; the first that fits counts.
STATUSES: tuple[tuple[int, tuple[type[Exception], ...]], ...] = (
    (404, (Http404,)),
    (403, (PermissionDenied,)),
    (413, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)),
    (400, (SuspiciousOperation, BadRequest, UnreadablePostError)),
)
# Refusals of the database that pass by themselves.
PASSING = (
    psycopg2.errors.LockNotAvailable,
    psycopg2.errors.QueryCanceled,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.SerializationFailure,
)
# What our own code raises with sentences fit to show.
SPOKEN = (exceptions.AuthenticationFailed, exceptions.PermissionDenied, exceptions.Throttled)


def envelope(
    status: int, *, code: str = "", message: str = "", fields: Fields | None = None, **more: Any
) -> dict[str, Any]:
    usual_code, usual_message = PLAIN.get(status, PLAIN[400])
    return {
        "code": code or usual_code,
        "message": message or usual_message,
        **({"fields": fields} if fields else {}),
        **more,
        "request_id": request_id.get(),
    }


class Problem(APIException):
    """A refusal with its place in the envelope; `more` are further members, `headers` go on the answer."""

    def __init__(
        self,
        status: int,
        message: str = "",
        *,
        code: str = "",
        fields: Fields | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message or None)
        self.status_code = status
        self.headers = headers or {}
        self.parts: dict[str, Any] = {"code": code, "message": message, "fields": fields, **more}


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler.  What it does not know goes on to Django, is logged and becomes the 500 envelope."""
    problem = as_problem(error)
    if problem is None:
        return None
    return Response(envelope(problem.status_code, **problem.parts), problem.status_code, headers=problem.headers)


def as_problem(error: Exception) -> Problem | None:
    match error:
        case Problem():
            return error
        case APIException():
            return _of_rest_framework(error)
        case TransitionRefused():
            return Problem(409, "；".join(error.messages), code="transition_refused")
        case ValidationError() if hasattr(error, "error_dict"):
            return Problem(422, fields=error.message_dict)
        case ValidationError():
            return Problem(422, "；".join(error.messages))
    if is_passing(error):
        return Problem(503, headers={"Retry-After": RETRY_AFTER_S})
    return next((Problem(status) for status, kinds in STATUSES if isinstance(error, kinds)), None)


def is_passing(error: BaseException | None) -> bool:
    """Whether the database refused for a moment only: a lock, a time limit, a deadlock."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, PASSING)


def _of_rest_framework(error: APIException) -> Problem:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(wait)
    if str(error.detail).startswith("CSRF Failed"):
        return Problem(403, "页面已过期，请刷新后重试", code="csrf_failed")
    fields = flat(error.detail) if isinstance(error, exceptions.ValidationError) else None
    code, message = _spoken(error)
    return Problem(error.status_code, message, code=code, fields=fields, headers=headers)


def _spoken(error: APIException) -> tuple[str, str]:
    """Code and sentence of our own refusals; a parser speaks English about bytes and is not quoted."""
    if not isinstance(error, SPOKEN):
        return "", ""
    code, message = error.get_codes(), str(error.detail)
    return ("" if code == error.default_code else str(code)), ("" if message == str(error.default_detail) else message)


def flat(detail: Any) -> Fields:
    """DRF's nested detail as messages by dotted field."""
    if not isinstance(detail, dict):
        return {"__all__": [str(text) for text in (detail if isinstance(detail, list) else [detail])]}
    fields: Fields = {}
    for name, value in detail.items():
        if isinstance(value, dict):
            fields |= {f"{name}.{inner}": texts for inner, texts in flat(value).items()}
        else:
            fields[str(name)] = [str(text) for text in (value if isinstance(value, list) else [value])]
    return fields
