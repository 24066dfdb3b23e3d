"""The API of examinations: lists and details of the registers, and handing in a paper."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.api.operations import IDEMPOTENCY, Operation, text_parameter
from apps.core.api.serializers import InputSerializer
from apps.core.idempotency import idempotent
from apps.core.problems import Problem
from apps.core.scoping import get_visible_or_404
from apps.exams.models import LETTERS, Answer, Attempt
from apps.exams.services.attempts import HandedInBefore, hand_in

EXAMPLE = {"answers": {"1": "A", "2": "BD"}}


class HandInSerializer(InputSerializer):
    answers = serializers.DictField(
        child=serializers.RegexField("^[A-F]{0,6}$"),
        help_text="题号 → 所选选项在试卷上的字母；没有列出的题保留已保存的答案",
        required=False,
    )

    def validate_answers(self, value: dict[str, str]) -> dict[int, str]:
        if not all(key.isascii() and key.isdigit() and len(key) < 4 for key in value):
            raise serializers.ValidationError("题号应为整数")
        return {int(key): letters for key, letters in value.items()}


class ResultSerializer(serializers.Serializer):
    """交卷后的成绩。"""

    score = serializers.IntegerField()
    passed = serializers.BooleanField()
    state = serializers.CharField(help_text="handed 已交卷，late 到时收卷")


class HandInView(APIView):
    """Hands in the caller's own paper; a second time is 409 with the result that stands."""

    scope_kind = "self"

    @idempotent
    def post(self, request: Request, pk: str) -> Response:
        own = Attempt.objects.filter(person__user=request.user.pk)
        attempt = get_visible_or_404(own, request.user, pk=pk)
        told = HandInSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        try:
            done = hand_in(attempt, by=request.user, chosen=in_the_bank(attempt, told.validated_data))
        except HandedInBefore as before:
            raise Problem(409, code="handed_in", result=result_of(before.attempt)) from before
        return Response(result_of(done))

    def operation(self) -> Operation:
        key = text_parameter("pk", "答卷的编号", OpenApiParameter.PATH, required=True)
        return Operation(
            "attempts_hand_in", "交卷", ResultSerializer, request=HandInSerializer, parameters=(key, IDEMPOTENCY)
        )


def in_the_bank(attempt: Attempt, told: dict[str, Any]) -> dict[int, str]:
    """The letters of the paper as those of the bank; 400 for a question or an option that this paper does not have."""
    orders = dict(Answer.objects.visible_to(attempt.person.user).filter(attempt=attempt).values_list("place", "order"))
    chosen = {}
    for place, letters in told.get("answers", {}).items():
        shown = dict(zip(LETTERS, orders.get(place, ""), strict=False))
        if place not in orders or not set(letters) <= set(shown):
            raise Problem(400, fields={"answers": [f"第{place}题没有这样的题号或选项"]})
        chosen[place] = "".join(shown[letter] for letter in letters)
    return chosen


def result_of(attempt: Attempt) -> dict[str, Any]:
    return {"score": attempt.score, "passed": attempt.passed, "state": attempt.state}


urlpatterns = [path("attempts/<str:pk>/hand_in/", HandInView.as_view(), name="attempt_hand_in")]
