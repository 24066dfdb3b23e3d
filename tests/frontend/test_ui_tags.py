"""The template tags of apps.core.templatetags.ui."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from apps.core.templatetags import ui

TODAY = date(2026, 11, 23)


class AnswerForm(forms.Form):
    measures = forms.CharField(label="整改措施", help_text="做了什么")
    person = forms.ChoiceField(label="整改责任人", choices=[("", "请选择"), ("1", "孙立平")])
    money = forms.DecimalField(label="整改资金", error_messages={"required": "填写整改资金，没有发生填 0"})
    verdict = forms.ChoiceField(label="复查结论", choices=[("1", "合格"), ("0", "不合格")], widget=forms.RadioSelect)
    note = forms.CharField(label="备注", required=False)
    photos = forms.FileField(label="整改后照片")
    done_on = forms.DateField(label="完成日期", required=False)
    checked = forms.BooleanField(label="已在现场核实", required=False)


def drawn(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("level", "word"), [("major", "重大"), ("considerable", "较大"), ("general", "一般"), ("low", "低")]
)
def test_risk_is_told_by_colour_shape_and_word(level: str, word: str) -> None:
    assert ui.risk_chip(level) == f'<span class="chip chip-shape chip-{level}">{word}</span>'


def test_unknown_risk_is_not_given_a_colour() -> None:
    assert ui.risk_chip("") == '<span class="chip">未定级</span>'


def test_major_grade_stands_out_and_ordinary_does_not() -> None:
    assert "chip-major" in ui.grade_chip("major")
    assert ui.grade_chip("ordinary") == '<span class="chip">一般隐患</span>'


def test_state_words_are_escaped() -> None:
    assert ui.state_dot("red", "<超期>") == '<span class="state state-red">&lt;超期&gt;</span>'


@pytest.mark.parametrize(
    ("day", "tone", "words"),
    [
        (date(2026, 11, 17), " due-late", "超期 6 天"),
        (date(2026, 11, 23), " due-today", "今天到期"),
        (date(2026, 11, 24), " due-soon", "剩 1 天"),
        (date(2026, 11, 27), "", "剩 4 天"),
        (None, "", "未定期限"),
    ],
)
def test_time_left(day: date | None, tone: str, words: str) -> None:
    assert ui.due(day, TODAY) == f'<span class="due{tone}">{words}</span>'


def test_time_left_counts_days_of_china() -> None:
    just_past_midnight_in_china = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert "今天到期" in ui.due(just_past_midnight_in_china, TODAY)


def test_figures_have_separators_and_unknown_is_no_zero() -> None:
    assert [ui.figure(n) for n in (1234567, 0, None)] == ["1,234,567", "0", "—"]


def test_phone_keeps_only_its_ends() -> None:
    assert [ui.mask_phone(p) for p in ("13812342046", "10086", "")] == ["138****2046", "*****", ""]


def test_query_string_keeps_what_is_not_replaced_and_starts_at_page_one() -> None:
    request = RequestFactory().get("/", {"q": "塔吊&a", "sort": "deadline", "page": "4"})
    assert drawn("{% qs sort='-deadline' %}", request=request) == "?q=%E5%A1%94%E5%90%8A%26a&amp;sort=-deadline"
    assert drawn("{% qs q=None sort='' %}", request=request) == "?"
    assert drawn("{% qs page=5 %}", request=request).endswith("page=5")


def test_icon_is_hidden_from_readers_and_comes_from_our_own_sprite() -> None:
    assert ui.icon("home") == '<svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#i-home"/></svg>'


def test_field_ties_help_and_error_to_its_control() -> None:
    page = drawn("{% field form.measures %}", form=AnswerForm({}))
    assert 'aria-describedby="id_measures_helptext id_measures_error"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="id_measures_helptext"' in page
    assert 'id="id_measures_error"' in page


def test_only_optional_fields_are_marked() -> None:
    form = AnswerForm()
    assert "选填" in drawn("{% field form.note %}", form=form)
    assert "选填" not in drawn("{% field form.measures %}", form=form)


def test_radios_are_a_group_with_a_name() -> None:
    page = drawn("{% field form.verdict %}", form=AnswerForm({"verdict": "0"}))
    assert "<legend" in page
    assert page.count('type="radio"') == 2
    assert page.index("checked") > page.index('value="0"')


def test_controls_get_the_class_of_their_kind() -> None:
    form = AnswerForm()
    classes = {name: ui.control_class(form.fields[name].widget) for name in ("measures", "person", "checked", "photos")}
    assert classes == {
        "measures": "form-control",
        "person": "form-select",
        "checked": "form-check-input",
        "photos": "form-control",
    }


def test_error_summary_leads_to_every_field_in_its_own_words() -> None:
    page = drawn("{% error_summary form %}", form=AnswerForm({}))
    assert "有 5 处需要补充" in page
    assert '<a href="#id_measures">请填写整改措施</a>' in page
    assert '<a href="#id_person">请选择整改责任人</a>' in page
    assert '<a href="#id_money">填写整改资金，没有发生填 0</a>' in page
    assert '<a href="#id_verdict_0">请选择复查结论</a>' in page
    assert '<a href="#id_photos">请上传整改后照片</a>' in page


def test_no_errors_no_summary() -> None:
    assert drawn("{% error_summary form %}", form=AnswerForm()).strip() == ""


def test_error_of_the_whole_form_has_no_link() -> None:
    form = AnswerForm({})
    form.add_error(None, "记录已被别人修改")
    page = drawn("{% error_summary form %}", form=form)
    assert "记录已被别人修改" in page
    assert page.count("<a ") == 5


# Queries --------------------------------------------------------------------------------------------------------------


class QueryForm(forms.Form):
    q = forms.CharField(label="关键字", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), ("closed", "已销号")])


def test_conditions_are_told_in_the_words_of_their_choices() -> None:
    source = "{% conditions form as asked %}{{ asked|join:'，' }}"
    assert drawn(source, form=QueryForm({"q": "脚手架", "state": "closed"})) == "关键字“脚手架”，状态“已销号”"
    assert drawn(source, form=QueryForm({"q": "", "state": "nonsense"})) == "状态“nonsense”"
    assert drawn(source, form=QueryForm()) == ""


def test_a_condition_in_use_is_known() -> None:
    form = QueryForm({"state": "closed"})
    assert (ui.is_asked(form["q"]), ui.is_asked(form["state"])) == (False, True)
