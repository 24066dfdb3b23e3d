"""An import may correct what is still in hand, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest

from apps.core.registers import registry
from apps.enterprises.models import Enterprise
from tests.core.imports.flow import Flow, problems, run_jobs, workbook
from tests.factories import EnterpriseFactory
from tests.personas import CHANGAN, QIAOXI, inspector

pytestmark = pytest.mark.django_db
HEAD = ("企业名称", "统一社会信用代码", "企业类型", "注册地", "联系电话", "资质等级")


def line(firm: Enterprise, **cells: Any) -> tuple[Any, ...]:
    row = {"name": firm.name, "code": firm.uscc, "kind": "施工", "place": "长安区", "phone": "", "level": ""}
    return tuple((row | cells).values())


@pytest.fixture
def firm() -> Any:
    return EnterpriseFactory(organisation__at=CHANGAN, phone="0311-00001234", qualification="贰级")


def test_a_row_with_a_known_key_corrects_that_record(firm: Enterprise) -> None:
    importing = Flow(inspector(), "enterprises")
    page = importing.through(workbook(HEAD, line(firm, level="壹级")))
    assert [page.context["counts"][name] for name in ("new", "changed", "unchanged")] == [0, 1, 0]
    importing.decide()
    run_jobs()
    firm.refresh_from_db()
    assert (firm.qualification, firm.version) == ("壹级", 2)


def test_a_blank_cell_leaves_the_value_as_it_is(firm: Enterprise) -> None:
    Flow(inspector(), "enterprises").whole(workbook(HEAD, line(firm, level="壹级")))
    firm.refresh_from_db()
    assert firm.phone == "0311-00001234"


def test_a_masked_number_from_our_own_export_is_no_number(firm: Enterprise) -> None:
    importing = Flow(inspector(), "enterprises")
    page = importing.through(workbook(HEAD, line(firm, phone=firm.phone_masked)))
    assert page.context["counts"]["unchanged"] == 1


def test_a_row_that_changes_nothing_writes_nothing(firm: Enterprise) -> None:
    page = Flow(inspector(), "enterprises").whole(workbook(HEAD, line(firm)))
    firm.refresh_from_db()
    assert firm.version == 1
    assert [f["value"] for f in page.context["figures"]] == [0, 0, 1]


def test_a_record_of_another_county_is_not_touched_and_not_shown(firm: Enterprise) -> None:
    importing = Flow(inspector(QIAOXI), "enterprises")
    page = importing.through(workbook(HEAD, line(firm, place="石家庄市桥西区", level="壹级")))
    assert problems(page)[0][3] == "该统一社会信用代码已登记"


@pytest.fixture
def locked() -> Iterator[None]:
    register: Any = registry["enterprises"]
    register.locked = lambda record: f"{record} 已归档，不能再修改"
    yield
    del register.locked


@pytest.mark.usefixtures("locked")
def test_a_locked_record_is_a_problem_of_its_row(firm: Enterprise) -> None:
    page = Flow(inspector(), "enterprises").through(workbook(HEAD, line(firm, level="壹级")))
    assert problems(page) == [(2, "B 统一社会信用代码", firm.uscc, f"{firm} 已归档，不能再修改")]


def test_who_may_not_change_may_not_correct_by_import(firm: Enterprise, monkeypatch: pytest.MonkeyPatch) -> None:
    register = registry["enterprises"]
    may = register.may
    monkeypatch.setattr(register, "may", lambda user, verb: verb != "change" and may(user, verb))
    page = Flow(inspector(), "enterprises").through(workbook(HEAD, line(firm, level="壹级")))
    assert problems(page)[0][3] == "已有这条记录，您没有修改企业的权限"
