"""The API of rosters and attendance, and the door at which devices hand in their passes."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import path
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.api.operations import Operation
from apps.core.api.serializers import InputSerializer
from apps.core.api.viewsets import register_viewset
from apps.core.forms import FIRST_YEAR
from apps.core.problems import Problem
from apps.core.registers import registry
from apps.people import identity
from apps.roster.models import AttendanceDevice
from apps.roster.registers import AttendanceRegister, EngagementRegister, FaultRegister
from apps.roster.services.devices import SLOW_CLOCK, find_device, take_passes

KEYWORD = "Device"
MOST = 1_000
"""Passes in one request."""
PASSES = {"passes": [{"name": "李某", "id_number": "130102199003078515", "at": "2026-11-02T07:12:00+08:00"}]}


class DeviceAuthentication(BaseAuthentication):
    """`Authorization: Device <key>`.  An unknown key is 401; a known one that was switched off is 403."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, AttendanceDevice] | None:
        scheme, _, key = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != KEYWORD.lower():
            return None
        device = find_device(key.strip())
        if device is None:
            raise AuthenticationFailed("设备密钥无效，请在项目的“名册”页重新登记设备")
        if not device.is_active:
            raise Problem(403, "设备已停用，请在项目的“名册”页启用", code="device_switched_off")
        return AnonymousUser(), device

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


class IsDevice(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, AttendanceDevice)


class DeviceScheme(OpenApiAuthenticationExtension):
    target_class = "apps.roster.api.DeviceAuthentication"
    name = "device"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": f"{KEYWORD} <设备密钥>"}


class PassSerializer(InputSerializer):
    name = serializers.CharField(max_length=50)
    id_number = serializers.CharField(max_length=22, help_text="身份证号码，只用于核对，不入日志")
    at = serializers.DateTimeField(help_text="通行时间，进出不分")

    def validate_id_number(self, value: str) -> str:
        number = identity.normalised(value)
        if reason := identity.problem(number, timezone.localdate()):
            raise serializers.ValidationError(reason)
        return number

    def validate_at(self, value: datetime) -> datetime:
        if value > timezone.now() + SLOW_CLOCK:
            raise serializers.ValidationError("时间晚于现在，请校准设备时钟")
        if value.year < FIRST_YEAR:
            raise serializers.ValidationError(f"时间早于{FIRST_YEAR}年，请校准设备时钟")
        return value


class PassesSerializer(InputSerializer):
    passes = serializers.ListField(child=PassSerializer(), allow_empty=False, max_length=MOST)


class TakenSerializer(serializers.Serializer):
    """收到的考勤怎样处理了。"""

    new = serializers.IntegerField(help_text="新登记的人次")
    changed = serializers.IntegerField(help_text="首末时间有变化的人次")
    faults = serializers.IntegerField(help_text="不在名册、列入考勤差异的人次")


class PassesView(APIView):
    """Passes of one device; sent again they change nothing, so a device repeats whatever it is not sure of."""

    authentication_classes = (DeviceAuthentication,)
    permission_classes = (IsDevice,)
    scope_kind = "region"

    def post(self, request: Request) -> Response:
        told = PassesSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        taken = take_passes(request.auth, told.validated_data["passes"])  # type: ignore[arg-type]
        return Response({"new": taken.new, "changed": taken.changed, "faults": taken.faults})

    def operation(self) -> Operation:
        return Operation(
            "attendance_passes",
            "考勤设备上报通行记录",
            TakenSerializer,
            request=PassesSerializer,
            example=PASSES,
            description="凭设备密钥；重复上报不重复登记。人员当天不在名册的，列入考勤差异。",
        )


VIEWSETS = {
    EngagementRegister.name: register_viewset(
        registry[EngagementRegister.name],
        create_example={
            "project": "130102-2026-0001",
            "name": "李某",
            "id_number": "130102199003078515",
            "employer": "91130102MA0ABCDE1W",
            "team_name": "钢筋一班",
            "worker_class": "worker",
            "job": "钢筋工",
            "entered_on": "2026-11-02",
        },
        change_example={"left_on": "2026-11-20"},
    ),
    AttendanceRegister.name: register_viewset(registry[AttendanceRegister.name]),
    FaultRegister.name: register_viewset(registry[FaultRegister.name]),
}
urlpatterns = [path("attendance-passes/", PassesView.as_view(), name="attendance_passes")]
