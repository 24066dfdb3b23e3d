"""How programs say who they are: `Authorization: Bearer <token>`."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.accounts.models import ApiToken, User
from apps.accounts.services.tokens import find_token


class TokenAuthentication(BaseAuthentication):
    """One sentence for every reason a token is not good: unknown, expired, revoked, account changed."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != self.keyword.lower():
            return None
        found = find_token(token.strip())
        if found is None:
            raise AuthenticationFailed("令牌无效或已过期，请重新获取。")
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        return self.keyword
