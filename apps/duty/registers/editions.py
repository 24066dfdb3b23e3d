"""What an office sets for duties on site, in editions."""

from apps.core.edition_registers import BegunStays
from apps.core.editions import in_force_today_of
from apps.core.registers import Column, View, registry
from apps.core.templatetags import ui
from apps.duty.forms.editions import DutyTermForm, LogItemForm, WordingForm
from apps.duty.models import DutyTerm, LogItem, Wording

SAID = (
    Column("effective_from", "施行日期", width=12),
    Column("is_sample", "样例", width=8, cell=ui.sample_cell),
    Column("source", "依据", width=50),
    Column("certainty", "把握程度", width=34),
)


@registry.add
class DutyTermRegister(BegunStays):
    """履职标准."""

    name = "duty_terms"
    label = "履职标准"
    model = DutyTerm
    scope_kind = "public"
    form_class = DutyTermForm
    order = ("code", "-effective_from")
    columns = (Column("code", "标准", width=30), Column("value", "数值", width=20), *SAID)
    views = (View("in_force", "现行", in_force_today_of(DutyTerm)),)


@registry.add
class WordingRegister(BegunStays):
    """承诺书范本."""

    name = "commitment_wordings"
    label = "承诺书范本"
    model = Wording
    scope_kind = "public"
    form_class = WordingForm
    order = ("level", "-effective_from")
    columns = (
        Column("level", "层级", width=10),
        Column("title", "标题", width=28),
        Column("valid_months", "有效期（月）", width=10),
        Column("text", "承诺内容", shown=False, width=60),
        *SAID,
    )
    views = (View("in_force", "现行", in_force_today_of(Wording)),)


@registry.add
class LogItemRegister(BegunStays):
    """安全日志项目."""

    name = "safety_log_items"
    label = "安全日志项目"
    model = LogItem
    scope_kind = "public"
    form_class = LogItemForm
    order = ("position", "code", "-effective_from")
    columns = (
        Column("name", "项目", width=20),
        Column("code", "代码", width=16),
        Column("hint", "查什么", width=40),
        Column("position", "顺序", width=8),
        Column("asks_time", "填时间", width=8),
        Column("category", "隐患类别", width=16),
        Column("effective_to", "失效日期", shown=False, width=12),
        *SAID,
    )
    views = (View("in_force", "现行", in_force_today_of(LogItem)),)
