"""Nowhere does an identity or a telephone number lie in clear, whichever way it came in.

Five hundred numbers of the real form go in by forms, workbooks, the API and the gate, right and wrong; then everything
that the platform keeps, sends and says is searched for them.
"""

import logging
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.core import filecheck, jobs
from apps.core.imports.forgetting import forget_uploads
from apps.core.management.commands.relay import relay_once
from apps.core.masks import mask_numbers
from apps.core.models import Draft, ImportBatch, Job, OutboxEntry, StoredFile
from apps.core.registers import registry
from apps.people.models import Person
from apps.roster.models import AttendanceFault, Engagement
from apps.roster.services.devices import add_device
from hebei_safety import embedded, env
from hebei_safety.logs import MaskIdentityNumbers
from tests.core.imports.flow import Flow, content, workbook
from tests.factories import PersonFactory, UserFactory, identity_number
from tests.hazards import stories
from tests.personas import everyone, inspector, persona, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PLANTED = 500
NUMBERS = [identity_number(500_000 + n) for n in range(PLANTED)]
PHONES = [f"1391{n:07d}" for n in range(4_000_000, 4_000_000 + PLANTED)]
ROSTER = ("工程项目", "姓名", "身份证号码", "联系电话", "用工单位", "人员类别", "工种或岗位", "进场日期")
STAFF = ("姓名", "身份证号码", "联系电话", "职务或工种")
ATTENDANCE = ("工程项目", "姓名", "身份证号码", "日期", "最早考勤时间", "最晚考勤时间")
ARGUMENTS = ("task", "arguments", "error")
HEXADECIMAL = re.compile(r"\\\\x((?:[0-9a-f]{2})+)")
COMMITTED = pytest.mark.django_db(transaction=True)
"""pg_dump sees nothing else."""


class Share:
    """Hands out the planted numbers, so that each goes in by one way."""

    def __init__(self) -> None:
        self.pairs = iter(zip(NUMBERS, PHONES, strict=True))

    def next(self, count: int = 1) -> list[tuple[str, str]]:
        return [next(self.pairs) for _ in range(count)]


def spoilt(number: str) -> str:
    """With a check digit that is not its own: refused, and told of."""
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def by_forms(share: Share, director: Any, site: stories.Site) -> None:
    browser = signed_in(director)
    for number, phone in share.next(20):
        data = {"name": "韩志强", "id_number": number, "phone": phone, "post": "木工"}
        assert browser.post("/people/new/", data).status_code == 302
    for number, phone in share.next(20):
        data = {"name": "韩志强", "id_number": spoilt(number), "phone": phone}
        assert browser.post("/people/new/", data).status_code == 422
        browser.post("/people/find/", {"id_number": number})
        for name, typed in (
            ("people-new", data),
            ("hazard-new", {"description": f"工人{number}电话{phone}未系安全带"}),
        ):
            assert browser.post(f"/drafts/{name}/", typed, "application/json").status_code == 200
    firm = site.project.enterprise
    assert firm
    manager = signed_in(site.manager)
    for number, phone in share.next(20):
        entry = {"project": site.project.number, "name": "王建国", "id_number": number, "phone": phone}
        entry |= {"employer": firm.uscc, "worker_class": "worker", "job": "木工"}
        assert manager.post("/roster/new/", entry | {"entered_on": str(timezone.localdate())}).status_code == 302


def by_workbooks(share: Share, director: Any, site: stories.Site) -> None:
    firm = site.project.enterprise
    assert firm
    day = str(timezone.localdate() - timedelta(days=9))
    lines = [("李某", number, phone, "电工") for number, phone in share.next(200)]
    Flow(director, "people").whole(workbook(STAFF, *lines, name="人员.xlsx"))
    wrong = [("李某", spoilt(number), phone, "电工") for number, phone in share.next(20)]
    page = Flow(director, "people").through(workbook(STAFF, *wrong, name="有错.xlsx"))
    assert "校验码" in page.content.decode()
    spaced = [("李某", f"{n[:6]} {n[6:14]} {n[14:]} 1", f"{p[:3]} {p[3:7]} {p[7:]}", "电工") for n, p in share.next(10)]
    Flow(director, "people").through(workbook(STAFF, *spaced, name="有空格.xlsx"))
    usual = (firm.uscc, "一般作业人员", "木工", day)
    roster = [(site.project.name, "赵某", number, phone, *usual) for number, phone in share.next(100)]
    Flow(site.manager, "roster").whole(workbook(ROSTER, *roster, name="名册.xlsx"))
    passes = [(site.project.name, "钱某", number, day, "07:00", "18:00") for number, _ in share.next(60)]
    Flow(site.manager, "attendance").whole(workbook(ATTENDANCE, *passes, name="考勤.xlsx"))


def by_the_api(share: Share, director: Any, site: stories.Site) -> None:
    browser = Client()
    browser.force_login(director)
    for place, (number, phone) in enumerate(share.next(20)):
        told = {"name": "周某", "id_number": number if place % 2 else spoilt(number), "phone": phone, "post": "焊工"}
        head = {"Idempotency-Key": f"leak-{place}"}
        browser.post("/api/people/", told, "application/json", headers=head)
        browser.get(f"/api/people/?search={phone}")
    _, key = add_device(site.project, "东门", by=site.manager)
    door = Client(headers={"Authorization": f"Device {key}"})
    at = timezone.now().isoformat()
    for number, _ in share.next(10):
        sent = [{"name": "吴某", "id_number": one, "at": at} for one in (number, spoilt(number))]
        door.post("/api/attendance-passes/", {"passes": sent}, "application/json")
        door.post("/api/attendance-passes/", {"passes": sent[:1]}, "application/json")


def dump_of_the_database() -> Iterator[tuple[str, str]]:
    """What pg_dump writes of all that was committed, and the bytes in it, which it writes as hexadecimal digits."""
    at = connection.get_connection_params()
    place = {f"PG{name.upper()}": str(at[name]) for name in ("host", "port", "user", "password") if at.get(name)}
    dump = subprocess.run(
        [embedded.postgres_programs() / "pg_dump", "--schema=public", at["dbname"]],
        env=os.environ | place,
        capture_output=True,
        check=True,
    ).stdout.decode()
    yield "dump", dump
    yield "bytes in the dump", "\n".join(bytes.fromhex(one).decode("latin-1") for one in HEXADECIMAL.findall(dump))


def files_that_lie_about() -> Iterator[tuple[str, str]]:
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            if is_zipfile(path):
                with ZipFile(path) as book:
                    raw += b"".join(book.read(name) for name in book.namelist())
            yield path.name, raw.decode("utf-8", "ignore")


def what_lies_in(server: embedded.Valkey) -> Iterator[tuple[str, str]]:
    """Every key of the queue and of the cache with its value, whatever its kind."""
    for number in (0, 1):
        with redis.Redis.from_url(server.url(number)) as store:
            for key in store.scan_iter():
                kind = store.type(key)
                value = store.get(key) if kind == b"string" else store.lrange(key, 0, -1) if kind == b"list" else b""
                dumped = store.dump(key)
                yield f"{number} {key!r}", f"{key!r} {value!r} {dumped!r}"


def pages_of(user: Any) -> Iterator[tuple[str, str]]:
    browser = signed_in(user)
    for name in ("people", "roster", "attendance", "attendance_faults"):
        base = registry[name].base_url
        for url in (base, f"{base}?q=1391", f"/api/{name.replace('_', '-')}/"):
            answer = browser.get(url)
            yield url, content(answer).decode() if answer.streaming else answer.content.decode()
    for person in Person.objects.visible_to(user)[:3]:
        for tail in ("", "edit/", "history/"):
            yield f"{person.pk}/{tail}", browser.get(f"/people/{person.pk}/{tail}").content.decode()
    yield "imports", browser.get("/imports/").content.decode()


def found(texts: Iterator[tuple[str, str]] | Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Where a planted number stands; the text is searched once for what all have in common."""
    planted = {*NUMBERS, *(spoilt(n) for n in NUMBERS), *PHONES}
    leaks = []
    for where, text in texts:
        if "13010219" in text or "1391400" in text:
            leaks += [(where, number) for number in planted if number in text][:3]
    return leaks


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def store(valkey: embedded.Valkey, settings: Any, monkeypatch: pytest.MonkeyPatch) -> embedded.Valkey:
    """Queue and cache as they run: the relay sends to it, and what is cached lies in it."""
    backend = {"BACKEND": "hebei_safety.cache.RedisThatMayBeAway", "LOCATION": valkey.url(1)}
    settings.CACHES = {"default": backend}
    monkeypatch.setitem(current_app.conf, "broker_url", env.broker(valkey.url(0)))
    monkeypatch.setitem(current_app.conf, "task_always_eager", False)
    return valkey


@pytest.fixture
def planted(caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any) -> stories.Site:
    caplog.set_level(logging.DEBUG)
    caplog.handler.addFilter(MaskIdentityNumbers())
    site, share = stories.site(), Share()
    director = UserFactory(role="safety_director", enterprise=site.project.enterprise)
    for way in (by_forms, by_workbooks, by_the_api):
        with django_capture_on_commit_callbacks(execute=True):
            way(share, director, site)
    assert next(share.pairs, None) is not None  # none was used twice
    assert Person.objects.exclude(id_masked="").count() > 300
    assert Engagement.objects.count() >= 100
    assert AttendanceFault.objects.exists()
    return site


@COMMITTED
def test_no_number_lies_in_clear_in_whatever_the_platform_keeps_sends_or_says(
    planted: stories.Site, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> None:
    """One test, as planting is what takes the time."""
    assert found(dump_of_the_database()) == []
    told = [(name, str(getattr(entry, name))) for entry in OutboxEntry.objects.all() for name in ARGUMENTS]
    told += [("job", f"{job.title} {job.params} {job.result} {job.error}") for job in Job.objects.all()]
    told += [("log", caplog.text), ("cache", str(getattr(cache, "_cache", "")))]
    assert found(told) == []
    director = UserFactory(role="safety_director", enterprise=planted.project.enterprise)
    users: list[Any] = [*everyone().values(), director, planted.manager, planted.inspector]
    for user in users:
        assert found(pages_of(user)) == [], user.role
    for name in ("people", "roster", "attendance"):
        book: Any = signed_in(planted.inspector).post(f"/{name}/export/?view=all")
        with ZipFile(BytesIO(content(book))) as parts:
            assert found([(f"{name} {part}", parts.read(part).decode()) for part in parts.namelist()]) == []
    for job in Job.objects.open():
        jobs.run(str(job.pk))
    ImportBatch.objects.update(created_at=timezone.now() - timedelta(days=8))
    with django_capture_on_commit_callbacks(execute=True):
        forget_uploads()
    assert found(files_that_lie_about()) == []


def test_no_number_lies_in_the_queue_or_in_the_cache(store: embedded.Valkey) -> None:
    site, share = stories.site(), Share()
    director = UserFactory(role="safety_director", enterprise=site.project.enterprise)
    for way in (by_forms, by_workbooks, by_the_api):
        way(share, director, site)
        while relay_once():
            pass
    assert found(pages_of(director)) == []
    texts = list(what_lies_in(store))
    assert {name[0] for name, _ in texts} == {"0", "1"}  # there are both messages and cached words
    assert found(texts) == []
    cache.set("planted", f"张{NUMBERS[0]}")
    assert {number for _, number in found(list(what_lies_in(store)))} == {NUMBERS[0]}


@COMMITTED
def test_the_search_finds_what_is_planted_in_clear() -> None:
    """The other test would pass if its own eyes were shut."""
    person = PersonFactory(name=NUMBERS[0], post=PHONES[1])
    assert {number for _, number in found(dump_of_the_database())} == {NUMBERS[0], PHONES[1]}
    assert person.pk


def test_an_upload_goes_when_its_import_is_over_and_the_same_file_is_known_still(
    django_capture_on_commit_callbacks: Any,
) -> None:
    site = stories.site()
    director = UserFactory(role="safety_director", enterprise=site.project.enterprise)
    book = workbook(STAFF, ("李某", NUMBERS[0], PHONES[0], "电工"), name="人员.xlsx")
    with django_capture_on_commit_callbacks(execute=True):
        flow = Flow(director, "people")
        flow.whole(book)
    stored = StoredFile.objects.get(pk=flow.the_batch.file_id)
    assert stored.forgotten_at
    assert found(files_that_lie_about()) == []
    assert [finding for finding in filecheck.verify_files() if finding.kind == "missing"] == []
    browser = signed_in(director)
    assert browser.get(f"/imports/{flow.the_batch.pk}/file/").status_code == 404
    assert "导入后已删除" in browser.get(f"/imports/{flow.the_batch.pk}/").content.decode()
    book.seek(0)
    assert "不会重复导入" in Flow(director, "people").upload(book).content.decode()


@COMMITTED
def test_a_draft_keeps_words_encrypted_and_numbers_not_at_all() -> None:
    user = inspector()
    browser = signed_in(user)
    typed = {"name": "韩志强", "id_number": NUMBERS[0], "phone": PHONES[0], "description": f"工人{NUMBERS[1]}"}
    assert browser.post("/drafts/people-new/", typed, "application/json").status_code == 200
    assert Draft.objects.get().data == {"name": ["韩志强"], "description": [f"工人{NUMBERS[1]}"]}
    assert found(dump_of_the_database()) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM core_draft")
        assert cursor.fetchone()[0].startswith("g1$")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("11010519491231002X", "1101**********002X"),
        ("号110105 19491231 002x。", "号1101**********002x。"),
        ("１１０１０５１９４９１２３１００２Ｘ", "１１０１**********００２Ｘ"),
        ("13912345678", "139****5678"),
        ("电话139 1234 5678", "电话139****5678"),
        ("隐患2026112600012345", "隐患2026112600012345"),
        ("合同价 139123456789", "合同价 139123456789"),
        ("3.13912345678", "3.13912345678"),
    ],
)
def test_numbers_in_free_text_lose_their_middle_and_other_figures_stay(text: str, shown: str) -> None:
    assert mask_numbers(text) == shown


def test_a_log_line_loses_the_middle_of_both_numbers() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "%s 和 %s", (NUMBERS[0], PHONES[0]), None)
    assert MaskIdentityNumbers().filter(record)
    assert NUMBERS[0] not in record.getMessage() and PHONES[0] not in record.getMessage()
    assert persona("auditor").pk
