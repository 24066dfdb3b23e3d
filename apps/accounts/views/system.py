"""System pages: users and organisations one by one, roles, and what is done to accounts."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.forms import ReasonForm, RoleForm
from apps.accounts.http import SignedInRequest, need
from apps.accounts.models import Organisation, User
from apps.accounts.permissions import matrix
from apps.accounts.services import accounts
from apps.core.history import history
from apps.core.scoping import get_visible_or_404


def _account(request: SignedInRequest, key: str) -> User:
    return get_visible_or_404(User.objects.select_related("organisation__region"), request.user, username=key)


# Users


@require_GET
def user_page(request: SignedInRequest, key: str) -> HttpResponse:
    need(request, "accounts.view_user")
    user = _account(request, key)
    managed = accounts.may_manage(request.user, user)
    context = {
        "title": f"{user.name}（{user.username}）",
        "crumbs": _crumbs("users", "用户", user.name),
        "actions": user_actions(request.user, user, managed),
        "sections": [{"title": "账号", "facts": user_facts(user, show_phone=managed)}],
        "timeline": history([user]) if managed or request.user.has_perm("core.view_event") else [],
    }
    return render(request, "core/detail.html", context)


def user_facts(user: User, *, show_phone: bool) -> list[dict[str, Any]]:
    organisation = reverse("organisations:detail", args=[user.organisation_id])
    return [
        {"label": "所属机构", "value": user.organisation.name, "url": organisation},
        {"label": "行政区划", "value": user.organisation.region.name},
        {"label": "角色", "value": user.role_definition.label},
        {
            "label": "状态",
            "value": "已停用" if not user.is_active else "已锁定" if accounts.is_locked(user) else "在用",
        },
        {"label": "手机号码", "value": user.phone if show_phone else user.masked_phone},
        {"label": "电子邮箱", "value": user.email if show_phone else ""},
        {"label": "动态口令", "value": "已启用" if user.has_second_factor else "未启用"},
        {"label": "最近登录", "value": user.last_login},
        {"label": "密码修改时间", "value": user.password_changed_at},
    ]


def user_actions(by: User, user: User, managed: bool) -> list[dict[str, Any]]:
    """The buttons this person may press; the services refuse the others anyway."""
    offered = [
        ("edit", "编辑", "edit", managed and by.has_perm("accounts.change_user")),
        ("role", "变更角色", "shield-check", by.has_perm("accounts.assign_role_user") and by.pk != user.pk),
        ("reset", "重置密码", "key", managed and user.is_active and by.has_perm("accounts.reset_user")),
        ("unlock", "解除锁定", "lock", by.has_perm("accounts.unlock_user") and accounts.is_locked(user)),
        ("disable", "停用", "ban", managed and user.is_active and by.has_perm("accounts.disable_user")),
        ("enable", "恢复启用", "circle-check", managed and not user.is_active and by.has_perm("accounts.disable_user")),
    ]
    return [
        {"label": label, "icon": icon, "url": reverse(f"users:{name}", args=[user.username])}
        for name, label, icon, open_now in offered
        if open_now
    ]


def _confirmed(
    request: SignedInRequest, user: User, form: Any, act: Callable[[], HttpResponse], **context: Any
) -> HttpResponse:
    """A page that says what will happen and does it when it is confirmed."""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            return act()
        except ValidationError as problems:
            if form is None:
                messages.error(request, " ".join(problems.messages))
                return redirect("users:detail", user.username)
            form.add_error(None, problems)
    context |= {"form": form, "cancel_url": reverse("users:detail", args=[user.username])}
    return render(request, "core/confirm.html", context, status=422 if form is not None and form.errors else 200)


def _done(request: SignedInRequest, user: User, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("users:detail", user.username)


@require_http_methods(["GET", "POST"])
def disable_page(request: SignedInRequest, key: str) -> HttpResponse:
    need(request, "accounts.disable_user")
    user = _account(request, key)
    form = ReasonForm(request.POST or None, user=request.user)

    def act() -> HttpResponse:
        accounts.disable_user(user=user, reason=form.cleaned_data["reason"], by=request.user)
        return _done(request, user, f"账号“{user.name}”已停用。")

    consequence = "停用后该账号立即退出所有设备，不能再登录；已办理的记录保留。"
    return _confirmed(
        request,
        user,
        form,
        act,
        title=f"停用账号：{user.name}",
        consequence=consequence,
        submit_label="停用",
        danger=True,
    )


@require_http_methods(["GET", "POST"])
def enable_page(request: SignedInRequest, key: str) -> HttpResponse:
    need(request, "accounts.disable_user")
    user = _account(request, key)

    def act() -> HttpResponse:
        accounts.enable_user(user=user, by=request.user)
        return _done(request, user, f"账号“{user.name}”已恢复启用。")

    return _confirmed(request, user, None, act, title=f"恢复启用账号：{user.name}", submit_label="恢复启用")


@require_http_methods(["GET", "POST"])
def unlock_page(request: SignedInRequest, key: str) -> HttpResponse:
    need(request, "accounts.unlock_user")
    user = _account(request, key)

    def act() -> HttpResponse:
        accounts.unlock(user=user, by=request.user)
        return _done(request, user, f"账号“{user.name}”已解除锁定。")

    return _confirmed(request, user, None, act, title=f"解除锁定：{user.name}", submit_label="解除锁定")


@require_http_methods(["GET", "POST"])
def role_page(request: SignedInRequest, key: str) -> HttpResponse:
    need(request, "accounts.assign_role_user")
    user = _account(request, key)
    form = RoleForm(request.POST or None, user=request.user, initial={"role": user.role})

    def act() -> HttpResponse:
        accounts.change_role(user=user, by=request.user, **form.cleaned_data)
        return _done(request, user, f"“{user.name}”的角色已变更，需重新登录。")

    consequence = f"当前角色：{user.role_definition.label}。变更后该账号立即退出所有设备。"
    return _confirmed(
        request, user, form, act, title=f"变更角色：{user.name}", consequence=consequence, submit_label="变更角色"
    )


@never_cache
@require_http_methods(["GET", "POST"])
def reset_page(request: SignedInRequest, key: str) -> HttpResponse:
    """The new password is on the answer to this one request and nowhere else."""
    need(request, "accounts.reset_user")
    user = _account(request, key)

    def act() -> HttpResponse:
        password = accounts.reset_password(user=user, by=request.user)
        return render(request, "accounts/new_password.html", {"account": user, "password": password})

    consequence = "将生成一次性密码，只显示一次；该账号立即退出所有设备并停用动态口令，登录后须先修改密码。"
    return _confirmed(
        request, user, None, act, title=f"重置密码：{user.name}", consequence=consequence, submit_label="重置密码"
    )


# Organisations


@require_GET
def organisation_page(request: SignedInRequest, key: str) -> HttpResponse:
    need(request, "accounts.view_organisation")
    organisation = get_visible_or_404(Organisation.objects.select_related("region", "parent"), request.user, pk=key)
    may_change = Organisation.objects.managed_by(request.user).filter(pk=organisation.pk).exists()
    edit = {"label": "编辑", "icon": "edit", "url": reverse("organisations:edit", args=[organisation.pk])}
    context = {
        "title": organisation.name,
        "crumbs": _crumbs("organisations", "组织机构", organisation.name),
        "actions": [edit] if may_change and request.user.has_perm("accounts.change_organisation") else [],
        "sections": [{"title": "机构", "facts": organisation_facts(request.user, organisation)}],
        "timeline": history([organisation]),
    }
    return render(request, "core/detail.html", context)


def organisation_facts(by: User, organisation: Organisation) -> list[dict[str, Any]]:
    users = User.objects.visible_to(by).active().filter(organisation=organisation)
    listed = f"{reverse('users:list')}?organisation__name={organisation.name}"
    return [
        {"label": "类型", "value": organisation.get_kind_display()},
        {"label": "简称", "value": organisation.short_name},
        {"label": "行政区划", "value": organisation.region.name},
        {"label": "上级机构", "value": organisation.parent},
        {"label": "状态", "value": "启用" if organisation.is_active else "停用"},
        {
            "label": "在用账号",
            "value": f"{users.count()} 个",
            "url": listed if by.has_perm("accounts.view_user") else "",
        },
    ]


# Roles


@require_GET
def roles_page(request: SignedInRequest) -> HttpResponse:
    need(request, "accounts.view_role")
    return render(request, "accounts/roles.html", {"matrix": matrix()})


def _crumbs(name: str, label: str, own: str) -> list[dict[str, str]]:
    return [{"label": "系统管理"}, {"label": label, "url": reverse(f"{name}:list")}, {"label": own}]
