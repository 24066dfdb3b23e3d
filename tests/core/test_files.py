"""The file store: what is written, what is served, what is found wrong and what is swept away."""

import hashlib
import io
import json
import os
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st

from apps.core import filecheck, files
from apps.core.filecheck import FileFinding, sweep_orphans, verify_files
from apps.core.files import FileRefused, clean_name, open_stored, path_of, serve, store
from apps.core.models import StoredFile

PICTURE = b"\xff\xd8\xff the bytes of a photograph"
SHA256 = hashlib.sha256(PICTURE).hexdigest()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def stored(content: bytes = PICTURE, name: str = "现场.jpg", **options: Any) -> StoredFile:
    return store(io.BytesIO(content), name=name, by=None, **{"content_type": "image/jpeg"} | options)


def laid_down(media: Path, content: bytes = PICTURE, *, age: timedelta = 2 * DAY) -> Path:
    """Bytes without a row, last touched so long ago."""
    path = path_of(hashlib.sha256(content).hexdigest())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    aged(path, age)
    return path


def aged(path: Path, age: timedelta) -> None:
    then = time.time() - age.total_seconds()
    os.utime(path, (then, then))


def on_disk(media: Path) -> set[str]:
    return {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}


def spoil(path: Path, content: bytes) -> None:
    path.chmod(0o640)
    path.write_bytes(content)


# Writing


@pytest.mark.django_db
def test_bytes_lie_under_their_hash_and_nothing_else_is_left(media: Path) -> None:
    row = stored()
    assert (row.sha256, row.size, row.content_type, row.original_name) == (
        SHA256,
        len(PICTURE),
        "image/jpeg",
        "现场.jpg",
    )
    assert on_disk(media) == {f"{SHA256[:2]}/{SHA256}"}
    with open_stored(row) as file:
        assert file.read() == PICTURE


@pytest.mark.django_db
def test_the_same_bytes_twice_are_two_rows_and_one_file(media: Path) -> None:
    first, second = stored(name="a.jpg"), stored(name="b.jpg")
    assert (first.pk != second.pk, first.sha256 == second.sha256) == (True, True)
    assert on_disk(media) == {f"{SHA256[:2]}/{SHA256}"}


@pytest.mark.django_db
def test_bytes_already_there_are_not_written_over() -> None:
    path = path_of(stored())
    aged(path, DAY)
    before = path.stat()
    stored()
    assert (path.stat().st_mtime, path.stat().st_ino) == (before.st_mtime, before.st_ino)


@pytest.mark.django_db
def test_a_new_upload_restores_bytes_that_were_altered_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    path = path_of(stored())
    spoil(path, b"forged")
    stored()
    assert path.read_bytes() == PICTURE
    assert "was corrupt" in caplog.text


@pytest.mark.django_db
def test_the_whole_stream_is_kept_even_when_somebody_has_read_from_it() -> None:
    stream = io.BytesIO(PICTURE)
    stream.read(7)
    assert store(stream, name="a.jpg", by=None).sha256 == SHA256


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "limit", "reason"),
    [
        (b"", 100, "文件是空的，请重新选择文件"),
        (bytes(2049), 2048, "文件超过 2 KB，请压缩或拆分后再上传"),
        (bytes(3 * 1024 * 1024 + 1), 3 * 1024 * 1024, "文件超过 3 MB，请压缩或拆分后再上传"),
    ],
)
def test_a_refused_file_leaves_neither_row_nor_bytes(media: Path, content: bytes, limit: int, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        stored(content, limit=limit)
    assert refused.value.reason_zh == reason
    assert (on_disk(media), StoredFile.objects.count()) == (set(), 0)


@pytest.mark.django_db
def test_a_file_of_exactly_the_limit_is_kept() -> None:
    assert stored(bytes(2048), limit=2048).size == 2048


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"<html>", "application/octet-stream"),
    ],
)
def test_the_kind_is_told_by_the_bytes_and_not_by_the_name(head: bytes, kind: str) -> None:
    assert stored(head, "page.html", content_type="").content_type == kind


class BrokenStream(io.BytesIO):
    """A client that goes away in the middle."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise ConnectionResetError
        return super().read(10)


@pytest.mark.django_db
def test_an_upload_that_breaks_off_leaves_nothing(media: Path) -> None:
    with pytest.raises(ConnectionResetError):
        store(BrokenStream(PICTURE), name="a.jpg", by=None)
    assert (on_disk(media), StoredFile.objects.count()) == (set(), 0)


@pytest.mark.django_db
def test_the_bytes_are_durable_before_the_row_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def watch(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            if seen[-1:] != [name]:
                seen.append(name)
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, watched)

    watch(os, "fsync")
    watch(Path, "replace")
    watch(StoredFile.objects, "create")
    stored()
    assert seen == ["fsync", "replace", "fsync", "create"]


# Names


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("现场 1.jpg", "现场 1.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\张\\照片.PNG", "照片.PNG"),
        ("exe\u202egpj.exe", "exegpj.exe"),
        ("a\u2066b\u2069\x00\x1b.jpg", "ab.jpg"),
        ("cafe\u0301.jpg", "café.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie_ x.jpg"),
        ("  .htaccess ", "htaccess"),
        ("", "未命名文件"),
        ("...", "未命名文件"),
        ("\ud800.jpg", "jpg"),
        ('<a href="x">.jpg', "_a href=_x__.jpg"),
        ("长" * 300 + ".jpg", "长" * 116 + ".jpg"),
        ("长" * 300, "长" * 120),
    ],
)
def test_a_clients_name_is_made_fit_to_show(name: str, shown: str) -> None:
    assert clean_name(name) == shown


@given(st.text(max_size=400))
def test_no_name_ever_holds_a_path_a_control_or_more_than_120_characters(name: str) -> None:
    shown = clean_name(name)
    assert 1 <= len(shown) <= 120
    assert not set(shown) & set('/\\\0\r\n\u202a\u202e\u2066\u2069"')
    assert clean_name(shown) == shown


# Serving


def body(response: Any) -> bytes:
    content = b"".join(response) if response.streaming else response.content
    response.close()
    return content


@pytest.mark.django_db
def test_a_file_is_served_as_a_download_that_no_browser_will_run() -> None:
    response = serve(stored(b"<script>alert(1)</script>", "网页.html", content_type="text/html"), inline=True)
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E7%BD%91%E9%A1%B5.html"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-store"
    assert body(response) == b"<script>alert(1)</script>"


@pytest.mark.django_db
def test_a_photograph_may_be_shown_in_the_page() -> None:
    response = serve(stored(), filename="整改后.jpg", inline=True, max_age=3600)
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"] == "inline; filename*=utf-8''%E6%95%B4%E6%94%B9%E5%90%8E.jpg"
    assert response["Cache-Control"] == "private, max-age=3600, immutable"
    assert (response["ETag"], response["Content-Length"]) == (f'"{SHA256}"', str(len(PICTURE)))
    assert body(response) == PICTURE


@pytest.mark.django_db
def test_behind_nginx_only_the_internal_address_is_answered(settings: Any) -> None:
    settings.ACCEL_PREFIX = "/protected/"
    response = serve(stored())
    assert response["X-Accel-Redirect"] == f"/protected/{SHA256[:2]}/{SHA256}"
    assert (response["Content-Type"], body(response)) == ("image/jpeg", b"")


@pytest.mark.django_db
def test_a_row_whose_bytes_are_gone_answers_404_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    row = stored()
    path_of(row).unlink()
    with pytest.raises(Http404):
        serve(row)
    assert str(row.pk) in caplog.text


# Checking


def wrong() -> list[tuple[str, str]]:
    return [(finding.kind, finding.name) for finding in verify_files() if finding.kind != "sound"]


@pytest.mark.django_db
def test_a_sound_store_has_every_file_read_and_nothing_to_report() -> None:
    stored(), stored(), stored(b"another")
    assert list(verify_files()) == [
        FileFinding("sound", sha256) for sha256 in sorted([SHA256, hashlib.sha256(b"another").hexdigest()])
    ]


@pytest.mark.django_db
def test_a_flipped_byte_is_found() -> None:
    path = path_of(stored())
    spoil(path, PICTURE[:-1] + b"!")
    assert wrong() == [("corrupt", SHA256)]


@pytest.mark.django_db
def test_a_shortened_file_is_found() -> None:
    spoil(path_of(stored()), PICTURE[:-1])
    assert wrong() == [("corrupt", SHA256)]


@pytest.mark.django_db
def test_a_missing_file_is_found() -> None:
    path_of(stored()).unlink()
    assert wrong() == [("missing", SHA256)]


@pytest.mark.django_db
def test_bytes_without_a_row_are_an_orphan_once_a_day_old(media: Path) -> None:
    path = laid_down(media, age=timedelta(hours=23))
    assert wrong() == []
    aged(path, timedelta(hours=25))
    assert wrong() == [("orphan", SHA256)]


@pytest.mark.django_db
def test_the_command_reports_json_and_fails_on_damage(capsys: pytest.CaptureFixture[str], media: Path) -> None:
    orphan = laid_down(media, b"orphan")
    path_of(stored()).unlink()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_evidence", "--json")
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out) == {
        "ok": False,
        "checked": 1,
        "missing": [{"sha256": SHA256, "detail": "文件不存在"}],
        "corrupt": [],
        "orphan": [{"sha256": orphan.name, "detail": "没有登记记录"}],
    }


@pytest.mark.django_db
def test_the_command_speaks_chinese_and_succeeds_on_a_sound_store(capsys: pytest.CaptureFixture[str]) -> None:
    stored()
    call_command("verify_evidence")
    assert capsys.readouterr().out == "共核对 1 个文件，缺失 0 个，损坏 0 个，无主 0 个。\n"


# Sweeping


@pytest.mark.django_db
def test_the_sweeper_takes_old_orphans_and_half_written_files_and_leaves_the_rest(media: Path) -> None:
    row = stored()
    aged(path_of(row), 30 * DAY)
    old, young = laid_down(media, b"old"), laid_down(media, b"young", age=timedelta(hours=23))
    half = media / files.INCOMING / "half"
    half.write_bytes(b"half")
    aged(half, 2 * DAY)
    stranger = old.parent / "README"
    stranger.write_text("not ours")
    aged(stranger, 30 * DAY)

    assert sweep_orphans() == 2
    assert [path.exists() for path in (path_of(row), old, young, half, stranger)] == [True, False, True, False, True]
    assert sweep_orphans() == 0


@pytest.fixture
def upload_in_flight() -> Iterator[threading.Event]:
    """Another connection has stored the same bytes and waits with its commit until the event is set."""
    stored_, commit, errors = threading.Event(), threading.Event(), []

    def upload() -> None:
        try:
            with transaction.atomic():
                stored()
                stored_.set()
                assert commit.wait(20)
        except BaseException as error:
            errors.append(error)
            stored_.set()
        finally:
            connection.close()

    thread = threading.Thread(target=upload)
    thread.start()
    assert stored_.wait(20)
    yield commit
    commit.set()
    thread.join(20)
    assert errors == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_sweeper_leaves_old_bytes_that_an_upload_is_about_to_own(
    media: Path, upload_in_flight: threading.Event
) -> None:
    path = path_of(SHA256)
    aged(path, 2 * DAY)
    assert sweep_orphans() == 0
    upload_in_flight.set()
    assert path.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_sweeper_would_take_them(
    media: Path, upload_in_flight: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filecheck, "try_lock", lambda name: True)
    path = path_of(SHA256)
    aged(path, 2 * DAY)
    assert sweep_orphans() == 1
    assert not path.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_uploads_of_the_same_bytes_do_not_wait_for_each_other(upload_in_flight: threading.Event) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    assert stored().sha256 == SHA256
