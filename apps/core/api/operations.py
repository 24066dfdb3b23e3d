"""What one operation of the API is, for the OpenAPI description and for the contracts that walk all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from apps.core.api.listing import DEFAULT_SIZE, MAX_SIZE, filters_of, sort_names
from apps.core.idempotency import HEADER
from apps.core.registers import Column, Register

SCOPES = ("region", "enterprise", "public", "self")


@dataclass(frozen=True)
class Operation:
    """`request` and `response` are serializers, None for no body; `example` is a body that works on demo data."""

    id: str
    summary: str
    response: Any
    status: int = 200
    request: Any = None
    parameters: tuple[OpenApiParameter, ...] = ()
    example: Mapping[str, Any] | None = None
    states: Mapping[str, Any] | None = None
    description: str = ""
    media: tuple[str, ...] = field(default=("application/json",))


def scope_kind(register: Register) -> str:
    """The x-scope of a register.  Nothing but sign-in is public, so reference data counts as the region's."""
    return register.scope_kind if register.scope_kind in ("enterprise", "self") else "region"


class ChoiceOfMove(serializers.Serializer):
    """A move that is open to the caller."""

    name = serializers.CharField(help_text="即地址的最后一段")
    label = serializers.CharField()  # type: ignore[assignment]


class ProblemSerializer(serializers.Serializer):
    """Every answer that is not a success."""

    code = serializers.CharField(help_text="给程序判断的代码")
    message = serializers.CharField(help_text="给人看的说明")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="按字段列出的问题"
    )
    request_id = serializers.CharField(help_text="报障时请告知")


def text_parameter(
    name: str, description: str, where: Any = OpenApiParameter.QUERY, **options: Any
) -> OpenApiParameter:
    return OpenApiParameter(name, str, where, description=description, **options)


IDEMPOTENCY = text_parameter(
    HEADER, "每次新的提交用一个新编号；重发时用原编号，不会重复办理。令牌登录时必填", OpenApiParameter.HEADER
)
IF_MATCH = text_parameter("If-Match", '所依据版本的 ETag，例如 "3"', OpenApiParameter.HEADER, required=True)
IF_MATCH_OPTIONAL = text_parameter("If-Match", "所依据版本的 ETag；给出时版本已变则不办理", OpenApiParameter.HEADER)


def list_parameters(register: Register) -> tuple[OpenApiParameter, ...]:
    """Exactly the query parameters that the list accepts."""
    views = ["all", *(view.name for view in register.views)]
    return (
        OpenApiParameter("page", int, description="第几页，从 1 起；深处的页请顺着 next 走"),
        OpenApiParameter("after", str, description="从这一行（主键）之后取，next 链接里给出"),
        OpenApiParameter("before", str, description="取到这一行（主键）之前，previous 链接里给出"),
        OpenApiParameter("size", int, description=f"每页条数，最多 {MAX_SIZE}，默认 {DEFAULT_SIZE}"),
        # What these two mean is the same everywhere and stands in the description of the whole (SPECTACULAR_SETTINGS).
        text_parameter("sort", "", enum=sort_names(register.columns) or None),
        text_parameter("view", "", enum=views),
        text_parameter("count", "exact：总数不封顶，可翻到最后一页", enum=["exact"]),
        *(filter_parameter(register, name, column) for name, column in filters_of(register, register.columns).items()),
    )


def filter_parameter(register: Register, name: str, column: Column | None) -> OpenApiParameter:
    if column is None:
        return text_parameter(name, "关键字")
    if column.filter == "range":
        end = "起" if name.endswith("_after") else "止"
        return OpenApiParameter(name, OpenApiTypes.DATE, description=f"{column.label}（{end}）")
    codes = [str(code) for code in register.labels_of_choices.get(column.path, {})] if column.filter == "exact" else []
    # Not by `enum`, which would sort the codes: in their own order they are the same list as the column's.
    kind: Any = {"type": "string", "enum": codes} if codes else str
    return OpenApiParameter(name, kind, description=column.label)
