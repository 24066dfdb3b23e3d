"""Tokens for programs."""

from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.authentication import TokenAuthentication
from apps.accounts.middleware import CHANGE_PASSWORD_FIRST
from apps.accounts.models import ApiToken
from apps.accounts.services.signin import SignInRefused, sign_in
from apps.accounts.services.tokens import issue_token, revoke_token
from apps.core.problems import Problem


class CredentialsSerializer(serializers.Serializer):
    username = serializers.CharField(label="用户名", max_length=50)
    password = serializers.CharField(label="密码", max_length=200, trim_whitespace=False)
    otp = serializers.CharField(label="动态口令", max_length=10, required=False, allow_blank=True, default="")


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField(label="令牌")
    token_type = serializers.CharField(label="令牌类型")
    expires_at = serializers.DateTimeField(label="到期时间")


class TokenView(APIView):
    """The same rules and the same lock as the sign-in page."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = ()
    permission_classes: tuple[type[BasePermission], ...] = (AllowAny,)

    @extend_schema(
        operation_id="auth_token",
        summary="取得接口令牌",
        description="令牌12小时内有效；密码、角色或账号状态变化后立即失效。使用时放入请求头 Authorization: Bearer。",
        request=CredentialsSerializer,
        responses={200: TokenSerializer},
        auth=[],
        extensions={"x-scope": "public"},
        examples=[OpenApiExample("监督员", {"username": "inspector", "password": "********"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        given = CredentialsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            user = sign_in(request._request, **given.validated_data)
        except SignInRefused as refusal:
            raise _problem(refusal) from refusal
        if user.must_change_password:
            raise Problem(403, CHANGE_PASSWORD_FIRST, code="password_change_required")
        clear, row = issue_token(user=user)
        return Response({"token": clear, "token_type": "Bearer", "expires_at": row.expires_at})


def _problem(refusal: SignInRefused) -> Problem:
    if refusal.retry_after is None:
        return Problem(401, refusal.message, code="wrong_credentials", headers={"WWW-Authenticate": "Bearer"})
    return Problem(429, refusal.message, code="locked", headers={"Retry-After": str(refusal.retry_after)})


class LogoutView(APIView):
    """Ends the token that the request came with."""

    authentication_classes = (TokenAuthentication,)

    @extend_schema(
        operation_id="auth_logout",
        summary="撤销当前接口令牌",
        request=None,
        responses={204: None},
        extensions={"x-scope": "self"},
    )
    def post(self, request: Request) -> Response:
        if not isinstance(request.auth, ApiToken):
            raise NotFound
        revoke_token(token=request.auth, by=request.auth.user)
        return Response(status=204)


urlpatterns = [
    path("auth/token/", TokenView.as_view(), name="auth-token"),
    path("auth/logout/", LogoutView.as_view(), name="auth-logout"),
]
