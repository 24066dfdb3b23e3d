"""The bank by Excel: what may be typed may come in a workbook, with its faults told row by row."""

from typing import Any

import pytest

from apps.core.imports.form_importer import FormImporter
from apps.core.registers import registry
from apps.exams.models import Question
from tests.core.imports.flow import Flow, content, problems, workbook
from tests.exams import stories as exams
from tests.hazards import stories
from tests.personas import signed_in

pytestmark = pytest.mark.django_db


def importer(site: stories.Site) -> Any:
    return FormImporter(registry["questions"], site.director)


def test_the_template_offers_every_field_of_the_form() -> None:
    labels = [field.label for field in importer(stories.site()).fields]
    assert labels[:9] == ["题型", "知识点", "题干", "选项A", "选项B", "选项C", "选项D", "选项E", "选项F"]
    assert {"正确答案", "解析", "依据", "适用人员", "在用"} <= set(labels)


def test_the_export_says_the_options_and_kinds_of_workers_in_words() -> None:
    site = stories.site()
    exams.question(site.project.enterprise, kind="multiple", classes=["special", "worker"])
    question = Question.objects.get()
    register = registry["questions"]
    columns = {column.path: column for column in register.columns}
    rows = register.rows(site.director)
    told = [columns["options_in_words"].expression, columns["classes_in_words"].expression]
    said = rows.annotate(said_options=told[0], said_classes=told[1]).values_list("said_options", "said_classes").get()
    assert said == (question.options_in_words, question.classes_in_words)
    assert said[0].startswith("A．做法甲　B．做法乙") and said[1] == "特种作业人员、一般作业人员"
    assert content(signed_in(site.director).post("/questions/export/?view=all"))[:2] == b"PK"


def test_the_pattern_of_an_examination_is_exported_in_the_words_of_its_page() -> None:
    site = stories.site()
    exam = exams.drafted(exams.training(site))
    column = next(c for c in registry["exams"].columns if c.path == "pattern_in_words")
    said = registry["exams"].rows(site.director).annotate(said=column.expression).values_list("said", flat=True).get()
    assert said == exam.pattern_in_words
    assert content(signed_in(site.director).post("/exams/export/?view=all"))[:2] == b"PK"
    assert content(signed_in(site.director).post("/exam-attempts/export/?view=all"))[:2] == b"PK"


HEADINGS = ("题型", "知识点", "题目", "选项A", "选项B", "选项C", "答案", "解析", "依据", "适用人员")
GOOD = (
    ("单选题", "高处作业", "防护栏杆的上杆高度是多少？", "0.6m", "1.2m", "1.8m", "B", "", "JGJ 80-2016第4.3.1条", ""),
    (
        "多选题",
        "个人防护",
        "“三宝”包括哪些？",
        "安全帽",
        "安全带",
        "安全网",
        "A、B、C",
        "",
        "JGJ 59-2011",
        "一般作业人员",
    ),
    ("判断题", "施工用电", "一个开关箱可以接两台设备。", "", "", "", "错误", "一机一闸", "JGJ 46-2005第8.1.3条", ""),
)


def test_questions_come_in_by_excel_as_people_write_them() -> None:
    site = stories.site()
    Flow(site.director, "questions").whole(workbook(HEADINGS, *GOOD))
    told = list(Question.objects.order_by("pk").values_list("kind", "right", "options__len", "classes"))
    assert told == [("single", "B", 3, []), ("multiple", "ABC", 3, ["worker"]), ("judgement", "B", 2, [])]
    assert set(Question.objects.values_list("enterprise", flat=True)) == {site.project.enterprise_id}


def test_what_is_wrong_in_a_row_is_told_with_its_row_and_nothing_is_written() -> None:
    site = stories.site()
    bad = [
        (*GOOD[0][:6], "E", *GOOD[0][7:]),
        ("问答题", *GOOD[1][1:]),
        (*GOOD[2][:8], "", ""),
    ]
    page = Flow(site.director, "questions").through(workbook(HEADINGS, GOOD[0], *bad))
    told = {(row, reason) for row, _, _, reason in problems(page)}
    assert {row for row, _ in told} == {3, 4, 5}
    assert any("请填选项的字母" in reason for row, reason in told if row == 3)
    assert not Question.objects.exists()
