"""The ledgers of the system pages: users, organisations, grants, dictionaries, event log."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.accounts.forms import DictionaryForm, OrganisationForm, UserForm
from apps.accounts.models import Grant, Organisation, OrganisationKind, User
from apps.accounts.services.accounts import save_account
from apps.accounts.services.organisations import save_organisation
from apps.core.models import DictionaryEntry, Event
from apps.core.registers import Column, Register, View, registry
from apps.core.words import state_word, title_word


@registry.add
class UserRegister(Register):
    name = "users"
    label = "用户"
    model = User
    key = "username"
    related = ("organisation",)
    search = ("username", "name", "organisation__name")
    order = ("organisation__region_path", "organisation_id", "pk")
    form_class = UserForm
    save = staticmethod(save_account)
    columns = (
        Column("username", "用户名", sortable=True),
        Column("name", "姓名", sortable=True),
        Column("role", "角色", filter="exact"),
        Column("organisation.name", "所属机构", filter="icontains", width=28, reference="name"),
        Column("masked_phone", "手机号码"),
        Column("is_active", "启用", filter="exact", width=8),
        Column("last_login", "最近登录", sortable=True, width=18),
        Column("created_at", "创建时间", sortable=True, shown=False, width=18),
    )
    views = (
        View("active", "在用", lambda user: Q(is_active=True)),
        View("waiting", "待授予角色", lambda user: Q(is_active=True, role=""), hot=True),
        View("disabled", "已停用", lambda user: Q(is_active=False)),
    )

    def card(self, record: User) -> dict[str, str]:
        state = "" if record.is_active else "已停用"
        return {
            "title": record.name,
            "sub": f"{record.role_definition.label}　{record.organisation}",
            "state": state,
            "due": "",
        }


@registry.add
class OrganisationRegister(Register):
    """Enterprises have a ledger of their own."""

    name = "organisations"
    label = "组织机构"
    model = Organisation
    related = ("region", "parent")
    search = ("name", "short_name")
    order = ("region_path", "kind", "pk")
    form_class = OrganisationForm
    save = staticmethod(save_organisation)
    columns = (
        Column("name", "名称", sortable=True, width=28),
        Column("kind", "类型", filter="exact"),
        Column("region.name", "行政区划", filter="icontains"),
        Column("parent.name", "上级机构", width=28, reference="name"),
        Column("is_active", "启用", filter="exact", width=8),
    )

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).exclude(kind=OrganisationKind.ENTERPRISE)

    def locked(self, record: Organisation) -> str | None:
        return "企业信息请在企业台账中修改。" if record.kind == OrganisationKind.ENTERPRISE else None


@registry.add
class GrantRegister(Register):
    name = "grants"
    label = "例外授权"
    model = Grant
    scope_kind = "self"
    related = ("grantee__organisation", "granted_by", "content_type")
    search = ("grantee__name", "grantee__username", "reason")
    columns = (
        Column("grantee.name", "被授权人", filter="icontains"),
        Column("grantee.organisation.name", "所属机构", width=28),
        Column("subject", "授权对象", width=28),
        Column("kind", "授权类型", filter="exact"),
        Column("starts_on", "开始日期", sortable=True),
        Column("ends_on", "截止日期", filter="range", sortable=True),
        Column("state", "状态", width=8),
        Column("granted_by.name", "授权人"),
        Column("reason", "授权理由", shown=False, width=40),
    )
    views = (
        View("in_force", "有效", lambda user: grants_in_force()),
        View("ending", "七日内到期", lambda user: grants_in_force(ending_within_days=7), hot=True),
    )

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).prefetch_related("subject")


def grants_in_force(ending_within_days: int | None = None) -> Q:
    today = timezone.localdate()
    condition = Q(revoked_at=None, starts_on__lte=today, ends_on__gte=today)
    if ending_within_days is None:
        return condition
    return condition & Q(ends_on__lte=today + timedelta(days=ending_within_days))


@registry.add
class DictionaryRegister(Register):
    name = "dictionaries"
    label = "数据字典"
    model = DictionaryEntry
    scope_kind = "public"
    search = ("code", "label")
    order = ("kind", "position", "pk")
    form_class = DictionaryForm
    columns = (
        Column("label", "名称", sortable=True, width=28),
        Column("kind", "字典", filter="exact", sortable=True, width=18),
        Column("code", "代码", sortable=True),
        Column("position", "顺序", width=8),
        Column("effective_from", "生效日期", sortable=True),
        Column("effective_to", "失效日期", sortable=True),
        Column("source", "来源", width=40),
        Column("certainty", "把握程度", shown=False),
        Column("is_sample", "示例数据", filter="exact", width=8),
    )


@registry.add
class EventRegister(Register):
    """The event log, for the auditor: what was done to which record, by whom, when."""

    name = "events"
    label = "操作日志"
    model = Event
    scope_kind = "system"
    related = ("actor",)
    search = ("actor__name", "actor__username")
    columns = (
        Column("happened_at", "时间", filter="range", sortable=True, width=20),
        Column("actor.name", "操作人", filter="icontains"),
        Column("name", "事项", filter="exact", cell=lambda event: title_word(event.record_type, event.name)),
        Column("record_type", "对象类型", filter="exact"),
        Column("record_id", "对象", filter="exact"),
        Column("before", "原状态", cell=lambda event: state_word(event.record_type, event.before)),
        Column("after", "新状态", cell=lambda event: state_word(event.record_type, event.after)),
    )

    def card(self, record: Event) -> dict[str, str]:
        done = title_word(record.record_type, record.name)
        return {
            "title": f"{done}：{record.get_record_type_display()} {record.record_id}",
            "sub": str(record.actor or "系统"),
            "state": state_word(record.record_type, record.after),
            "due": f"{timezone.localtime(record.happened_at):%m-%d %H:%M}",
        }

    def row_url(self, record: Event) -> str:
        return reverse("events:detail", args=[record.pk])
