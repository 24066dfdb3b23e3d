"""The API of phones: what to take along, batches of writes, photographs in pieces."""

import base64
import binascii
from collections.abc import Mapping
from typing import IO, Any, cast
from uuid import UUID

from django.middleware.csrf import get_token
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.api.operations import Operation
from apps.core.api.parsers import MAX_JSON
from apps.core.api.serializers import InputSerializer
from apps.core.db import db_now
from apps.core.problems import Problem
from apps.hazards.models import Disposal, Grade
from apps.inspections.models import LookOutcome, SignerRole, Verdict
from apps.inspections.sync import arrivals, batches
from apps.inspections.sync.access import (
    may_inspect,
    own_arrival_or_404,
    own_visit_or_404,
    phone_key,
    visit_of_photo,
)
from apps.inspections.sync.batches import Batch, BatchRefused
from apps.inspections.sync.prefetch import fetched

MOST_OPERATIONS = 500
MOST_DEDUCTIONS = 30
MOST_SIGNED = 500_000
MAX_PHOTO = 15 * 1024 * 1024
SHA256 = r"^[0-9a-f]{64}$"
EMPTY_LIST = "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
"""SHA-256 of []."""


# Taking along ---------------------------------------------------------------------------------------------------------


class SessionTold(serializers.Serializer):
    user = serializers.DictField(help_text="id、name、organisation")
    csrf = serializers.CharField(help_text="网页会话提交时放在 X-CSRFToken")
    key = serializers.CharField(help_text="本机数据的密钥，32 字节，base64")
    now = serializers.DateTimeField(help_text="服务器时间，用来核对手机时钟")


class PhoneSessionView(APIView):
    """Who is signed in, and what a page kept on the phone needs to talk to the server again."""

    scope_kind = "self"

    def get(self, request: Request) -> Response:
        may_inspect(request.user)
        user: Any = request.user
        told = {"id": user.pk, "name": user.name, "organisation": user.organisation.name}
        token = get_token(request._request)
        return Response(
            {"user": told, "csrf": token, "key": phone_key(user), "now": db_now().isoformat(timespec="seconds")}
        )

    def operation(self) -> Operation:
        return Operation("inspections_phone_session", "手机检查页的会话", SessionTold)


class PhoneTold(serializers.Serializer):
    visits = serializers.ListField(child=serializers.DictField(), help_text="项目、检查组、已存内容及其修订号")
    checklists = serializers.ListField(child=serializers.DictField(), help_text="检查表及其内容")
    phrases = serializers.ListField(child=serializers.DictField())
    terms = serializers.ListField(child=serializers.DictField())
    categories = serializers.ListField(child=serializers.CharField())
    criteria = serializers.ListField(child=serializers.DictField(), help_text="今天有效的重大隐患判定标准")
    disposals = serializers.ListField(child=serializers.DictField())


class PhoneView(APIView):
    """Everything for the visits of today and tomorrow."""

    scope_kind = "region"

    def get(self, request: Request) -> Response:
        may_inspect(request.user)
        return Response(fetched(request.user))

    def operation(self) -> Operation:
        return Operation(
            "inspections_phone",
            "今天和明天的检查任务（离线包）",
            PhoneTold,
            description="本人所在检查组的未完成检查，连同检查表、常用语、判定标准和服务器已存的内容。",
        )


def refused(refusal: BatchRefused | arrivals.ArrivalRefused) -> Problem:
    more = {"current": refusal.current} if refusal.current else {}
    return Problem(refusal.status, refusal.message, code=refusal.code, **more)


# Batches --------------------------------------------------------------------------------------------------------------


class DeductionIn(InputSerializer):
    code = serializers.CharField(max_length=40, help_text="检查表中的扣分事由编码，自填为 own")
    text = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    points = serializers.IntegerField(min_value=1, max_value=100, required=False)


class AnswerIn(InputSerializer):
    checklist = serializers.IntegerField(min_value=1)
    item = serializers.IntegerField(min_value=1, max_value=32767)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    deductions = serializers.ListField(child=DeductionIn(), max_length=MOST_DEDUCTIONS, required=False, default=list)
    measured = serializers.CharField(max_length=20, allow_null=True, required=False, default=None)
    remark = serializers.CharField(max_length=500, allow_blank=True, required=False, default="")


class FindingIn(InputSerializer):
    id = serializers.UUIDField()
    checklist = serializers.IntegerField(min_value=1, allow_null=True, required=False, default=None)
    item = serializers.IntegerField(min_value=1, max_value=32767, allow_null=True, required=False, default=None)
    deduction = serializers.CharField(max_length=20, allow_blank=True, required=False, default="")
    description = serializers.CharField(max_length=4000)
    category = serializers.CharField(max_length=40)
    clause = serializers.CharField(max_length=1000, allow_blank=True, required=False, default="")
    demands = serializers.CharField(max_length=4000)
    grade = serializers.ChoiceField(choices=Grade.choices)
    criterion = serializers.IntegerField(min_value=1, allow_null=True, required=False, default=None)
    place = serializers.CharField(max_length=300, allow_blank=True, required=False, default="")
    term = serializers.CharField(max_length=20, allow_blank=True, required=False, default="")
    deadline = serializers.DateField(allow_null=True, required=False, default=None)
    disposal = serializers.ChoiceField(choices=Disposal.choices, required=False, default=Disposal.RECTIFY)


class SecondLookIn(InputSerializer):
    id = serializers.UUIDField(help_text="离线包中 second_looks 的 id")
    outcome = serializers.ChoiceField(choices=LookOutcome.choices)
    remark = serializers.CharField(
        max_length=500, allow_blank=True, required=False, default="", help_text="部分整改、未复查时必填"
    )


class NotesIn(InputSerializer):
    """What is said of the visit as a whole; what is left out stays."""

    site_note = serializers.CharField(max_length=4000, allow_blank=True, required=False)
    conclusion = serializers.CharField(max_length=4000, allow_blank=True, required=False)
    inspected_opinion = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    longitude = serializers.DecimalField(max_digits=9, decimal_places=6, min_value=-180, max_value=180, required=False)
    latitude = serializers.DecimalField(max_digits=9, decimal_places=6, min_value=-90, max_value=90, required=False)
    accuracy_m = serializers.IntegerField(min_value=0, max_value=1_000_000, required=False)
    started_claimed = serializers.DateTimeField(required=False, help_text="手机时间；检查组中最早的为准")
    ended_claimed = serializers.DateTimeField(required=False, help_text="手机时间；检查组中最晚的为准")


class WasIn(InputSerializer):
    # The words on which notes build, as they were read.
    site_note = serializers.CharField(max_length=4000, allow_blank=True, required=False, trim_whitespace=False)
    conclusion = serializers.CharField(max_length=4000, allow_blank=True, required=False, trim_whitespace=False)
    inspected_opinion = serializers.CharField(max_length=2000, allow_blank=True, required=False, trim_whitespace=False)


class PictureField(serializers.CharField):
    """A small picture in base64."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return base64.b64decode(super().to_internal_value(data), validate=True)
        except (binascii.Error, ValueError) as error:
            raise serializers.ValidationError("图片须为 base64 编码") from error


class SignatureIn(InputSerializer):
    id = serializers.UUIDField()
    role = serializers.ChoiceField(choices=SignerRole.choices)
    inspector_id = serializers.IntegerField(min_value=1, allow_null=True, required=False, default=None)
    name = serializers.CharField(max_length=50, allow_blank=True, required=False, default="")
    post = serializers.CharField(max_length=50, allow_blank=True, required=False, default="")
    image = PictureField(max_length=300_000, allow_null=True, required=False, default=None)
    is_refused = serializers.BooleanField(required=False, default=False)
    refusal_note = serializers.CharField(max_length=500, allow_blank=True, required=False, default="")
    witnesses = serializers.CharField(max_length=100, allow_blank=True, required=False, default="")
    content = serializers.CharField(
        max_length=MOST_SIGNED,
        required=False,
        default="",
        allow_blank=True,
        help_text="所签内容的规范 JSON：检查编号、检查项、问题、意见；与服务器所存不同的拒收。不传的按服务器所存",
    )
    content_sha256 = serializers.RegexField(SHA256, required=False, default="", allow_blank=True)


# The member of an operation that each kind needs beside its id and time.
CONTENT = {
    "answer": "answer",
    "finding": "finding",
    "drop_finding": "subject",
    "second_look": "second_look",
    "notes": "notes",
    "signature": "signature",
    "remove_signature": "subject",
    "submit": "",
}


class OperationIn(InputSerializer):
    """One write: `kind` says which of the members holds its content."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=sorted(CONTENT))
    at = serializers.DateTimeField(help_text="手机时间，只作参考")
    base = serializers.IntegerField(
        min_value=0, allow_null=True, required=False, default=None, help_text="所依据的修订号，新内容为空"
    )
    answer = AnswerIn(required=False)
    finding = FindingIn(required=False)
    second_look = SecondLookIn(required=False)
    notes = NotesIn(required=False)
    was = WasIn(required=False, help_text="各项意见修改前的文字，新写的不填")
    signature = SignatureIn(required=False)
    subject = serializers.UUIDField(required=False, help_text="要撤回的问题或签名")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = CONTENT[attrs["kind"]]
        given = set(attrs) & (set(CONTENT.values()) - {""})
        if given != {needed} - {""}:
            raise serializers.ValidationError({needed or "kind": ["内容与 kind 不符"]})
        if "was" in attrs and needed != "notes":
            raise serializers.ValidationError({"was": ["只用于 notes"]})
        return attrs


class BatchIn(InputSerializer):
    id = serializers.UUIDField()
    device = serializers.UUIDField()
    sequence = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    sha256 = serializers.RegexField(SHA256, help_text="operations 的规范 JSON（键排序、无空格、UTF-8）的 SHA-256")
    sent_at = serializers.DateTimeField(required=False, help_text="发送时的手机时间，用来发现时钟不准")
    operations = serializers.ListField(child=OperationIn(), max_length=MOST_OPERATIONS)


class Receipt(serializers.Serializer):
    batch = serializers.UUIDField()
    sequence = serializers.IntegerField()
    done = serializers.IntegerField(help_text="本批办理的条数")
    received_at = serializers.DateTimeField()
    clock_off_s = serializers.IntegerField(allow_null=True, help_text="手机时钟偏差秒数，10 分钟以内为空")
    revisions = serializers.DictField(child=serializers.IntegerField(), help_text="每项操作之后的修订号")
    state = serializers.CharField()
    version = serializers.IntegerField()
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="服务器现有条数")
    hashes = serializers.DictField(child=serializers.CharField(), help_text="服务器现有内容的校验值")


class BatchesView(APIView):
    """Takes one batch: all of it, or nothing.  Its id makes it the same however often it comes."""

    scope_kind = "region"

    def post(self, request: Request, number: str) -> Response:
        visit = own_visit_or_404(request.user, number)
        given = BatchIn(data=request.data)
        given.is_valid(raise_exception=True)
        sent = cast(Mapping[str, Any], request.data)["operations"]
        try:
            return Response(batches.receive(visit, Batch(**given.validated_data, sent=sent), by=request.user))
        except BatchRefused as refusal:
            raise refused(refusal) from refusal

    def operation(self) -> Operation:
        return Operation(
            "inspections_send_batch",
            "提交一批离线内容",
            Receipt,
            request=BatchIn,
            example={
                "id": "00000000-0000-4000-8000-0000000000b1",
                "device": "00000000-0000-4000-8000-0000000000d1",
                "sequence": 1,
                "sha256": EMPTY_LIST,
                "operations": [],
            },
            description=(
                "整批办理或整批不办。批次编号相同、内容相同时返回同一回执；内容不同为 422。"
                "同一设备对同一检查的批次从 1 起连续编号，错序、重放为 409 out_of_order，"
                "current.expected 为应发的序号。"
                "有内容被他人改过时为 409 conflict，current.conflicts 逐项给出对方的内容；"
                "不合规则时为 422 refused，current.refusals 逐项说明理由；"
                "已签字的检查项、问题和意见，须先用 remove_signature 作废签名再改，可在同一批内。"
            ),
        )


# Photographs ----------------------------------------------------------------------------------------------------------


class PhotoIn(InputSerializer):
    id = serializers.UUIDField()
    visit = serializers.CharField(
        max_length=32, required=False, default="", allow_blank=True, help_text="检查编号；检查以外发现的隐患不填"
    )
    size = serializers.IntegerField(min_value=1, max_value=MAX_PHOTO)
    sha256 = serializers.RegexField(SHA256)
    piece_size = serializers.IntegerField(min_value=1024, max_value=MAX_JSON)
    checklist = serializers.IntegerField(min_value=1, allow_null=True, required=False, default=None)
    item = serializers.IntegerField(min_value=1, max_value=32767, allow_null=True, required=False, default=None)
    finding = serializers.UUIDField(allow_null=True, required=False, default=None)
    second_look = serializers.UUIDField(allow_null=True, required=False, default=None, help_text="复查的隐患")
    taken_at = serializers.CharField(max_length=40, allow_blank=True, required=False, default="", help_text="仅作参考")
    lat = serializers.FloatField(min_value=-90, max_value=90, allow_null=True, required=False, default=None)
    lon = serializers.FloatField(min_value=-180, max_value=180, allow_null=True, required=False, default=None)
    original_sha256 = serializers.RegexField(SHA256, required=False, default="", allow_blank=True)


class PhotoStanding(serializers.Serializer):
    id = serializers.UUIDField()
    is_complete = serializers.BooleanField()
    missing = serializers.ListField(child=serializers.IntegerField(), help_text="还缺的分片，从 0 起")


class PieceParser(BaseParser):
    """The bytes of one piece; its length has been checked at the gate."""

    media_type = "application/octet-stream"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return stream.read(MAX_JSON)


def answered(standing: arrivals.Standing, status: int = 200) -> Response:
    told = {"id": str(standing.id), "is_complete": standing.is_complete, "missing": list(standing.missing)}
    return Response(told, status)


class PhotoArrivalsView(APIView):
    """Begins a photograph; its id makes it the same however often it is begun."""

    scope_kind = "region"

    def post(self, request: Request) -> Response:
        given = PhotoIn(data=request.data)
        given.is_valid(raise_exception=True)
        told = dict(given.validated_data)
        visit = visit_of_photo(request.user, told.pop("visit"))
        main = {name: told.pop(name) for name in ("id", "size", "sha256", "piece_size")}
        told |= {name: str(told[name]) if told[name] else None for name in ("finding", "second_look")}
        try:
            return answered(arrivals.begin(visit, by=request.user, about=told, **main))
        except arrivals.ArrivalRefused as refusal:
            raise refused(refusal) from refusal

    def operation(self) -> Operation:
        return Operation(
            "inspections_begin_photo",
            "开始上传一张检查照片",
            PhotoStanding,
            request=PhotoIn,
            example={
                "id": "00000000-0000-4000-8000-0000000000f1",
                "visit": "JC-2020-000001",
                "size": 200_000,
                "sha256": "0" * 64,
                "piece_size": 65536,
            },
            description="说明大小和校验值，再逐片上传；断线后重新开始或查询，接着传还缺的分片。",
        )


class PhotoArrivalView(APIView):
    """How far a photograph has come."""

    scope_kind = "region"

    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        arrival = own_arrival_or_404(request.user, id)
        return answered(arrivals.standing(arrival))

    def operation(self) -> Operation:
        return Operation("inspections_photo_standing", "一张照片还缺哪些分片", PhotoStanding)


class PieceView(APIView):
    """Takes one piece; the last one makes the photograph."""

    parser_classes = (PieceParser,)
    scope_kind = "region"

    def put(self, request: Request, id: UUID, index: int) -> Response:  # noqa: A002
        arrival = own_arrival_or_404(request.user, id)
        data: Any = request.data
        try:
            return answered(
                arrivals.take_piece(arrival, index, data if isinstance(data, bytes) else b"", by=request.user)
            )
        except arrivals.ArrivalRefused as refusal:
            raise refused(refusal) from refusal

    def operation(self) -> Operation:
        return Operation(
            "inspections_put_piece",
            "上传一个分片",
            PhotoStanding,
            request={"application/octet-stream": OpenApiTypes.BINARY},
            description="最后一片到齐后核对校验值并收下照片；校验值不符时已收到的分片作废。",
        )


urlpatterns = [
    path("inspections/phone/", PhoneView.as_view(), name="api-inspections-phone"),
    path("inspections/phone/session/", PhoneSessionView.as_view(), name="api-inspections-phone-session"),
    path("inspections/photos/", PhotoArrivalsView.as_view(), name="api-inspections-photos"),
    path("inspections/photos/<uuid:id>/", PhotoArrivalView.as_view(), name="api-inspections-photo"),
    path("inspections/photos/<uuid:id>/pieces/<int:index>/", PieceView.as_view(), name="api-inspections-piece"),
    path("inspections/<str:number>/batches/", BatchesView.as_view(), name="api-inspections-batches"),
]
