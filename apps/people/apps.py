from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "apps.people"
    verbose_name = "从业人员"

    def ready(self) -> None:
        from apps.core import words
        from apps.enterprises.tabs import enterprise_tabs
        from apps.people.models import PURPOSES, TRADES
        from apps.people.tabs import STAFF

        enterprise_tabs.add(STAFF, before="history")
        words.say(
            titles={"identity_revealed": "查看完整号码", "pseudonymised": "去标识", "card_revoked": "注销证卡"},
            labels={
                "account": "平台账号",
                "person": "人员",
                "what": "内容",
                "phone_removed": "删除已登记的电话",
                "purpose": "用途",
            },
            dictionaries={TRADES: "特种作业工种", PURPOSES: "个人信息用途"},
        )
