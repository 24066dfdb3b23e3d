"""The API of hazards that phones find outside of visits: the sites to choose from, and entering one."""

from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.api.operations import Operation
from apps.hazards.fields import MOST_PHOTOS
from apps.inspections.api.phone import FindingIn, refused
from apps.inspections.sync import hazards
from apps.inspections.sync.access import may_record
from apps.inspections.sync.arrivals import ArrivalRefused


class SitesTold(serializers.Serializer):
    sites = serializers.ListField(child=serializers.DictField(), help_text="在建项目：名称、编号、位置、参建单位")
    more = serializers.BooleanField(help_text=f"超过 {hazards.MOST_SITES} 个，其余须联网查找")


class PhoneSitesView(APIView):
    """The sites that a phone keeps to choose from without a net."""

    scope_kind = "region"

    def get(self, request: Request) -> Response:
        may_record(request.user)
        return Response(hazards.sites_told(request.user))

    def operation(self) -> Operation:
        return Operation("inspections_phone_sites", "可登记隐患的项目（离线包）", SitesTold)


class HazardIn(FindingIn):
    checklist = item = deduction = None  # type: ignore[assignment]
    project = serializers.IntegerField(min_value=1, help_text="项目的 id，见离线包")
    found_on = serializers.DateField(help_text="手机日期；晚于收到之日的按收到之日")
    longitude = serializers.DecimalField(
        max_digits=9, decimal_places=6, min_value=-180, max_value=180, allow_null=True, required=False, default=None
    )
    latitude = serializers.DecimalField(
        max_digits=9, decimal_places=6, min_value=-90, max_value=90, allow_null=True, required=False, default=None
    )
    accuracy_m = serializers.IntegerField(
        min_value=0, max_value=1_000_000, allow_null=True, required=False, default=None
    )
    photos = serializers.ListField(
        child=serializers.UUIDField(), max_length=MOST_PHOTOS, required=False, default=list, help_text="已上传的照片"
    )
    order = serializers.BooleanField(required=False, default=False, help_text="同时下达整改；无此权限时存为草稿")


class HazardReceipt(serializers.Serializer):
    number = serializers.CharField(help_text="隐患编号")
    state = serializers.CharField()
    url = serializers.CharField()
    photos = serializers.IntegerField(help_text="收到的照片张数")
    received_at = serializers.DateTimeField()


class PhoneHazardsView(APIView):
    """Enters one hazard; its id makes it the same however often it comes."""

    scope_kind = "region"

    def post(self, request: Request) -> Response:
        may_record(request.user)
        given = HazardIn(data=request.data)
        given.is_valid(raise_exception=True)
        told: dict[str, Any] = dict(given.validated_data)
        try:
            return Response(hazards.receive(told.pop("id"), told, by=request.user))
        except ArrivalRefused as refusal:
            raise refused(refusal) from refusal

    def operation(self) -> Operation:
        return Operation(
            "inspections_phone_hazard",
            "登记一条检查以外发现的隐患（随手拍）",
            HazardReceipt,
            request=HazardIn,
            example={
                "id": "00000000-0000-4000-8000-0000000000c1",
                "project": 1,
                "found_on": "2026-11-20",
                "description": "3号楼12层临边未设防护栏杆",
                "category": "高处作业",
                "grade": "ordinary",
                "demands": "立即设置防护栏杆",
                "term": "calendar:7",
            },
            description=(
                "照片先用 photos 逐片上传（不填 visit），再在这里填它们的 id。"
                "编号相同、内容相同时返回同一回执，不会登记两次；内容不同为 422 hazard_reused。"
                "照片还没收到时为 409 photos_missing，current.missing 列出缺的照片；"
                "填写不合规则时为 422 refused，message 说明哪一项、为什么。"
            ),
        )


urlpatterns = [
    path("inspections/phone/sites/", PhoneSitesView.as_view(), name="api-inspections-phone-sites"),
    path("inspections/phone/hazards/", PhoneHazardsView.as_view(), name="api-inspections-phone-hazards"),
]
