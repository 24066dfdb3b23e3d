"""Certificates by the rules of their kind: what is certain refuses, what is not is kept and shown as doubted."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.core.registers import registry
from apps.core.workflow import TransitionRefused
from apps.people.forms import CertificateForm, CertificateRuleForm
from apps.people.models import Certificate, CertificateRule, Person
from apps.people.numbering import Read, form_problem, normalised, read
from apps.people.services import save_certificate
from tests.factories import EnterpriseFactory, PersonFactory, UserFactory
from tests.personas import CHANGAN, inspector, persona

pytestmark = pytest.mark.django_db

TOMORROW = timezone.localdate() + timedelta(days=1)
SPECIAL = {
    "kind": "special",
    "trade": "02",
    "number": "冀A022025000001",
    "issued_on": "2025-01-01",
    "valid_until": "2027-01-01",
}
OFFICER = {"kind": "C3", "number": "冀建安C3（2025）0000001", "issued_on": "2025-01-01", "valid_until": "2028-01-01"}
BUILDER = {"kind": "builder", "number": "冀1132020202100001", "issued_on": "2025-01-01", "valid_until": "2028-01-01"}


def filled(data: dict[str, str], person: Person | None = None, **changes: Any) -> CertificateForm:
    return CertificateForm(data | changes, instance=Certificate(person=person or PersonFactory()), user=inspector())


def saved(data: dict[str, str], person: Person, **changes: str) -> Certificate:
    form = filled(data, person, **changes)
    assert form.is_valid(), form.errors
    return save_certificate(form, by=inspector())


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"number": "冀A02202500001"}, "number", "编号不合“{省}{字母}{工种}{年}{6位}”的格式，例如冀A012020000001"),
        ({"number": "伪A022025000001"}, "number", "编号不合"),
        ({"number": "冀A032025000001"}, "number", "编号中的工种代码03与所选类别02不一致"),
        ({"number": "冀A022024000001"}, "number", "编号中的年份2024与发证日期2025-01-01不一致"),
        ({"number": "冀A022026000001"}, "number", "编号中的年份2026与发证日期2025-01-01不一致"),
        ({"valid_until": "2027-01-02"}, "valid_until", "有效期最长2年（建质〔2008〕75号"),
        ({"issued_on": str(TOMORROW)}, "issued_on", "发证日期不能晚于今天"),
        ({"issued_on": "0001-01-01"}, "issued_on", "请填写 2000 年以后的日期"),
    ],
)
def test_what_contradicts_a_certain_rule_is_refused_with_the_reason(
    changes: dict[str, Any], field: str, sentence: str
) -> None:
    errors = filled(SPECIAL, **changes).errors
    assert list(errors) == [field]
    assert str(errors[field][0]).startswith(sentence)


@pytest.mark.parametrize(
    ("data", "changes", "doubt"),
    [
        (OFFICER, {}, ""),
        (OFFICER, {"number": " 冀建安c3(2025)0000001 "}, ""),
        (OFFICER, {"number": "冀建安C（2025）0000001"}, ""),
        (OFFICER, {"number": "冀建安C（2025）001"}, "编号不合“{省}建安{类别}（{年}）{7位}”的格式"),
        (OFFICER, {"number": "冀建安C2（2025）0000001"}, "编号中的类别C2与所选类别C3不一致"),
        (OFFICER, {"number": "冀建安C3（2024）0000001"}, "编号中的年份2024与发证日期2025-01-01不一致"),
        (BUILDER, {}, ""),
        (BUILDER, {"number": "京1132020"}, "编号不合"),
        (BUILDER, {"valid_until": "2029-01-01"}, "有效期最长3年"),
    ],
)
def test_what_contradicts_an_uncertain_rule_is_taken_and_flagged(
    data: dict[str, str], changes: dict[str, str], doubt: str
) -> None:
    certificate = saved(data, PersonFactory(), **changes)
    assert Certificate.objects.get() == certificate
    assert bool(certificate.number_doubted) == bool(doubt)
    assert certificate.number_doubted.startswith(doubt)


def test_a_term_that_the_decree_names_is_not_exceeded_whatever_the_number() -> None:
    errors = filled(OFFICER, valid_until="2028-01-02").errors
    assert errors["valid_until"] == ["有效期最长3年（住建部令第17号），2025-01-01发证的最晚到2028-01-01"]


def test_the_last_of_february_has_a_term_too() -> None:
    leap: dict[str, Any] = {"number": "冀A022024000001", "issued_on": "2024-02-29"}
    assert filled(SPECIAL, **leap, valid_until="2026-02-28").is_valid()
    assert "valid_until" in filled(SPECIAL, **leap, valid_until="2026-03-01").errors


EXTENDED = SPECIAL | {"issued_on": "2026-11-01", "valid_until": "2028-11-01"}


def test_an_extended_certificate_may_keep_its_number() -> None:
    person = PersonFactory()
    first = saved(SPECIAL, person)
    form = CertificateForm(EXTENDED, instance=first, user=inspector())
    assert form.is_valid(), form.errors
    assert "number" in filled(EXTENDED, PersonFactory(), number="冀A022025000009").errors


def test_an_extension_is_entered_beside_what_it_extends_under_the_same_number() -> None:
    person = PersonFactory()
    first, second = saved(SPECIAL, person), saved(EXTENDED, person)
    assert list(Certificate.objects.current()) == [second]
    first.refresh_from_db()
    assert first.replaced and first.number == second.number


def test_nobody_else_takes_a_number_that_is_in_use() -> None:
    saved(SPECIAL, PersonFactory())
    stranger = PersonFactory()
    form = filled(EXTENDED | {"issued_on": "2025-03-01", "valid_until": "2027-03-01"}, stranger)
    assert "该证书编号已登记" in str(form.errors) or refused(form) == "该证书编号已登记"
    assert not stranger.certificates.exists()


def refused(form: CertificateForm) -> str:
    with pytest.raises(TransitionRefused) as refusal:
        save_certificate(form, by=inspector())
    return refusal.value.messages[0]


def test_what_a_slip_had_replaced_stands_again_when_the_slip_is_corrected() -> None:
    person = PersonFactory()
    right = saved(OFFICER, person)
    slip = saved(OFFICER, person, number="冀建安C2（2026）0000002", issued_on="2026-01-01", valid_until="2029-01-01")
    right.refresh_from_db()
    assert right.replaced
    data = OFFICER | {"kind": "C2", "number": slip.number, "issued_on": "2026-01-01", "valid_until": "2029-01-01"}
    form = CertificateForm(data, instance=slip, user=inspector())
    assert form.is_valid(), form.errors
    save_certificate(form, by=inspector())
    assert set(Certificate.objects.current()) == {right, slip}


def test_a_number_given_to_another_meanwhile_lets_nothing_stand_again() -> None:
    person = PersonFactory()
    first, second = saved(SPECIAL, person), saved(EXTENDED, person, number="冀A022026000007")
    Certificate.objects.create(**{**SPECIAL, "person": PersonFactory(), "issued_on": "2025-01-01"})
    form = CertificateForm(
        EXTENDED | {"number": second.number, "valid_until": "2026-12-01"}, instance=second, user=inspector()
    )
    assert form.is_valid(), form.errors
    assert refused(form) == "该证书编号已登记"
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.replaced, second.replaced, str(second.valid_until)) == (True, False, "2028-11-01")


@pytest.mark.parametrize(("issued", "is_early"), [("2026-09-30", True), ("2026-10-01", False), ("2026-11-27", False)])
def test_a_certificate_renewed_before_the_last_three_months_is_flagged(issued: str, is_early: bool) -> None:
    person = PersonFactory()
    saved(SPECIAL, person)
    number = f"冀A02{issued[:4]}000002"
    renewed = saved(SPECIAL, person, number=number, issued_on=issued, valid_until="2028-09-30")
    assert bool(renewed.renewed_early) == is_early
    assert is_early == ("新证2026-09-30发证早于该期" in renewed.renewed_early)
    assert Certificate.objects.early().exists() == is_early


def test_correcting_a_certificate_is_not_renewing_it() -> None:
    person = PersonFactory()
    first = saved(SPECIAL, person)
    form = CertificateForm(SPECIAL | {"valid_until": "2026-12-01"}, instance=first, user=inspector())
    assert form.is_valid()
    assert form.instance.renewed_early == ""


def test_doubted_certificates_are_a_view_until_they_are_corrected() -> None:
    person = PersonFactory(employer=EnterpriseFactory(at=CHANGAN))
    doubted = saved(OFFICER, person, number="冀建安0001")
    register, user = registry["people"], inspector(CHANGAN)
    view = next(v for v in register.views if v.name == "number_doubted")
    assert list(register.rows(user).filter(view.condition(user))) == [person]
    form = CertificateForm(OFFICER, instance=doubted, user=user)
    assert form.is_valid()
    save_certificate(form, by=user)
    assert not register.rows(user).filter(view.condition(user)).exists()


def test_a_certificate_is_judged_by_the_edition_of_its_day() -> None:
    today = timezone.localdate()
    data = {
        "kind": "builder",
        "effective_from": today,
        "form": "{省}{3位}",
        "example": "冀123",
        "source": "省厅文件",
    }
    officer = persona("province_officer")
    form = CertificateRuleForm(data | {"form_is_certain": "on"}, user=officer)
    assert form.is_valid(), form.errors
    rule = registry["certificate_rules"].save(form, by=officer)
    assert not rule.is_sample
    assert filled(BUILDER).is_valid()
    later: dict[str, Any] = {"issued_on": str(today), "valid_until": str(TOMORROW)}
    assert filled(BUILDER, **later).errors["number"] == ["编号不合“{省}{3位}”的格式，例如冀123，请核对原件"]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"form": "{省}{什么}"}, "form", "“{什么}”不是编号格式的一部分"),
        ({"form": "{年}{年}"}, "form", "{年}只能用一次"),
        ({"form": "{省}{7位"}, "form", "格式中有不成对的花括号"),
        ({"form": "{省}{7位}"}, "example", "示例不合这个格式"),
        ({"form": "", "example": "", "form_is_certain": "on"}, "__all__", "没有填写编号格式的"),
        ({"effective_from": date(2020, 1, 1)}, "effective_from", "新的版本须从今天或者以后施行"),
        ({"years": "20000"}, "years", "确保该值小于或等于30"),
        ({"renewal_months": "0"}, "renewal_months", "确保该值大于或等于1"),
    ],
)
def test_a_wrong_rule_is_refused_with_what_is_wrong(changes: dict[str, Any], field: str, sentence: str) -> None:
    data = {"kind": "A", "effective_from": date(2027, 1, 1), "form": "{省}{2位}", "example": "冀12", "source": "文件"}
    errors = CertificateRuleForm(data | changes, user=persona("province_officer")).errors
    assert str(errors[field][0]).startswith(sentence)


@given(
    st.lists(st.sampled_from(["{省}", "{字母}", "{2位}", "{7位}", "建安", "(", ")", "c"]), max_size=8),
    st.integers(2000, 2099),
)
def test_a_number_made_by_a_form_is_read_by_it_and_another_length_is_not(parts: list[str], year: int) -> None:
    form = "".join([*parts, "{年}"])
    made = form.replace("{省}", "冀").replace("{字母}", "B").replace("{2位}", "07").replace("{7位}", "0000012")
    number = normalised(made.replace("{年}", str(year)))
    assert form_problem(form) is None
    assert read(form, number) == Read(year=str(year))
    assert read(form, f"{number}0") is None


def test_every_kind_has_its_rule_and_each_example_fits_its_form() -> None:
    rules = CertificateRule.objects.in_force(timezone.localdate())
    assert {rule.kind for rule in rules} == {value for value, _ in Certificate._meta.get_field("kind").flatchoices}
    assert all(read(rule.form, normalised(rule.example)) for rule in rules if rule.form)


def test_a_firm_reads_the_rules_and_does_not_set_them() -> None:
    director = UserFactory(role="safety_director", enterprise=EnterpriseFactory())
    register = registry["certificate_rules"]
    assert (register.may(director, "view"), register.may(director, "add")) == (True, False)
