from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    verbose_name = "组织与用户"

    def ready(self) -> None:
        from apps.accounts import receivers, schema  # noqa: F401  (they register themselves)
        from apps.accounts.roles import role_choices
        from apps.core import words

        words.say(titles=EVENTS, labels=FACTS, states=STANDING | dict(role_choices()))


EVENTS = {
    "signed_in": "登录",
    "locked": "锁定",
    "unlocked": "解除锁定",
    "issued": "签发",
    "revoked": "撤销",
    "granted": "授权",
    "lapsed": "到期",
    "password_changed": "修改密码",
    "password_reset": "重置密码",
    "contact_changed": "修改联系方式",
    "role_changed": "变更角色",
    "disabled": "停用",
    "enabled": "恢复启用",
    "second_factor_on": "启用动态口令",
    "second_factor_off": "停用动态口令",
    "sessions_ended": "结束登录",
}
STANDING = {"active": "在用", "disabled": "已停用"}
FACTS = {
    "address": "来源地址",
    "until": "锁定至",
    "expires_at": "到期时间",
    "prefix": "令牌前缀",
    "count": "数量",
    "subject": "授权对象",
    "fields": "栏目",
}
