"""信用修复: applied for by the firm after the least term, accepted by one officer and decided by another."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.utils import timezone

from apps.core import files
from apps.core.models import Draft, StoredFile
from apps.core.workflow import TransitionRefused
from apps.credit.api.repairs import APPLIED, REPAIR_EXAMPLES
from apps.credit.clocks import months_after
from apps.credit.models import Blacklisting, CreditEntry, CreditProfile, CreditRepair, CreditStanding, JointMeasure
from apps.credit.services import clock, kept_files
from apps.credit.services.repairs import apply, earliest
from apps.credit.workflow import REPAIR
from apps.notifications.models import Message
from tests.api_client import Api
from tests.core.pictures import jpeg
from tests.credit import stories
from tests.credit.repair_stories import TOLD, accepted, applied, granted, public
from tests.credit.stories import Cast, today
from tests.personas import LUBEI, PASSWORD, persona, signed_in

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4 receipt"


@pytest.fixture
def cast() -> Cast:
    return Cast()


def after(day: date | None, months: int) -> date:
    assert day
    return months_after(day, months)


def standing(cast: Cast) -> CreditStanding:
    return CreditStanding.objects.get(enterprise=cast.firm)


def text(response: Any) -> str:
    return str(response.content.decode())


# Who may apply, and from when -----------------------------------------------------------------------------------------


def test_before_the_least_term_nobody_applies_and_the_day_is_told(cast: Cast) -> None:
    entry = public(cast, days=30)
    first = after(entry.published_on, 3)
    assert earliest(entry) == first
    with pytest.raises(TransitionRefused, match=f"最短公示期未满，{first} 起可以申请修复"):
        applied(cast, entry)


def test_on_the_day_itself_one_may(cast: Cast) -> None:
    entry = stories.published(cast)
    days = (after(entry.published_on, 3) - today()).days
    with pytest.raises(TransitionRefused, match="最短公示期未满"):
        applied(cast, stories.aged(entry, days - 2))
    assert applied(cast, stories.aged(CreditEntry.objects.get(pk=entry.pk), 4)).state == "applied"


def test_what_was_never_public_counts_from_its_decision(cast: Cast) -> None:
    entry = stories.aged(stories.effective(cast), 200)
    assert (entry.published_on, earliest(entry)) == (None, after(entry.starts_on, 3))
    assert applied(cast, entry).state == "applied"


def test_what_is_serious_is_not_repaired_within_a_year(cast: Cast) -> None:
    with pytest.raises(TransitionRefused, match="最短公示期未满"):
        applied(cast, public(cast, stories.LARGER, days=360, months=24))


def test_what_has_run_out_needs_no_repair(cast: Cast) -> None:
    entry = stories.aged(stories.effective(cast), 800)
    with pytest.raises(TransitionRefused, match="不需要修复"):
        applied(cast, entry)
    clock.tick()
    with pytest.raises(TransitionRefused, match="已到期，不能申请修复"):
        applied(cast, CreditEntry.objects.get(pk=entry.pk))


def test_good_behaviour_needs_none_and_an_open_finding_is_too_early(cast: Cast) -> None:
    with pytest.raises(TransitionRefused, match="良好信息不需要修复"):
        applied(cast, stories.effective(cast, stories.AWARD))
    with pytest.raises(TransitionRefused, match="已告知，不能申请修复"):
        applied(cast, stories.notified(cast))


def test_one_application_at_a_time(cast: Cast) -> None:
    first = applied(cast)
    with pytest.raises(TransitionRefused, match=f"已有未办结的修复申请 {first}"):
        applied(cast, first.entry)
    REPAIR.perform(first, "withdraw", by=cast.director)
    assert applied(cast, first.entry).state == "applied"


def test_nobody_applies_for_another(cast: Cast) -> None:
    entry = public(cast)
    with pytest.raises(Http404):
        apply(entry, by=Cast().director, **TOLD)
    with pytest.raises(TransitionRefused, match="由被认定的企业申请"):
        apply(entry, by=cast.city, **TOLD)


def test_the_office_that_decided_is_asked(cast: Cast) -> None:
    repair = applied(cast)
    assert (repair.organisation, repair.number[:3]) == (cast.city.organisation, "XF-")
    assert Message.objects.filter(recipient=cast.city, kind="creditrepair_applied_for").exists()
    assert not Message.objects.filter(recipient=cast.county, kind="creditrepair_applied_for").exists()


# Deciding -------------------------------------------------------------------------------------------------------------


def test_who_accepted_does_not_decide(cast: Cast) -> None:
    repair = accepted(cast)
    assert repair.decide_by and repair.decide_by > today()
    with pytest.raises(TransitionRefused, match="受理人不能自己决定"):
        REPAIR.perform(repair, "grant", by=cast.city, answer="义务已履行")


def test_an_office_of_another_city_does_not_even_see_it(cast: Cast) -> None:
    elsewhere = persona("city_officer", at="130200")
    repair = applied(cast)
    assert not CreditRepair.objects.visible_to(elsewhere).exists()
    with pytest.raises(Http404):
        REPAIR.perform(repair, "accept", by=elsewhere)


def test_an_office_that_sees_it_but_did_not_decide_does_not_repair(cast: Cast) -> None:
    """The seat of the firm is in the other city, the finding was made in this one."""
    firm = Cast(firm=stories.EnterpriseFactory(at=LUBEI))
    entry = public(firm)
    there = persona("city_officer", at="130200")
    repair = applied(firm, entry)
    assert CreditRepair.objects.visible_to(there).exists()
    with pytest.raises(TransitionRefused, match="谁认定、谁修复"):
        REPAIR.perform(repair, "accept", by=there)


def test_what_is_granted_ends_publication_and_points(cast: Cast) -> None:
    entry = public(cast)
    clock.tick()
    assert standing(cast).score == Decimal("90.00")
    granted(cast, entry)
    entry.refresh_from_db()
    assert (entry.state, entry.repaired_on, entry.ends_on) == ("repaired", today(), today())
    assert entry.publish_until == today() - timedelta(days=1)
    assert standing(cast).score == Decimal("100.00")


def test_where_the_method_says_so_the_points_stay(cast: Cast) -> None:
    entry = public(cast)
    now = CreditProfile.objects.in_force("enterprise", today())
    assert now
    CreditProfile.objects.create(
        name="修复不改变使用有效期",
        subject="enterprise",
        effective_from=today(),
        base=now.base,
        limits=now.limits,
        bands=now.bands,
        repair_ends_points=False,
        source="河北省2024年办法",
    )
    granted(cast, entry)
    clock.tick()
    entry.refresh_from_db()
    assert (entry.state, entry.ends_on) == ("repaired", entry.expires_on)
    assert entry.publish_until is not None and entry.publish_until < today()
    assert standing(cast).score == Decimal("90.00")


def test_what_is_refused_changes_nothing(cast: Cast) -> None:
    repair = REPAIR.perform(accepted(cast), "refuse", by=cast.second_city, answer="罚款尚未缴清")
    assert (repair.state, CreditEntry.objects.get().state) == ("refused", "published")
    assert applied(cast, repair.entry).state == "applied"


def test_what_ran_out_meanwhile_is_granted_no_more(cast: Cast) -> None:
    repair = accepted(cast, stories.aged(stories.effective(cast), 200))
    stories.aged(CreditEntry.objects.get(), 600)
    clock.tick()
    with pytest.raises(TransitionRefused, match="当前状态为“已到期”"):
        REPAIR.perform(repair, "grant", by=cast.second_city, answer="义务已履行")
    assert CreditRepair.objects.get().state == "accepted"


def test_the_firm_withdraws_and_nobody_else(cast: Cast) -> None:
    repair = accepted(cast)
    with pytest.raises(TransitionRefused):
        REPAIR.perform(repair, "withdraw", by=cast.city)
    assert REPAIR.perform(repair, "withdraw", by=cast.director).state == "withdrawn"


# Lists ----------------------------------------------------------------------------------------------------------------


def on_the_list(cast: Cast, months: int = 0, days: int = 0) -> Blacklisting:
    return stories.list_aged(stories.listed(cast, **({"months": months} if months else {})), days)


def test_who_is_listed_for_the_least_term_is_not_removed_earlier(cast: Cast) -> None:
    listing = on_the_list(cast)
    with pytest.raises(TransitionRefused, match=f"不能提前申请移出，{listing.listed_until} 期满后自动移出"):
        applied(cast, listing)


def test_after_the_months_of_the_list_its_subject_is_removed_and_measures_lifted(cast: Cast) -> None:
    listing = on_the_list(cast, days=100)
    stories.removable_after(listing.list_type, 6)
    listing = Blacklisting.objects.get(pk=listing.pk)
    first = after(listing.listed_on, 6)
    with pytest.raises(TransitionRefused, match=f"列入满 6 个月后才能申请移出，{first} 起可以申请"):
        applied(cast, listing)
    listing = stories.list_aged(listing, 100)
    repair = apply(listing, by=cast.director, **TOLD)
    assert repair.organisation == cast.second_province.organisation
    repair = REPAIR.perform(repair, "accept", by=cast.second_province)
    REPAIR.perform(repair, "grant", by=cast.province, answer="义务已履行")
    listing.refresh_from_db()
    assert (listing.state, listing.removed_on, listing.removal) == ("removed", today(), "repaired")
    assert set(JointMeasure.objects.values_list("state", "lifted_on")) == {("lifted", today())}
    assert not standing(cast).is_listed


def test_who_listed_does_not_remove(cast: Cast) -> None:
    listing = on_the_list(cast, days=200)
    stories.removable_after(listing.list_type, 6)
    repair = apply(Blacklisting.objects.get(pk=listing.pk), by=cast.director, **TOLD)
    repair = REPAIR.perform(repair, "accept", by=cast.province)
    with pytest.raises(TransitionRefused, match="移出须由列入决定人以外的人员办理"):
        REPAIR.perform(repair, "grant", by=cast.second_province, answer="义务已履行")


# Pages ----------------------------------------------------------------------------------------------------------------


def test_the_firm_applies_on_a_page_with_its_proof(cast: Cast) -> None:
    entry = public(cast)
    client, address = signed_in(cast.director), f"/credit/entries/{entry}/repair/"
    assert "申请信用修复" in text(client.get(entry.get_absolute_url()))
    shown = text(client.get(address))
    assert "本企业已纠正失信行为" in shown
    assert f"{earliest(entry)} 起" in shown
    told = TOLD | {"file": SimpleUploadedFile("缴款凭证.pdf", PDF)}
    done = text(client.post(address, told, follow=True))
    repair = CreditRepair.objects.get()
    assert f"{repair}：已提交信用修复申请" in done
    assert repair.file and repair.file.original_name == "缴款凭证.pdf"
    assert "缴款凭证.pdf" in done
    assert not Draft.objects.exists()


def test_a_proof_is_not_lost_when_something_else_is_wrong(cast: Cast) -> None:
    entry = public(cast)
    client, address = signed_in(cast.director), f"/credit/entries/{entry}/repair/"
    wrong = client.post(address, TOLD | {"correction": "短", "file": SimpleUploadedFile("凭证.pdf", PDF)})
    assert wrong.status_code == 422
    assert "已收到“凭证.pdf”" in text(wrong)
    assert "已收到“凭证.pdf”" in text(client.get(address))
    assert client.post(address, TOLD).status_code == 302
    assert CreditRepair.objects.get().file.original_name == "凭证.pdf"  # type: ignore[union-attr]


def test_another_file_takes_the_place_of_the_first(cast: Cast) -> None:
    entry = public(cast)
    client, address = signed_in(cast.director), f"/credit/entries/{entry}/repair/"
    client.post(address, {"correction": "短", "file": SimpleUploadedFile("一.pdf", PDF)})
    client.post(address, {"correction": "短", "file": SimpleUploadedFile("二.pdf", PDF + b"2")})
    assert [stored.original_name for stored in StoredFile.objects.all()] == ["二.pdf"]
    client.post(address, TOLD | {"file": SimpleUploadedFile("三.jpg", jpeg().getvalue())})
    assert [stored.original_name for stored in StoredFile.objects.all()] == ["三.jpg"]


def test_what_was_never_handed_in_is_thrown_away(cast: Cast) -> None:
    entry = public(cast)
    signed_in(cast.director).post(
        f"/credit/entries/{entry}/repair/", {"correction": "短", "file": SimpleUploadedFile("一.pdf", PDF)}
    )
    assert kept_files.sweep() == 0
    assert kept_files.sweep(timezone.now() + timedelta(days=3)) == 1
    assert not StoredFile.objects.exists()


def test_a_forged_draft_names_nobody_elses_file(cast: Cast) -> None:
    entry = public(cast)
    theirs = files.store(jpeg(), name="别人的.jpg", by=cast.city)
    for key in (str(theirs.pk), "nonsense", ""):
        Draft.objects.update_or_create(
            user=cast.director, name=f"repair-file-{entry}", defaults={"data": {"file": [key]}}
        )
        assert kept_files.kept(cast.director, f"repair-file-{entry}") is None
    kept_files.sweep(timezone.now() + timedelta(days=3))
    assert StoredFile.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("凭证.pdf", b"MZ\x90", "只接受 PDF、JPEG 或者 PNG"),
        ("凭证.docx", b"PK\x03\x04 docx", "只接受 PDF、JPEG 或者 PNG"),
        ("凭证.pdf", b"", "空的"),
        ("凭证.pdf", PDF + b"0" * (10 * 1024 * 1024), "超过 10 MB"),
    ],
)
def test_a_file_that_is_none_of_these_is_refused(cast: Cast, name: str, content: bytes, words: str) -> None:
    entry = public(cast)
    answer = signed_in(cast.director).post(
        f"/credit/entries/{entry}/repair/", TOLD | {"file": SimpleUploadedFile(name, content)}
    )
    assert answer.status_code == 422
    assert words in text(answer)
    assert not StoredFile.objects.exists()


def test_who_may_not_apply_is_told_why_and_from_when(cast: Cast) -> None:
    entry = public(cast, days=10)
    answer = signed_in(cast.director).get(f"/credit/entries/{entry}/repair/", follow=True)
    assert f"{earliest(entry)} 起可以申请修复" in text(answer)
    refused = signed_in(cast.director).post(f"/credit/entries/{entry}/repair/", TOLD)
    assert (refused.status_code, "最短公示期未满" in text(refused)) == (422, True)
    assert signed_in(cast.city).get(f"/credit/entries/{entry}/repair/").status_code == 403
    assert signed_in(Cast().director).get(f"/credit/entries/{entry}/repair/").status_code == 404


def test_the_proof_is_served_to_whoever_sees_the_application(cast: Cast) -> None:
    entry = public(cast)
    told = TOLD | {"file": SimpleUploadedFile("凭证.pdf", PDF)}
    signed_in(cast.director).post(f"/credit/entries/{entry}/repair/", told)
    repair = CreditRepair.objects.get()
    address = f"{repair.get_absolute_url()}file/"
    for user in (cast.director, cast.city):
        answer = signed_in(user).get(address)
        assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
        assert "attachment" in answer["Content-Disposition"]
    for stranger in (persona("city_officer", at="130200"), Cast().director):
        client = signed_in(stranger)
        assert [client.get(page).status_code for page in (address, repair.get_absolute_url())] == [404, 404]
    bare = applied(Cast())
    assert signed_in(cast.province).get(f"{bare.get_absolute_url()}file/").status_code == 404


def test_the_office_accepts_and_decides_on_pages(cast: Cast) -> None:
    repair = applied(cast)
    first, second = signed_in(cast.city), signed_in(cast.second_city)
    assert "信用修复申请待受理" in text(first.get("/"))
    assert first.post(f"{repair.get_absolute_url()}accept/", {"version": "1"}).status_code == 302
    first.get(repair.get_absolute_url())
    assert str(repair) not in text(first.get("/credit/repairs/?view=to_decide"))
    assert str(repair) in text(second.get("/credit/repairs/?view=to_decide"))
    wrong = first.post(f"{repair.get_absolute_url()}grant/", {"answer": "义务已履行，准予", "version": "2"})
    assert "受理人不能自己决定" in text(wrong)
    shown = text(
        second.post(f"{repair.get_absolute_url()}grant/", {"answer": "义务已履行，准予", "version": "2"}, follow=True)
    )
    assert "准予修复" in shown


def test_who_takes_a_firm_off_a_list_confirms_with_the_password(cast: Cast) -> None:
    listing = on_the_list(cast, days=200)
    stories.removable_after(listing.list_type, 6)
    repair = apply(Blacklisting.objects.get(pk=listing.pk), by=cast.director, **TOLD)
    repair = REPAIR.perform(repair, "accept", by=cast.second_province)
    officer, url = signed_in(cast.province), f"{repair.get_absolute_url()}grant/"
    told = {"answer": "义务已履行，准予", "version": str(repair.version)}
    for password, words in (("", "请填写"), ("不是这个密码", "密码不正确")):
        refused = officer.post(url, told | {"password": password})
        assert refused.status_code == 422
        assert words in text(refused) and "义务已履行，准予" in text(refused)
    assert Blacklisting.objects.get(pk=listing.pk).state == "listed"
    assert officer.post(url, told | {"password": PASSWORD}).status_code == 302
    assert Blacklisting.objects.get(pk=listing.pk).state == "removed"


def test_overdue_applications_stand_in_a_tab(cast: Cast) -> None:
    repair = accepted(cast)
    client = signed_in(cast.second_city)
    assert str(repair) not in text(client.get("/credit/repairs/?view=late"))
    with pgtrigger.ignore("credit.CreditRepair:accepted_stays"):
        CreditRepair.objects.filter(pk=repair.pk).update(decide_by=today() - timedelta(days=1))
    assert str(repair) in text(client.get("/credit/repairs/?view=late"))


def test_only_the_province_sets_the_terms(cast: Cast) -> None:
    address = "/system/repair-terms/new/"
    told = {"severity": "ordinary", "effective_from": str(today()), "least_months": "3", "most_months": "12"}
    told |= {"repairable_after": "6", "decide_days": "7", "source": "省级规定"}
    assert signed_in(cast.city).post(address, told).status_code == 403
    client = signed_in(cast.province)
    assert "最短公示期不能长于最长公示期" in text(client.post(address, told | {"least_months": "13"}))
    assert "也不能长于最长公示期" in text(client.post(address, told | {"repairable_after": "13"}))
    assert "1 至 60 个工作日" in text(client.post(address, told | {"decide_days": "0"}))
    assert "省级规定" in text(client.post(address, told, follow=True))
    entry = stories.published(cast, months=12)
    with pytest.raises(TransitionRefused) as refused:
        applied(cast, entry)
    first = months_after(today(), 6)
    assert refused.value.messages == [f"最短公示期未满，{first} 起可以申请修复（省级规定）"]


# The API --------------------------------------------------------------------------------------------------------------


def test_a_program_applies_once_and_an_office_decides(cast: Cast) -> None:
    entry = public(cast)
    firm, address = Api(cast.director), f"/api/credit_entries/{entry}/repair/"
    first, second = (firm.post(address, APPLIED, key="once") for _ in range(2))
    assert (first.status_code, second.json(), CreditRepair.objects.count()) == (201, first.json(), 1)
    assert firm.get(first["Location"]).json()["state"]["code"] == "applied"
    again = firm.post(address, APPLIED)
    assert (again.status_code, "已有未办结的修复申请" in again.json()["message"]) == (409, True)
    assert Api(cast.city).post(f"{first['Location']}accept/", {}).json()["moves"] == []
    done = Api(cast.second_city).post(f"{first['Location']}grant/", REPAIR_EXAMPLES["grant"])
    assert (done.status_code, done.json()["state"]["code"]) == (200, "granted")


def test_a_program_is_told_why_not(cast: Cast) -> None:
    entry = public(cast, days=10)
    address = f"/api/credit_entries/{entry}/repair/"
    early = Api(cast.director).post(address, APPLIED)
    assert (early.status_code, "起可以申请修复" in early.json()["message"]) == (409, True)
    assert Api(cast.city).post(address, APPLIED).status_code == 403
    assert Api(Cast().director).post(address, APPLIED).status_code == 404
    incomplete = Api(cast.director).post(
        f"/api/credit_entries/{public(Cast(firm=cast.firm))}/repair/", APPLIED | {"correction": "短"}
    )
    assert (incomplete.status_code, list(incomplete.json()["fields"])) == (422, ["correction"])
