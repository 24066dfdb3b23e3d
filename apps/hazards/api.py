"""The API of hazards: the register, one operation per move, and taking photographs in."""

from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.operations import IDEMPOTENCY, Operation
from apps.core.api.parsers import UploadParser
from apps.core.api.viewsets import EditableViewSet
from apps.core.forms import text
from apps.core.idempotency import idempotent
from apps.core.registers import registry
from apps.hazards.fields import as_hints, read_hints
from apps.hazards.forms import MOVE_FORMS
from apps.hazards.models import FIVE_COMMITMENTS, Photo, PhotoStage
from apps.hazards.pictures import warnings
from apps.hazards.registers import HazardRegister
from apps.hazards.services.photos import take_in
from apps.hazards.workflow import HAZARD

PHOTO = "00000000-0000-4000-8000-000000000001"
COMMITMENTS = {
    f"commitment_{key}": text(label, most=500, help_text="重大隐患必填（五落实）")
    for key, label in FIVE_COMMITMENTS.items()
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "order": {"deadline": "2099-12-30", "demands": "三日内补齐临边防护并自检", "disposal": "rectify"},
    "fix_on_spot": {"measures": "现场补齐防护栏杆", "photos": [PHOTO]},
    "start": {"responsible_person": "李某"},
    "answer": {
        "measures": "已按要求安装防护栏杆和挡脚板",
        "rectified_on": "2026-11-01",
        "funds": "3500.00",
        "photos": [PHOTO],
    },
    "request_extension": {
        "extension_until": "2099-12-31",
        "extension_reason": "定型化防护栏杆供货推迟，正在催运",
        "interim_measures": "临边拉设警戒绳，设专人看护，停止该层作业",
    },
    "reject_extension": {"reason": "可先用钢管搭设防护，不予延期"},
    "remind": {"remark": "请在期限前完成整改并提交回复"},
    "confirm": {"remark": "现场核对属实"},
    "reject": {"reason": "挡脚板未安装到位，请补齐"},
    "verify": {"opinion": "现场复查，已整改到位"},
    "return": {"reason": "北侧仍缺栏杆，请继续整改"},
    "contest": {"reason": "复查后又被拆除，要求重新核查"},
    "assign": {"handler": "liming"},
    "discard": {"void_reason": "重复登记，另有一条记录"},
    "request_void": {"void_reason": "项目编号选错，须重新登记"},
    "reject_void": {"reason": "记录无误，不应作废"},
}


class HazardMoves(WorkflowViewSet, EditableViewSet):
    move_forms = MOVE_FORMS


HazardViewSet = workflow_viewset(
    registry[HazardRegister.name],
    HAZARD,
    HazardMoves,
    extra_fields={"start": COMMITMENTS, "answer": COMMITMENTS},
    move_examples=EXAMPLES,
    optional=("enterprise",),
    create_example={
        "project": "130102-2026-0001",
        "found_on": "2026-11-01",
        "description": "3号楼12层临边未设防护栏杆",
        "category": "高处作业",
        "risk_level": 3,
        "building": "3号楼",
        "floor": "12层",
        "photos": [PHOTO],
    },
    change_example={"description": "3号楼12层东侧临边未设防护栏杆", "demands": "立即设置防护栏杆"},
)


class PhotoUpload(serializers.Serializer):
    file = serializers.FileField(help_text="JPEG、PNG 或 HEIC，不超过 15 MB")
    stage = serializers.ChoiceField(choices=PhotoStage.choices)
    photo_hint = serializers.CharField(
        required=False, max_length=1000, help_text="JSON：taken_at、lat、lon，压缩前从照片读出，仅作参考"
    )


class PhotoTaken(serializers.Serializer):
    id = serializers.UUIDField(help_text="填入登记或办理时的 photos")
    sha256 = serializers.CharField(help_text="原图校验值")
    stage = serializers.CharField()
    warnings = serializers.ListField(child=serializers.CharField(), help_text="不影响提交，请核对")


class PhotosView(APIView):
    """Takes one photograph in.  It waits for its uploader, who names it in the next form."""

    parser_classes = (UploadParser,)
    scope_kind = "self"

    @idempotent
    def post(self, request: Request) -> Response:
        given = PhotoUpload(data=request.data)
        given.is_valid(raise_exception=True)
        file, stage = given.validated_data["file"], PhotoStage(given.validated_data["stage"])
        hints = read_hints(given.validated_data.get("photo_hint"))
        photo = take_in(file, name=file.name, stage=stage, by=request.user, hints=as_hints(hints[0] if hints else {}))
        return Response(taken(photo, request.user), 201)

    def operation(self) -> Operation:
        return Operation(
            "hazards_upload_photo",
            "上传一张照片",
            PhotoTaken,
            status=201,
            request=PhotoUpload,
            parameters=(IDEMPOTENCY,),
            description="照片先行上传，登记或办理时在 photos 中填 id。",
        )


def taken(photo: Photo, user: Any) -> dict[str, Any]:
    return {
        "id": str(photo.pk),
        "sha256": photo.original.sha256,
        "stage": photo.stage,
        "warnings": warnings(photo, user),
    }


VIEWSETS = {"hazards": HazardViewSet}
urlpatterns = [path("hazards/photos/", PhotosView.as_view(), name="api-hazards-photos")]
