"""How programs of agencies say who they are: `Authorization: Agency <token>`.  They are nobody's account."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.core.problems import Problem
from apps.credit.models import Agency
from apps.credit.services.agencies import find_agency

KEYWORD = "Agency"


class AgencyAuthentication(BaseAuthentication):
    """An unknown token is 401; a known one that was switched off is 403, and says whom to ask."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Agency] | None:
        scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != KEYWORD.lower():
            return None
        agency = find_agency(token.strip())
        if agency is None:
            raise AuthenticationFailed("查询令牌无效，请核对，或者向主管部门重新申请")
        if not agency.is_active:
            raise Problem(403, "查询单位已停用，请联系主管部门", code="agency_switched_off")
        return AnonymousUser(), agency

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


class IsAgency(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, Agency)


class AgencyScheme(OpenApiAuthenticationExtension):
    target_class = "apps.credit.api.agencies.AgencyAuthentication"
    name = "agency"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        words = f"{KEYWORD} <令牌>；令牌由省级主管部门在“查询单位”页面生成"
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": words}
