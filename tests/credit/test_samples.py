"""示例: what no office has confirmed says so wherever it counts; what has been set by one does not."""

import re
from typing import Any

import pgtrigger
import pytest
from django.test import Client
from django.urls import reverse

from apps.credit.models import CreditEntry, CreditItem, CreditProfile
from apps.documents.models import Paper
from apps.documents.services import issue
from tests.credit import certificate_stories as certified
from tests.credit import stories
from tests.credit.stories import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def confirmed() -> None:
    """As if the office had set all figures itself."""
    with pgtrigger.ignore("credit.CreditProfile:append_only"):
        CreditProfile.objects.update(is_sample=False)
    CreditItem.objects.update(is_sample=False, certainty="")


def cells(cast: Cast) -> list[str]:
    """The last cell of each line of the column that adds up."""
    client = Client()
    client.force_login(cast.county)
    text = client.get(f"/enterprises/{cast.firm.uscc}/credit/").content.decode()
    table = text[text.index("<tbody>") : text.index("</tbody>")]
    return [re.sub(r"<[^>]+>|\s", "", row) for row in re.findall(r'<td class="number[^"]*">(.*?)</td>', table)]


def test_each_invented_point_on_the_page_says_so_beside_it(cast: Cast) -> None:
    stories.effective(cast)
    for _ in range(6):
        stories.effective(cast, stories.AWARD)
    assert cells(cast) == [*["+3示例"] * 6, "−10示例", "+100.00示例"]
    stories.effective(cast, stories.AWARD)
    stories.effective(cast, stories.AWARD)
    stories.effective(cast, stories.AWARD)
    assert cells(cast)[-2:] == ["−2示例", "+100.00示例"]


def test_points_that_an_office_has_set_bear_no_mark(cast: Cast) -> None:
    stories.effective(cast)
    confirmed()
    assert cells(cast) == ["−10", "+100.00"]


def notice_of(cast: Cast, entry: CreditEntry) -> Paper:
    client = Client()
    client.force_login(cast.county)
    assert client.post(f"{entry.get_absolute_url()}papers/credit_notice/").status_code == 302
    return issue(Paper.objects.get(kind="credit_notice", record_id=str(entry.pk)), by=cast.county)


def test_the_notice_that_is_served_calls_invented_points_and_terms_samples(cast: Cast) -> None:
    said = notice_of(cast, stories.checked(cast)).contents
    assert "分值和期限为示例，由主管部门核定" in said["consequence"]
    assert "5个工作日内（示例值，由主管部门核定）" in said["rights"]
    confirmed()
    assert "示例" not in notice_of(cast, stories.checked(cast)).contents["consequence"]


def test_a_certificate_signs_with_the_letter_that_it_is_made_of_samples(cast: Cast) -> None:
    one = certified.made(cast.firm, cast.director, at_least="B")
    assert one.payload["grade_is_sample"] is True
    text = Client().get(reverse("public_credit_certificate", args=[one.token])).content.decode()
    assert "评价标准为示例" in text
    assert "grade_is_sample" not in certified.made(cast.firm, cast.director).payload


def test_one_sample_among_the_points_makes_the_letter_one(cast: Cast) -> None:
    stories.effective(cast)
    confirmed()

    def said() -> dict[str, Any]:
        return certified.made(cast.firm, cast.director, at_least="D").payload

    assert "grade_is_sample" not in said()
    CreditItem.objects.filter(code=stories.ORDINARY).update(is_sample=True)
    assert said()["grade_is_sample"] is True
