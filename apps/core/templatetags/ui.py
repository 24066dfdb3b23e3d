"""Tags that draw the platform's components; docs/frontend.md shows when to use which."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import forms, template
from django.forms import BaseForm, BoundField
from django.forms.widgets import Input
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from apps.core.addresses import address_of
from apps.core.markup import drawn

register = template.Library()

DAYS_SOON = 1

RISKS = {"major": "重大", "considerable": "较大", "general": "一般", "low": "低"}
GRADES = {"major": "重大隐患", "ordinary": "一般隐患"}
TONES = ("blue", "orange", "red", "green", "ring", "grey")
MESSAGE_NOTES = {"success": "note-ok", "warning": "note-warn", "error": "note-error"}


# --- frame -------------------------------------------------------------------------------------------------------

Line = tuple[str, str, str, bool, int, bool]


@register.simple_tag
def side_menu(groups: list[dict[str, Any]]) -> SafeString:
    """The menu at the left; the same few menus stand on all pages, so each is drawn once."""
    return drawn_menu(tuple((str(group["label"]), tuple(map(line_of, group["items"]))) for group in groups or ()))


def line_of(item: dict[str, Any]) -> Line:
    return item["label"], item["url"], item["icon"], bool(item.get("current")), item["count"] or 0, bool(item["hot"])


@register.simple_tag
def page(name: str) -> str:
    """The address of a page of this name, as `url` tells it; for the frame, which names a dozen on every page."""
    return address_of(name)


@register.simple_tag
@lru_cache(maxsize=512)
def asset(path: str) -> str:
    """The address of a static file, as `static` tells it; for the frame."""
    return static(path)


@lru_cache(maxsize=512)
def drawn_menu(groups: tuple[tuple[str, tuple[Line, ...]], ...]) -> SafeString:
    parts: list[str] = []
    for heading, lines in groups:
        parts += [drawn("<h2>{}</h2>", heading)] if heading else []
        parts += [drawn_line(*line) for line in lines]
    return SafeString("".join(parts))


def drawn_line(label: str, url: str, icon_name: str, is_current: bool, count: int, is_hot: bool) -> SafeString:
    mark = drawn('<span class="count{}">{}</span>', " count-hot" if is_hot else "", figure(count)) if count else ""
    current = SafeString(' aria-current="page"') if is_current else ""
    return drawn('<a href="{}"{}>{}{}{}</a>', url, current, icon(icon_name), label, mark)


# --- marks -------------------------------------------------------------------------------------------------------


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, css: str = "") -> SafeString:
    """A drawing from static/img/icons.svg; always beside words or inside something that has a label."""
    return drawn(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f"icon {css}".strip(),
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def risk_chip(level: str, suffix: str = "") -> SafeString:
    """Risk level as colour, shape and word; `suffix` is 风险 where the word alone could mean the grade."""
    if level not in RISKS:
        return mark_safe('<span class="chip">未定级</span>')
    return drawn('<span class="chip chip-shape chip-{}">{}{}</span>', level, RISKS[level], suffix)


@register.simple_tag
def grade_chip(grade: str) -> SafeString:
    """Grade of a hazard, a field of its own beside the risk level."""
    css = "chip chip-shape chip-major" if grade == "major" else "chip"
    return drawn('<span class="{}">{}</span>', css, GRADES.get(grade, "未定等级"))


@register.simple_tag
def chip(label: str) -> SafeString:
    """A plain grey label."""
    return drawn('<span class="chip">{}</span>', label)


def sample_cell(record: Any) -> str:
    """Whether a term of configurable data is only a sample, in a list."""
    return chip("样例") if record.is_sample else "已确认"


def month_cell(record: Any) -> str:
    """A month that stands as its first day, in a list."""
    return f"{record.month:%Y-%m}"


@register.simple_tag
def state_dot(tone: str, label: str) -> SafeString:
    """State as a dot and a word."""
    css = f"state state-{tone}" if tone in TONES else "state"
    return drawn('<span class="{}">{}</span>', css, label)


@register.simple_tag
def due(day: date | None, today: date | None = None) -> SafeString:
    """How long there is until `day`; a record without a deadline is told apart from a late one."""
    if day is None:
        return mark_safe('<span class="due">未定期限</span>')
    left = (local_day(day) - (today or timezone.localdate())).days
    tone, words = due_words(left)
    return drawn('<span class="due{}">{}</span>', tone, words)


def local_day(moment: date) -> date:
    """The calendar day in China of a date or of an aware datetime."""
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


def due_words(days_left: int) -> tuple[str, str]:
    if days_left < 0:
        return " due-late", f"超期 {-days_left} 天"
    if days_left == 0:
        return " due-today", "今天到期"
    return " due-soon" if days_left <= DAYS_SOON else "", f"剩 {days_left} 天"


# --- text --------------------------------------------------------------------------------------------------------


@register.simple_tag
def figure(number: float | None) -> str:
    """A number with thousands separators; nothing known is a dash, never a zero."""
    return "—" if number is None else f"{number:,}"


@register.simple_tag
def mask_phone(phone: str) -> str:
    """138****2046; a number too short to hide its middle is hidden as a whole."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)


@register.filter
def note_class(level_tag: str) -> str:
    """The note that shows a message of django.contrib.messages."""
    return MESSAGE_NOTES.get(level_tag, "")


# --- addresses ---------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def qs(context: template.Context, **changes: Any) -> str:
    """This page's query string with some parameters replaced; None or "" takes one out.

    Where the page lies goes as well, since another filter or order starts at page one.
    """
    left_out = {*changes, "page", "after", "before", "skip"}
    query = {key: values for key, values in context["request"].GET.lists() if key not in left_out}
    query |= {key: [value] for key, value in changes.items() if value not in (None, "")}
    return f"?{urlencode(query, doseq=True)}"


@register.simple_tag
def conditions(form: BaseForm) -> list[str]:
    """What a query asks for, each as 状态“已销号”."""
    return [f"{bound.label}“{words}”" for bound in form.visible_fields() if (words := condition_words(bound))]


@register.filter
def is_asked(bound: BoundField) -> bool:
    """Whether a condition of a query is in use."""
    return bool(condition_words(bound))


def condition_words(bound: BoundField) -> str:
    """The value of a condition as it is read: the word of a choice, both ends of a range."""
    value = bound.value() if bound.form.is_bound else None
    if isinstance(value, list):
        return "至".join(str(end or "…") for end in value) if any(value) else ""
    if not value:
        return ""
    words = (str(label) for code, label in getattr(bound.field, "choices", ()) if str(code) == str(value))
    return next(words, str(value))


@register.inclusion_tag("core/_pager.html")
def page_links(page: dict[str, Any]) -> dict[str, Any]:
    return {"page": page}


# --- forms -------------------------------------------------------------------------------------------------------

CONTROL_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.HiddenInput, ""),
    (forms.Select, "form-select"),
    (Input, "form-control"),
    (forms.Textarea, "form-control"),
)


def control_class(widget: forms.Widget) -> str:
    """The style class of a form control, unless the widget brings its own."""
    if "class" in widget.attrs:
        return str(widget.attrs["class"])
    return next((css for kind, css in CONTROL_CLASSES if isinstance(widget, kind)), "")


@register.simple_tag
def control(bound: BoundField, placeholder: str = "") -> SafeString:
    """Only the control of a field; error and help ids are set by Django's own aria-describedby."""
    widget = bound.field.widget
    attrs = {"class": control_class(widget), "placeholder": widget.attrs.get("placeholder", placeholder)}
    return bound.as_widget(attrs={name: value for name, value in attrs.items() if value})


@register.inclusion_tag("core/_field.html")
def field(bound: BoundField, css: str = "") -> dict[str, Any]:
    """Label, help, control and errors of one field; `css` is field-full for a whole line of a form-grid."""
    widget = bound.field.widget
    return {
        "bound": bound,
        "errors": error_words(bound),
        "css": f"field {css}{' field-wrong' if bound.errors else ''}",
        "kind": kind_of(widget),
        "choices": choices_of(bound) if kind_of(widget) == "choices" else [],
        "tiles": "tiles" in widget.attrs.get("class", ""),
        "optional": is_optional(bound.field) and not isinstance(widget, forms.CheckboxInput),
    }


def is_optional(field: forms.Field) -> bool:
    """`needed` marks what a draft may lack but the next step asks for, so that nobody takes it for optional."""
    return not field.required and not getattr(field, "needed", False)


def choices_of(bound: BoundField) -> list[dict[str, Any]]:
    """The radios or tick boxes of a field, to be laid out one by one."""
    options = bound.field.widget.subwidgets(bound.html_name, bound.value(), {"id": bound.auto_id})
    return [option for option in options if option["value"] not in (None, "")]


def kind_of(widget: forms.Widget) -> str:
    """How _field.html lays the widget out: choices, tick, date or plain."""
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    return "date" if isinstance(widget, forms.DateInput) else "plain"


@register.inclusion_tag("core/_field_error.html")
def field_errors(bound: BoundField) -> dict[str, Any]:
    """The errors below a field that is laid out by hand."""
    return {"bound": bound, "errors": error_words(bound)}


def error_words(bound: BoundField) -> list[str]:
    """The errors of a field; where Django only says that it is required, what to do about it."""
    plain = str(forms.Field.default_error_messages["required"])
    required = f"{verb_for(bound.field.widget)}{bound.label}"
    return [required if text == plain else text for text in map(str, bound.errors)]


def verb_for(widget: forms.Widget) -> str:
    if isinstance(widget, forms.FileInput):
        return "请上传"
    return "请选择" if isinstance(widget, forms.Select | forms.RadioSelect) else "请填写"


@register.inclusion_tag("core/_error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What is wrong, at the top of the page: every line says the field's own words and leads to it."""
    lines = [{"text": text, "target": target_of(bound)} for bound in form for text in error_words(bound)]
    return {"lines": [{"text": text, "target": ""} for text in form.non_field_errors()] + lines}


def target_of(bound: BoundField) -> str:
    """The id of the first control of a field: a group of radios has none of its own."""
    if choices := kind_of(bound.field.widget) == "choices" and choices_of(bound):
        return str(choices[0]["attrs"]["id"])
    return bound.id_for_label or bound.auto_id
