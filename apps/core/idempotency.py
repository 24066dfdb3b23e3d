"""A request that creates or moves, sent twice under one key, is done once and answered twice the same."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.db import try_lock
from apps.core.models import IdempotencyKey
from apps.core.problems import Problem

HEADER = "Idempotency-Key"
WANTED = f"请在请求头 {HEADER} 中给出 1 到 100 个可见字符的唯一编号"
KEPT = timedelta(days=7)
ACCEPTABLE = re.compile(r"^[!-~]{1,100}$")
Handler = TypeVar("Handler", bound=Callable[..., Response])


def idempotent(handler: Handler) -> Handler:
    """Decorates a viewset's POST.

    What the handler does and the answer that is remembered stand in one transaction: after a crash both are
    there or neither is.  Only successes are remembered, since a refused request did nothing and may be put
    right under the same key.  A browser's session may do without a key, its forms have tokens and versions.
    """

    @wraps(handler)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "")
        if not key and isinstance(request.successful_authenticator, SessionAuthentication):
            return handler(view, request, *args, **kwargs)
        if not ACCEPTABLE.match(key):
            raise Problem(400, WANTED, code="idempotency_key_required")
        with transaction.atomic():
            return _first_or_same(key, request, lambda: handler(view, request, *args, **kwargs))

    return cast(Handler, once)


def _first_or_same(key: str, request: Request, work: Callable[[], Response]) -> Response:
    if not try_lock(f"idempotency:{request.user.pk}:{key}"):
        raise Problem(409, "同一编号的请求正在处理", code="in_flight", headers={"Retry-After": "1"})
    asked = fingerprint(request)
    known = IdempotencyKey.objects.filter(user=request.user.pk, key=key).first()
    if known is None:
        answer = work()
        _remember(key, asked, request, answer)
        return answer
    if known.request_hash != asked:
        raise Problem(422, "这个编号已用于另一个请求，请换一个编号", code="idempotency_key_reused")
    return Response(known.body, known.status, headers={"Idempotency-Replayed": "true"})


def _remember(key: str, asked: str, request: Request, answer: Response) -> None:
    body = json.loads(json.dumps(answer.data, cls=DjangoJSONEncoder))
    user: Any = request.user
    IdempotencyKey.objects.create(user=user, key=key, request_hash=asked, status=answer.status_code, body=body)


def fingerprint(request: Request) -> str:
    """The request by method, address and content; files by their bytes, so that the boundary does not matter."""
    data: Any = request.data
    parts = b"".join(_part(name, value) for name, value in sorted(data.items()))
    # Keyed, since a body may hold an identity number, which a bare digest would let be guessed.
    return salted_hmac(__name__, f"{request.method} {request.path}\n".encode() + parts, algorithm="sha256").hexdigest()


def _part(name: str, value: Any) -> bytes:
    if isinstance(value, UploadedFile):
        content = hashlib.sha256()
        for chunk in value.chunks():
            content.update(chunk)
        value.seek(0)
        value = content.hexdigest()
    return json.dumps([name, value], sort_keys=True, ensure_ascii=False).encode() + b"\n"


def forget_answers() -> int:
    """Answers nobody will ask for again; how many there were."""
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
