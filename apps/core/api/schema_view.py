"""GET /api/schema/: apart from apps.core.schema, which drf-spectacular's own views need to be complete."""

from typing import Any, ClassVar

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.compacting import compact
from apps.core.schema import problem_responses


class OnceGenerator(SchemaGenerator):
    """Builds the description once per process: it costs a second, is open to all and the same for all."""

    built: ClassVar[dict[str, Any] | None] = None

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        if OnceGenerator.built is None:
            OnceGenerator.built = self.whole()
            compact(OnceGenerator.built)
        return OnceGenerator.built

    def whole(self) -> dict[str, Any]:
        """The description before it is made shorter."""
        schema: dict[str, Any] = super().get_schema(request=None, public=True)
        schema["components"]["responses"] = problem_responses()
        drop_told_types(schema)
        return schema


KINDS = {"string": str, "integer": int}


def drop_told_types(part: Any) -> None:
    """A list of values says of which type they are."""
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        drop_told_types(inner)
    if isinstance(part, dict) and isinstance(part.get("enum"), list):
        kind = KINDS.get(str(part.get("type")))
        if kind and all(type(value) is kind for value in part["enum"]):
            del part["type"]


class CompactRenderer(OpenApiJsonRenderer):
    """Without indentation, which is more than half of a description of this size."""

    def get_indent(self, *args: Any) -> None:
        return None


class JsonRenderer(CompactRenderer):
    """The same for programs that ask for plain JSON, as most do."""

    media_type = "application/json"


class SchemaView(SpectacularJSONAPIView):
    """GET /api/schema/"""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    generator_class = OnceGenerator
    renderer_classes = (CompactRenderer, JsonRenderer)  # type: ignore[assignment]
    scope_kind = "public"

    @extend_schema(summary="本接口的说明", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
