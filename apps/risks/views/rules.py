"""One edition of the rules: its tables and bands as they judge."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.core.pages import crumbs, int_or_none, need
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.risks.grading import plain
from apps.risks.models import RiskRule
from apps.risks.registers import RiskRuleRegister
from apps.risks.words import FACTOR_NAMES

REGISTER = registry[RiskRuleRegister.name]


@require_GET
def rule_page(request: HttpRequest, key: str) -> HttpResponse:
    need(REGISTER, request.user, "view")
    rule = get_visible_or_404(RiskRule, request.user, pk=int_or_none(key))
    names = FACTOR_NAMES[rule.method]
    facts = [
        {"label": "评价方法", "value": rule.get_method_display()},
        {"label": "施行日期", "value": rule.effective_from},
        {"label": "分级界限", "value": rule.bands_in_words, "wide": True},
        {"label": "直接判定", "value": rule.floors_in_words, "wide": True},
        {"label": "来源", "value": rule.source, "wide": True},
        {"label": "把握程度", "value": rule.certainty, "wide": True},
    ]
    context = {
        "rule": rule,
        "title": rule.name,
        "sections": [{"title": "评价规则", "facts": facts, "note": "登记后不再修改"}],
        "tables": [
            (names[name], [(plain(number), words) for number, words in choices])
            for name, choices in rule.tables.choices.items()
        ],
        "crumbs": crumbs(REGISTER, rule.name),
    }
    return render(request, "risks/rule.html", context)
