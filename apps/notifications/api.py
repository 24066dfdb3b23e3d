"""One's own messages: no ledger with pages of its own, but read like one."""

from django.db.models import Q
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from apps.core.api.operations import IDEMPOTENCY, Operation
from apps.core.api.viewsets import RegisterViewSet, register_viewset
from apps.core.idempotency import idempotent
from apps.core.registers import Column, Register, View
from apps.notifications import services
from apps.notifications.models import Message


class MessageRegister(Register):
    name = "messages"
    label = "消息"
    model = Message
    scope_kind = "self"
    columns = (
        Column("level", "级别", filter="exact"),
        Column("title", "标题"),
        Column("body", "内容"),
        Column("url", "办理页面的地址"),
        Column("created_at", "时间", filter="range", sortable=True),
        Column("read_at", "阅读时间"),
    )
    views = (View("unread", "未读", lambda user: Q(read_at=None)),)


class MessageActions(RegisterViewSet):
    @action(detail=True, methods=["post"])
    @idempotent
    def read(self, request: Request, **lookup: str) -> Response:
        self.need("view")
        message = self.found(lookup)
        services.mark_read(request.user, [message.pk])
        return Response(self.shown(self.fresh(message)))

    def operation(self) -> Operation:
        if self.action != "read":
            return super().operation()
        parameters = (self.key_parameter(), IDEMPOTENCY)
        return Operation("messages_read", "标为已读", self.detail_class(), parameters=parameters, example={})


router = SimpleRouter()
router.register("messages", register_viewset(MessageRegister(), MessageActions), "api-messages")
urlpatterns = router.urls
