"""Drafting, numbering, serving, voiding and replacing papers, and what the database refuses."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.core.models import Event, OutboxEntry
from apps.core.workflow import TransitionRefused, transitioned
from apps.documents.kinds import KINDS
from apps.documents.models import Paper, PaperTemplate, Service
from apps.documents.services import copy_as_draft, draft_paper, issue, made_files, papers_of, serve
from apps.documents.workflow import PAPER
from apps.notifications.models import Message
from tests.documents import stories
from tests.factories import EnterpriseFactory, ProjectFactory
from tests.hazards import stories as hazard_stories
from tests.personas import CHANGAN, LUBEI, QIAOXI, city_officer, inspector, persona, region, station_head

pytestmark = pytest.mark.django_db


def refused(name: str, paper: Paper, by: Any, **facts: Any) -> str:
    with pytest.raises(TransitionRefused) as refusal:
        PAPER.perform(paper, name, by=by, **facts)
    return refusal.value.messages[0]


# Numbering ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_numbered_when_it_says_all_it_must(kind: str) -> None:
    paper = stories.issued(inspector(), kind)
    assert paper.number and f"{KINDS[kind].character}〔" in paper.number
    assert paper.title == KINDS[kind].label


@pytest.mark.parametrize(("kind", "name"), [(k.code, f.name) for k in KINDS.values() for f in k.required])
def test_paper_without_a_required_content_is_not_numbered(kind: str, name: str) -> None:
    officer = inspector()
    paper = stories.draft(officer, kind, contents=stories.contents_of(kind, **{name: ""}))
    assert KINDS[kind].field(name).label in refused("issue", paper, officer)


def test_listing_asks_for_the_five_contents_of_158() -> None:
    officer = inspector()
    paper = stories.draft(officer, "listing_notice", contents={})
    said = refused("issue", paper, officer)
    assert said.endswith("工程名称、重大隐患具体内容、治理要求、治理期限、督办解除程序、其他事项")


def test_paper_without_an_addressee_is_not_numbered() -> None:
    officer = inspector()
    assert "受送达人" in refused("issue", stories.draft(officer, addressees=[]), officer)


def test_another_office_cannot_number_it() -> None:
    paper = stories.draft(inspector())
    assert refused("issue", paper, city_officer()) == "由发文机关办理"


def test_office_elsewhere_does_not_even_see_it() -> None:
    with pytest.raises(Http404):
        issue(stories.draft(inspector(CHANGAN)), by=inspector(QIAOXI))


def test_paper_is_written_by_the_template_of_its_day() -> None:
    officer, today = inspector(), timezone.localdate()
    first = stories.issued(officer)
    told = {"kind": "rectification_notice", "state": "in_force", "body": "{工程名称}"}
    PaperTemplate.objects.create(edition=2, title="整改通知", effective_from=today, **told)
    PaperTemplate.objects.create(edition=3, title="以后的", effective_from=today + timedelta(days=1), **told)
    assert stories.issued(officer).title == "整改通知"
    first.refresh_from_db()
    assert first.title == "限期整改通知书"


def test_kind_or_content_that_there_is_not_is_refused() -> None:
    officer = inspector()
    with pytest.raises(ValidationError):
        draft_paper("love_letter", by=officer, addressees=[], contents={})
    with pytest.raises(ValidationError):
        draft_paper("urging_letter", by=officer, addressees=[], contents={"price": "1"})


def test_papers_of_a_record_are_found_by_it() -> None:
    officer = inspector()
    project = ProjectFactory()
    paper = stories.draft(officer, subject=project, project_id=project.pk)
    assert (paper.record_type, paper.record_label) == ("projects.project", str(project))
    assert list(papers_of(project)) == [paper]


# Service --------------------------------------------------------------------------------------------------------------


def test_service_tells_the_day_on_which_the_clock_starts() -> None:
    heard: list[dict[str, Any]] = []

    def listen(sender: Any, record: Paper, move: Any, facts: dict[str, Any], **kwargs: Any) -> None:
        heard.append({"paper": record.pk, "move": move.name, **facts})

    officer = inspector()
    paper = stories.issued(officer)
    transitioned.connect(listen, sender=Paper)
    try:
        day = timezone.localdate()
        serve(paper, by=officer, addressee="某公司", manner="direct", recipient="李某", served_on=day)
    finally:
        transitioned.disconnect(listen, sender=Paper)
    assert [(h["paper"], h["move"], h["served_on"], h["starts_clock"]) for h in heard] == [
        (paper.pk, "serve", day, True)
    ]
    assert Event.objects.of(paper).get(name="serve").facts["served_on"] == day.isoformat()


def test_paper_is_served_to_each_addressee_and_keeps_the_first_day() -> None:
    officer = inspector()
    paper = stories.served(officer)
    today = timezone.localdate()
    serve(paper, by=officer, addressee="某监理单位", manner="post", recipient="王某", served_on=today, remark="EMS 1")
    paper.refresh_from_db()
    assert paper.first_served_on == today
    assert [s.addressee for s in paper.services.all()] == ["示例建设集团有限公司", "某监理单位"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"recipient": "", "is_refused": True}, "见证人"),
        ({"recipient": "", "manner": "left"}, "见证人"),
        ({"recipient": ""}, "收件人"),
        ({"days": 1}, "不能晚于今天"),
        ({"days": -1}, "不能早于成文日期"),
    ],
)
def test_receipt_that_proves_nothing_is_refused(told: dict[str, Any], said: str) -> None:
    officer = inspector()
    paper = stories.issued(officer)
    day = timezone.localdate() + timedelta(days=told.pop("days", 0))
    facts = {"addressee": "某公司", "manner": "direct", "recipient": "李某", "served_on": day}
    assert said in refused("serve", paper, officer, **facts | told)
    assert not Service.objects.exists()


def test_refusal_with_witnesses_is_a_service() -> None:
    paper = stories.served(inspector(), recipient="", is_refused=True, witnesses="张某、赵某")
    assert paper.first_served_on == timezone.localdate()


def test_draft_cannot_be_served() -> None:
    officer = inspector()
    facts = {"addressee": "某公司", "manner": "direct", "recipient": "李某", "served_on": timezone.localdate()}
    assert "草稿" in refused("serve", stories.draft(officer), officer, **facts)


# The end --------------------------------------------------------------------------------------------------------------


def test_inspector_cannot_void_what_was_issued() -> None:
    officer = inspector()
    assert "权限" in refused("void", stories.issued(officer), officer, void_reason="写错了，作废")


def test_replaced_paper_names_its_successor() -> None:
    head = station_head()
    old = stories.issued(head)
    new = issue(copy_as_draft(old, by=head), by=head)
    replaced = PAPER.perform(old, "replace", by=head, replaced_by=new, reason="期限写错，另行出具")
    assert (replaced.state, replaced.replaced_by) == ("replaced", new)
    assert new.contents == old.contents and new.number != old.number


@pytest.mark.parametrize("other", ["itself", "a draft", "another kind", "another office", "a void one"])
def test_only_a_valid_paper_of_the_same_office_and_kind_replaces_it(other: str) -> None:
    head = station_head()
    old = stories.issued(head)
    successor = {
        "itself": lambda: old,
        "a draft": lambda: stories.draft(head),
        "another kind": lambda: stories.issued(head, "stop_work_notice"),
        "another office": lambda: stories.issued(city_officer()),
        "a void one": lambda: PAPER.perform(stories.issued(head), "void", by=head, void_reason="写错了"),
    }[other]()
    assert "同种文书" in refused("replace", old, head, replaced_by=successor, reason="期限写错，另行出具")


# What the database refuses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        "number = '冀假改〔2026〕000009号'",
        "serial = 99",
        "contents = '{}'",
        "addressees = '[]'",
        "issued_on = '2020-01-01'",
        "token = 'x'",
        "pdf_id = gen_random_uuid()",
        "first_served_on = '2020-01-01'",
        "state = 'drafted'",
    ],
)
def test_what_was_issued_is_not_changed_by_any_statement(changes: str) -> None:
    paper = stories.served(inspector())
    made_files(paper.pk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE documents_paper SET {changes} WHERE id = %s", [paper.pk])


def test_paper_and_receipt_are_not_deleted() -> None:
    paper = stories.served(inspector())
    for table in ("documents_service", "documents_paper"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
    with pytest.raises(DatabaseError), transaction.atomic():
        paper.services.update(recipient="另一人")


def test_template_in_force_is_not_changed() -> None:
    template = PaperTemplate.objects.get(kind="urging_letter")
    with pytest.raises(DatabaseError), transaction.atomic():
        PaperTemplate.objects.filter(pk=template.pk).update(body="别的话")


# Who sees it ----------------------------------------------------------------------------------------------------------


def test_firm_sees_what_is_addressed_to_it_once_it_is_numbered() -> None:
    firm, officer = EnterpriseFactory(), inspector()
    director = persona("safety_director", organisation=firm.organisation)
    rival = persona("safety_director")
    paper = stories.draft(officer, addressees=["某监理单位", firm.organisation])
    assert not Paper.objects.visible_to(director).exists()
    issue(paper, by=officer)
    assert list(Paper.objects.visible_to(director)) == [paper]
    assert not Paper.objects.visible_to(rival).exists()
    assert [m.recipient for m in Message.objects.filter(kind="paper_issue")] == [director]


def test_people_of_the_site_see_what_is_issued_for_it() -> None:
    site, other = hazard_stories.site(), hazard_stories.site()
    draft = stories.draft(site.inspector, project_id=site.project.pk)
    assert not Paper.objects.visible_to(site.manager).exists()
    issue(draft, by=site.inspector)
    seen = [user for user in (site.manager, site.engineer, other.manager) if Paper.objects.visible_to(user).exists()]
    assert seen == [site.manager, site.engineer]


def test_paper_follows_its_office_into_another_region() -> None:
    """The scope key is the office's, by a foreign key that cascades; what the paper says stays."""
    paper = stories.issued(inspector())
    office, lubei = paper.organisation, region(LUBEI)
    Organisation.objects.filter(pk=office.pk).update(region=lubei, region_path=lubei.path)
    paper.refresh_from_db()
    assert paper.region_path == lubei.path


def test_regions_above_see_it_and_neighbours_do_not() -> None:
    paper = stories.issued(inspector(CHANGAN))
    seen = {
        name: Paper.objects.visible_to(user).filter(pk=paper.pk).exists()
        for name, user in {
            "city": city_officer(),
            "province": persona("province_officer"),
            "next county": inspector(QIAOXI),
            "other city": inspector(LUBEI),
        }.items()
    }
    assert seen == {"city": True, "province": True, "next county": False, "other city": False}


# Files ----------------------------------------------------------------------------------------------------------------


def test_files_are_promised_with_the_number_and_made_once() -> None:
    paper = stories.issued(inspector())
    assert OutboxEntry.objects.get(task="documents.make_files").arguments == {"paper_id": paper.pk}
    first, second = made_files(paper.pk), made_files(paper.pk)
    assert first.pdf and first.docx
    assert (first.pdf_id, first.docx_id) == (second.pdf_id, second.docx_id)


def test_draft_has_no_files() -> None:
    assert made_files(stories.draft(inspector()).pk).pdf is None
