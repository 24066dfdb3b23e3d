"""A register as an API: list, one record, new, corrected.  There is no deleting."""

import re
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from apps.core.api.listing import ApiListing
from apps.core.api.operations import IDEMPOTENCY, IF_MATCH, Operation, list_parameters, scope_kind, text_parameter
from apps.core.api.serializers import RowSerializer, input_serializer, posted, readers, row_serializer
from apps.core.idempotency import idempotent
from apps.core.problems import Problem
from apps.core.registers import Register
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import StaleRecord

TAG = re.compile(r'^(?:W/)?"([^"]*)"$')


class RegisterViewSet(ViewSet):
    """Reading; `register_viewset` makes the subclass of one register."""

    register: ClassVar[Register]
    row_class: ClassVar[type[RowSerializer]]
    lookup_value_regex = "[^/]+"

    # Reading ------------------------------------------------------------------------------------------------------

    def list(self, request: Request) -> Response:
        self.need("view")
        listing = ApiListing.of(self.register, request.user, request.query_params)
        rows = self.row_class(listing.records, many=True, context={"readers": self.readers}).data
        return Response(listing.answer(request.path, rows))

    def retrieve(self, request: Request, **lookup: str) -> Response:
        self.need("view")
        return Response(self.shown(self.found(lookup)))

    def found(self, lookup: Mapping[str, str]) -> Any:
        return get_visible_or_404(self.register.rows(self.request.user), self.request.user, **lookup)

    def fresh(self, record: Any) -> Any:
        """The record with what the register's columns need, as far as its maker may see it."""
        return self.register.rows(self.request.user).filter(pk=record.pk).first() or record

    @cached_property
    def readers(self) -> Any:
        return readers(self.register, self.request.user)

    def shown(self, record: Any) -> dict[str, Any]:
        """One record as every answer about a single one has it."""
        return dict(self.row_class(record, context={"readers": self.readers}).data)

    def need(self, verb: str) -> None:
        if not self.register.may(self.request.user, verb):
            raise PermissionDenied

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """ETag and Location follow from the body, so that a repeated answer has them too."""
        data = getattr(response, "data", None)
        if isinstance(data, dict) and "version" in data:
            response["ETag"] = etag(data)
            if response.status_code == 201:
                response["Location"] = reverse(f"api-{self.register.name}-detail", args=[data["key"]])
        return super().finalize_response(request, response, *args, **kwargs)

    # Writing ------------------------------------------------------------------------------------------------------

    def body(self, fields: Mapping[str, forms.Field]) -> dict[str, Any]:
        """The request's body with types checked; what is missing is the form's business."""
        checked = input_serializer("Input", fields)(data=self.request.data, partial=True)
        checked.is_valid(raise_exception=True)
        return checked.validated_data

    def filled_in(self, make: Callable[[Any], Any], *, sent: Any = None, keep: bool = False) -> Any:
        """The form that `make` builds on data, with the request's fields; raises 400 and 422.

        A form that chooses its fields by what is sent is first built on `sent`; `keep` is that of `posted`.
        """
        offered = make(sent)
        form = make(posted(offered, self.body(offered.fields), keep=keep))
        if not form.is_valid():
            raise Problem(422, fields=texts(form))
        return form

    def begun(self, record: Any) -> Response:
        return Response(self.shown(self.fresh(record)), 201)

    def must_match(self, record: Any, *, required: bool = True) -> None:
        """412 with the newer record when If-Match names another version, 428 when it is missing."""
        given = [tag.strip() for tag in self.request.headers.get("If-Match", "").split(",") if tag.strip()]
        if not given and required:
            raise Problem(428)
        if given and str(record.version) not in [m.group(1) for tag in given if (m := TAG.match(tag))]:
            raise self.stale(record)

    def stale(self, record: Any) -> Problem:
        current = self.shown(self.fresh(record))
        return Problem(412, headers={"ETag": etag(current)}, current=current)

    # Description --------------------------------------------------------------------------------------------------

    @property
    def scope_kind(self) -> str:
        return scope_kind(self.register)

    def operation(self) -> Operation:
        """What the current action is, for the OpenAPI description."""
        name = self.register.name
        if self.action == "list":
            page, parameters = page_of(self.row_class), list_parameters(self.register)
            return Operation(f"{name}_list", self.register.label, page, parameters=parameters)
        key = self.key_parameter()
        return Operation(f"{name}_retrieve", f"一条{self.noun}", self.detail_class(), parameters=(key,))

    def beginning(
        self, verb: str, label: str, request: type[serializers.Serializer], *at: OpenApiParameter, **told: Any
    ) -> Operation:
        """The POST that begins a record; `at` is the key of the record at whose address it does, if at another's."""
        name, parameters = f"{self.register.name}_{verb}", (*at, IDEMPOTENCY)
        return Operation(name, label, self.detail_class(), 201, request=request, parameters=parameters, **told)

    @property
    def noun(self) -> str:
        return str(self.register.model._meta.verbose_name)

    def detail_class(self) -> type[serializers.Serializer]:
        return self.row_class

    def key_parameter(self) -> OpenApiParameter:
        return text_parameter(self.register.key, "记录的编号", OpenApiParameter.PATH, required=True)


class EditableViewSet(RegisterViewSet):
    """Reading, and writing through the register's own form and save-service.

    `optional` names fields that the model requires and the form fills by itself.
    """

    optional: ClassVar[tuple[str, ...]] = ()
    create_example: ClassVar[Mapping[str, Any]] = {}
    change_example: ClassVar[Mapping[str, Any]] = {}

    @idempotent
    def create(self, request: Request) -> Response:
        self.need("add")
        return self.begun(self.saved(self.filled(request, None)))

    def partial_update(self, request: Request, **lookup: str) -> Response:
        self.need("change")
        record = self.found(lookup)
        self.must_match(record)
        if reason := self.register.locked(record):
            raise Problem(409, reason, code="locked")
        saved = self.saved(self.filled(request, record), version=record.version)
        return Response(self.shown(self.fresh(saved)))

    def filled(self, request: Request, record: Any) -> Any:
        """The register's form with the request's fields over what stands there."""
        make = partial(self.register.form, request.user, instance=record)
        return self.filled_in(make, sent=dict(request.data), keep=True)

    def saved(self, form: Any, version: int | None = None) -> Any:
        try:
            return self.register.save(form, by=self.request.user, version=version)
        except StaleRecord as stale:
            raise self.stale(stale.record) from stale

    # Description --------------------------------------------------------------------------------------------------

    def operation(self) -> Operation:
        if self.action == "create":
            return self.creating()
        if self.action == "partial_update":
            return self.changing()
        return super().operation()

    def creating(self) -> Operation:
        request = self.described_form("New", self.must_be_sent())
        return self.beginning("create", f"新增{self.noun}", request, example=self.create_example)

    def changing(self) -> Operation:
        return Operation(
            f"{self.register.name}_update",
            f"修改{self.noun}",
            self.detail_class(),
            request=self.described_form("Change", {}),
            parameters=(self.key_parameter(), IF_MATCH),
            example=self.change_example,
        )

    def described_form(self, prefix: str, required: Mapping[str, bool]) -> type[serializers.Serializer]:
        return input_serializer(f"{prefix}{self.register.model.__name__}", self.fields(), required=required)

    def fields(self) -> Mapping[str, forms.Field]:
        return self.register.form_class.base_fields if self.register.form_class else {}

    def must_be_sent(self) -> dict[str, bool]:
        """Of a new record: what the form requires and has no initial value for."""
        return {
            name: field.required and field.initial in (None, "") and name not in self.optional
            for name, field in self.fields().items()
        }


def register_viewset(
    register: Register, base: type[RegisterViewSet] | None = None, **attributes: Any
) -> type[RegisterViewSet]:
    """The viewset of a register; one without a form only reads.

    `create_example` and `change_example` are bodies for the description, which a test sends.
    """
    usual = EditableViewSet if register.form_class else RegisterViewSet
    own = {"register": register, "row_class": row_serializer(register), "lookup_field": register.key}
    return type(f"{register.model.__name__}ViewSet", (base or usual,), own | attributes)


class PageSerializer(serializers.Serializer):
    """台账的一页。"""

    count = serializers.IntegerField(help_text="总数；超过一万条时封顶，除非 count=exact")
    count_is_exact = serializers.BooleanField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = serializers.ListField()


def page_of(row: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The envelope of a list."""
    return type(f"{row.__name__}Page", (PageSerializer,), {"results": row(many=True)})


def etag(data: Mapping[str, Any]) -> str:
    return f'"{data["version"]}"'


def texts(form: Any) -> dict[str, list[str]]:
    """A form's errors as plain sentences by field."""
    return {name: [str(text) for text in errors] for name, errors in form.errors.items()}
