"""The API of certificates and agencies, and what agencies for tenders ask by program."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.addresses import client_address
from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.operations import Operation, text_parameter
from apps.core.api.serializers import InputSerializer, input_serializer
from apps.core.api.viewsets import EditableViewSet, register_viewset
from apps.core.forms import RecentDayField, clean_text
from apps.core.idempotency import idempotent
from apps.core.problems import Problem
from apps.core.registers import registry
from apps.credit.api.agencies import AgencyAuthentication, IsAgency
from apps.credit.forms.certificates import CERTIFICATE_FORMS, PURPOSE_LENGTH, CertificateForm
from apps.credit.models import Agency, Letter
from apps.credit.registers.certificates import AgencyRegister, CreditCertificateRegister
from apps.credit.services.certificates import make_certificate
from apps.credit.services.look_ups import Answer, TooMany, Wish, certify, look_up
from apps.credit.workflow.certificate import CERTIFICATE, GROUNDS

MADE: dict[str, Any] = {"enterprise": "91130102MA0ABCDE1W", "purpose": "示例花园二期施工投标", "at_least": "B"}
EXAMPLES: dict[str, dict[str, Any]] = {
    "revoke_certificate": {"reason": GROUNDS[0], "remark": "所依据的行政处罚决定已被撤销", "password": "********"}
}
ASKED: dict[str, Any] = {
    "uscc": "91130102MA0ABCDE1W",
    "at_least": "B",
    "permit_in_force": True,
    "purpose": "示例花园二期施工招标，标段编号 2026-017",
}


class CertificateMoves(WorkflowViewSet):
    move_forms = CERTIFICATE_FORMS
    move_examples = EXAMPLES

    @idempotent
    def create(self, request: Request) -> Response:
        """403 without the right, 422 incomplete or out of reach, 409 with the reason why it is refused, else made."""
        self.need("add")
        form = self.filled_in(partial(CertificateForm, user=request.user), keep=True)
        return self.begun(make_certificate(by=request.user, **form.values()))

    def operation(self) -> Operation:
        return self.making() if self.action == "create" else super().operation()

    def making(self) -> Operation:
        required = {"enterprise": True, "purpose": True}
        return self.beginning(
            "create",
            "出具信用证明",
            input_serializer("NewCreditCertificate", CertificateForm.base_fields, required=required),
            example=MADE,
            description="不能出具的答复 409，说明理由：在失信名单、等级低于要求、许可证不符合要求。",
        )


VIEWSETS: dict[str, Any] = {
    CreditCertificateRegister.name: workflow_viewset(
        registry[CreditCertificateRegister.name], CERTIFICATE, CertificateMoves
    ),
    AgencyRegister.name: register_viewset(
        registry[AgencyRegister.name],
        EditableViewSet,
        create_example={
            "name": "示例招标代理有限公司",
            "uscc": "91130102MA0ABCDE1W",
            "contact": "李某 0311-00000000",
            "per_hour": 600,
            "is_active": True,
        },
        change_example={"per_hour": 1200},
    ),
}


# What agencies ask ----------------------------------------------------------------------------------------------------


class ListedSerializer(serializers.Serializer):
    name = serializers.CharField(help_text="名单名称")
    until = serializers.DateField(help_text="列入截止日期")


class StandingSerializer(serializers.Serializer):
    """企业在该日的公开信用情况。"""

    enterprise = serializers.CharField(help_text="企业名称")
    uscc = serializers.CharField(help_text="统一社会信用代码")
    on_day = serializers.DateField()
    is_listed = serializers.BooleanField(help_text="该日是否在失信名单")
    lists = ListedSerializer(many=True)
    grade = serializers.CharField(allow_null=True, help_text="该日信用等级；等级不公示或者无评价标准时为空")
    grade_is_sample = serializers.BooleanField(help_text="等级所依据的标准或者分值为示例，未经主管部门核定")
    permit = serializers.CharField(help_text="安全生产许可证情况")
    permit_number = serializers.CharField(help_text="许可证编号；没有时为空文字")
    answered_at = serializers.DateTimeField()


class SignedSerializer(serializers.Serializer):
    """已签名的信用证明；公开核验页的地址在 payload 的 verify_url。"""

    payload = serializers.DictField(help_text="签名的内容")
    sha256 = serializers.CharField(help_text="payload 规范 JSON 的 SHA-256")
    signature = serializers.CharField(help_text="对规范 JSON 的 Ed25519 签名，base64")


class WishSerializer(InputSerializer):
    uscc = serializers.CharField(max_length=40, help_text="统一社会信用代码")
    on = serializers.DateField(required=False, help_text="证明日期，默认今天，不早于 30 天前")
    at_least = serializers.ChoiceField(Letter.values, required=False, allow_blank=True, help_text="信用等级不低于")
    permit_in_force = serializers.BooleanField(required=False, help_text="要求安全生产许可证有效")
    purpose = serializers.CharField(min_length=2, max_length=PURPOSE_LENGTH, help_text="用途，写明招标项目")


ON = OpenApiParameter("on", OpenApiTypes.DATE, description="哪一天的情况，默认今天，不早于 30 天前")


class AgencyView(APIView):
    """Asked with an agency's token alone; a session or a token of an account is none."""

    authentication_classes = (AgencyAuthentication,)
    permission_classes = (IsAgency,)
    scope_kind = "region"

    def answer_of(self, ask: Callable[[Agency, str], Answer]) -> Response:
        """`ask` is given who asks, and from which address."""
        agency: Any = self.request.auth
        try:
            answer = ask(agency, client_address(self.request._request))
        except TooMany as full:
            words = f"一小时内的查询次数已用完，请 {full.seconds} 秒后再试"
            raise Problem(429, words, headers={"Retry-After": str(full.seconds)}) from full
        return Response(answer.body, answer.status)


class EnterpriseView(AgencyView):
    """GET /api/bidding/enterprises/{uscc}/"""

    def get(self, request: Request, uscc: str) -> Response:
        day = asked_day(request)
        return self.answer_of(lambda agency, address: look_up(agency, uscc, day, address))

    def operation(self) -> Operation:
        return Operation(
            "bidding_enterprise",
            "招标查询：企业在某日的信用情况",
            StandingSerializer,
            parameters=(text_parameter("uscc", "统一社会信用代码", OpenApiParameter.PATH, required=True), ON),
            description="供招标代理和交易平台使用；每次查询和答复都会记录。代码有误答复 422，没有该企业答复 404。",
        )


class CertificatesView(AgencyView):
    """POST /api/bidding/certificates/"""

    def post(self, request: Request) -> Response:
        given = WishSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wish = wish_of(given.validated_data)
        return self.answer_of(lambda agency, address: certify(agency, wish, address))

    def operation(self) -> Operation:
        return Operation(
            "bidding_certify",
            "招标查询：出具信用证明",
            SignedSerializer,
            status=201,
            request=WishSerializer,
            example=ASKED,
            description="不能出具的答复 409，说明理由。当日重复同样的请求，情况未变的，答复 200 和原来的证明。",
        )


def asked_day(request: Request) -> date:
    """Raises the 400 that names what is wrong with the query; a program that misspells is told so."""
    wrong = {name: ["没有这个参数"] for name in request.query_params if name != "on"}
    given = request.query_params.getlist("on")
    if len(given) > 1:
        wrong["on"] = ["重复的参数"]
    day = RecentDayField(required=False)
    found = timezone.localdate()
    try:
        found = day.clean(given[0].replace("\0", "")) or found if len(given) == 1 else found
    except ValidationError as error:
        wrong["on"] = list(error.messages)
    if wrong:
        raise Problem(400, "查询参数有误", code="bad_parameter", fields=wrong)
    return found


def wish_of(told: dict[str, Any]) -> Wish:
    """Raises the 422 for a purpose of which nothing is left once it is clean."""
    purpose = clean_text(told["purpose"])
    if len(purpose) < 2:
        raise Problem(422, fields={"purpose": ["请写明用途，至少 2 个字"]})
    return Wish(
        code=told["uscc"],
        on_day=told.get("on") or timezone.localdate(),
        purpose=purpose,
        at_least=told.get("at_least", ""),
        needs_permit=told.get("permit_in_force", False),
    )


urlpatterns = [
    path("bidding/enterprises/<str:uscc>/", EnterpriseView.as_view(), name="bidding_enterprise"),
    path("bidding/certificates/", CertificatesView.as_view(), name="bidding_certificates"),
]
