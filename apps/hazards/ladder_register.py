"""The rules of the reminder ladder as a register, with the pages that switch them and foretell what they send."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.core.pages import crumbs, int_or_none
from apps.core.record_page import record_page
from apps.core.registers import Column, Register, View, registry
from apps.core.scoping import get_visible_or_404
from apps.core.templatetags import ui
from apps.core.words import words_of
from apps.hazards.forms.ladder import ReminderRuleForm
from apps.hazards.models import Hearer, Plan, ReminderRule
from apps.hazards.services.ladder import AHEAD, Forecast, forecast, save_rule, switch
from apps.notifications.models import ChannelName, MessageKind

ENFORCE = "hazards.enforce_reminderrule"


HearersInWords = words_of(Hearer)
DAYS, AGAIN = Cast("days", CharField()), Cast("again_after", CharField())
# `ReminderRule.when` in SQL.
WHEN = Case(
    When(plan=Plan.DEADLINE, days=0, then=Value("整改期限当天")),
    When(
        plan=Plan.DEADLINE, days__lt=0, then=Concat(Value("整改期限前 "), Cast(-F("days"), CharField()), Value(" 天"))
    ),
    When(plan=Plan.DEADLINE, then=Concat(Value("超过整改期限 "), DAYS, Value(" 天"))),
    *(
        When(
            plan=plan,
            then=Concat(Value(f"{plan.label}超过 "), DAYS, Value(" 个工作日，每 "), AGAIN, Value(" 天重复")),
        )
        for plan in Plan
        if plan != Plan.DEADLINE
    ),
    output_field=CharField(),
)


def state_cell(rule: ReminderRule) -> str:
    return ui.state_dot("green", "已启用") if rule.is_on else ui.state_dot("grey", "未启用")


@registry.add
class ReminderRuleRegister(Register):
    name = "reminder_rules"
    label = "提醒规则"
    model = ReminderRule
    key = "code"
    scope_kind = "public"
    form_class = ReminderRuleForm
    add_label = "新增规则"
    save = staticmethod(save_rule)
    search = ("words",)
    order = ("plan", "days", "pk")
    columns = (
        Column("words", "提醒文字", width=24),
        Column("when", "何时提醒", width=30, expression=WHEN),
        Column("plan", "依据", filter="exact", shown=False, width=14),
        Column("days", "天数", shown=False, width=8),
        Column("again_after", "重复间隔（天）", shown=False, width=10),
        Column("level", "级别", width=10),
        Column("hearers_in_words", "提醒对象", width=34),
        Column("is_on", "状态", filter="exact", width=10, cell=state_cell),
        Column("in_force_from", "生效日期", width=12),
        Column("is_sample", "样例值", width=8),
    )
    views = (View("on", "已启用", lambda user: Q(is_on=True)), View("off", "未启用", lambda user: Q(is_on=False)))

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).annotate(hearers_in_words=HearersInWords(F("hearers")))

    def card(self, record: ReminderRule) -> dict[str, str]:
        return {"title": record.words, "sub": record.when, "state": state_cell(record), "due": ""}

    def locked(self, record: ReminderRule) -> str | None:
        return "规则启用中，修改前请先停用" if record.is_on else None


RULES = registry[ReminderRuleRegister.name]


def actions(rule: ReminderRule, user: Any) -> list[dict[str, Any]]:
    if not user.has_perm(ENFORCE):
        return []
    address = reverse("reminder_rules:switch", args=[rule.code])
    word, icon = ("停用", "ban") if rule.is_on else ("预测并启用", "check")
    return [{"label": word, "icon": icon, "url": address, "primary": not rule.is_on}]


def way_out(rule: ReminderRule, user: Any) -> list[dict[str, Any]]:
    kind = MessageKind.objects.filter(kind=rule.kind).first()
    channels = "、".join(["站内消息", *(ChannelName(name).label for name in (kind.channels if kind else []))])
    url = kind.get_absolute_url() if kind and user.has_perm("notifications.view_messagekind") else ""
    return [{"title": "渠道", "facts": [{"label": "渠道", "value": channels, "url": url, "wide": True}]}]


rule_page = record_page(RULES, actions=actions, sections=way_out)


@require_http_methods(["GET", "POST"])
def switch_page(request: HttpRequest, key: str) -> HttpResponse:
    """What it will send stands on the page before anybody switches it on."""
    user: Any = request.user
    if not user.has_perm(ENFORCE):
        raise PermissionDenied
    rule = get_visible_or_404(ReminderRule, user, code=key)
    if request.method == "POST":
        try:
            switch(rule, on=not rule.is_on, by=user, version=int_or_none(request.POST.get("version")))
        except ValidationError as refusal:
            messages.error(request, "；".join(refusal.messages))
        else:
            messages.success(request, f"规则“{rule}”已{'启用，自今天起提醒' if rule.is_on else '停用'}。")
        return redirect(rule)
    return render(request, "hazards/switch_rule.html", switching(rule))


def switching(rule: ReminderRule) -> dict[str, Any]:
    told = None if rule.is_on else forecast(rule)
    return {
        "title": f"{'停用' if rule.is_on else '启用'}提醒规则：{rule}",
        "crumbs": crumbs(RULES, "停用" if rule.is_on else "启用", rule),
        "rule": rule,
        "consequence": consequence(told) if told else "停用后不再按此规则提醒，已发出的消息保留。",
        "facts": foretold(rule, told) if told else [],
        "days": sorted(told.by_day.items()) if told else [],
        "submit_label": "停用" if rule.is_on else "启用",
        "cancel_url": rule.get_absolute_url(),
    }


def consequence(told: Forecast) -> str:
    if not told.messages:
        return f"按当前台账，今后 {AHEAD} 天此规则没有要发的消息。启用前已过的日期不补发。"
    return (
        f"启用后，今后 {AHEAD} 天将发出 {told.messages:,} 条消息，涉及 {told.hazards:,} 条隐患、"
        f"{len(told.people):,} 人。启用前已过的日期不补发。"
    )


def foretold(rule: ReminderRule, told: Forecast) -> list[dict[str, Any]]:
    """By way out; everybody's inbox gets all of them."""
    lines = [
        ("何时提醒", rule.when),
        ("提醒对象", "、".join(Hearer(code).label for code in rule.hearers)),
        ("站内消息", f"{told.messages:,} 条"),
    ]
    lines += [
        (str(ChannelName(name).label), f"{count:,} 条，同一收件人的合并发出") for name, count in told.by_channel.items()
    ]
    if told.busiest:
        lines.append(("最多的一天", f"{told.busiest[0]}，{told.busiest[1]:,} 条"))
    return [{"label": label, "value": value} for label, value in lines]
