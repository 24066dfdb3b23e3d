"""Saving an enterprise: one transaction over two tables, and nothing of the past lost."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from apps.accounts.models import Organisation
from apps.core.models import Event
from apps.core.workflow import StaleRecord
from apps.enterprises.forms import EnterpriseForm
from apps.enterprises.models import Enterprise
from apps.enterprises.selectors import enterprise_called
from apps.enterprises.services import save_enterprise
from tests.factories import EnterpriseFactory, UserFactory
from tests.personas import CHANGAN, LUBEI, inspector

pytestmark = pytest.mark.django_db

GOOD = "91350100M000100Y43"


def typed(**changes: Any) -> dict[str, Any]:
    data = {
        "name": "燕山远图建工有限公司",
        "uscc": GOOD,
        "kind": "contractor",
        "region": CHANGAN,
        "status": "active",
        "phone": "13912345678",
    }
    return data | changes


def registered(by: Any, **changes: Any) -> Enterprise:
    form = EnterpriseForm(typed(**changes), user=by)
    assert form.is_valid(), form.errors
    return save_enterprise(form, by=by)


def edited(firm: Enterprise, by: Any, **changes: Any) -> EnterpriseForm:
    data = typed(name=firm.name, uscc=firm.uscc, region=firm.organisation.region.code) | changes
    form = EnterpriseForm(data, instance=firm, user=by)
    assert form.is_valid(), form.errors
    return form


def test_registering_writes_the_organisation_the_enterprise_and_an_event() -> None:
    firm = registered(inspector())
    organisation = Organisation.objects.get(pk=firm.pk)
    assert (organisation.kind, organisation.name) == ("enterprise", "燕山远图建工有限公司")
    assert (firm.version, firm.region_path) == (1, organisation.region_path)
    assert Event.objects.of(firm).get().facts["uscc"] == GOOD


def test_a_firm_seated_elsewhere_stays_in_sight_of_the_office_that_registered_it() -> None:
    officer = inspector(CHANGAN)
    firm = registered(officer, region=LUBEI)
    assert list(Enterprise.objects.visible_to(officer)) == [firm]
    assert not Enterprise.objects.visible_to(inspector("130104")).exists()


def test_a_wrong_code_is_refused_with_the_place_of_the_fault() -> None:
    form = EnterpriseForm(typed(uscc="91350100M000100Y44"), user=inspector())
    assert form.errors["uscc"] == ["第18位校验码应为“3”，现为“4”，请核对前面各位"]


def test_the_same_code_is_registered_once() -> None:
    EnterpriseFactory(uscc=GOOD)
    form = EnterpriseForm(typed(uscc="91350100 m000100y43"), user=inspector())
    assert form.errors["uscc"] == ["该统一社会信用代码已登记"]


def test_a_former_name_is_kept_and_still_finds_the_firm() -> None:
    by = inspector()
    firm = registered(by)
    save_enterprise(edited(firm, by, name="太行筑远建设集团有限公司"), by=by, version=1)
    assert [f.name for f in firm.former_names.all()] == ["燕山远图建工有限公司"]
    assert enterprise_called("燕山远图建工有限公司") == enterprise_called("太行筑远建设集团有限公司") == firm
    assert Event.objects.of(firm.organisation).latest("pk").facts == {
        "name": ["燕山远图建工有限公司", "太行筑远建设集团有限公司"]
    }


def test_a_stale_edit_is_refused_and_leaves_the_name_alone() -> None:
    by = inspector()
    firm = registered(by)
    save_enterprise(edited(firm, by, address="示例路2号"), by=by, version=1)
    with pytest.raises(StaleRecord):
        save_enterprise(edited(Enterprise.objects.get(), by, name="改名有限公司"), by=by, version=1)
    assert Organisation.objects.get(pk=firm.pk).name == "燕山远图建工有限公司"
    assert not firm.former_names.exists()


def test_a_firm_may_correct_its_telephone_but_not_its_licence() -> None:
    firm = EnterpriseFactory(safety_licence="（冀）JZ安许证字〔2024〕000001")
    director = UserFactory(role="safety_director", enterprise=firm)
    form = edited(firm, director, phone="13800001111", safety_licence="（冀）JZ安许证字〔2099〕999999", status="closed")
    save_enterprise(form, by=director, version=1)
    firm.refresh_from_db()
    assert (firm.phone, firm.safety_licence, firm.status) == (
        "13800001111",
        "（冀）JZ安许证字〔2024〕000001",
        "active",
    )


def test_the_database_masks_the_telephone() -> None:
    firms = [EnterpriseFactory(phone=phone) for phone in ("13912345678", "110", "")]
    for firm in firms:
        firm.refresh_from_db()
    assert [firm.phone_masked for firm in firms] == ["139****5678", "****", ""]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("没有这家公司", "平台上没有名称为“没有这家公司”的企业，请填全称或统一社会信用代码，或先登记该企业"),
        (GOOD, f"平台上没有统一社会信用代码为{GOOD}的企业，请先登记该企业"),
        ("同名公司", "有多家企业名为“同名公司”，请填统一社会信用代码"),
    ],
)
def test_a_firm_that_cannot_be_told_is_asked_for_again(text: str, sentence: str) -> None:
    EnterpriseFactory.create_batch(2, organisation__name="同名公司")
    with pytest.raises(ValidationError) as refusal:
        enterprise_called(text)
    assert refusal.value.messages == [sentence]


def test_a_firm_is_found_by_its_name_without_reading_all_firms() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Enterprise.objects.named("燕山远图建工有限公司").explain()
    assert "Seq Scan" not in plan
    assert "organisation_name" in plan
