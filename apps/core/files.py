"""Files by content: written once under their SHA-256, served only through a view that has checked access."""

import hashlib
import logging
import os
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from apps.core.models import StoredFile

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
DEFAULT_LIMIT = 25 * MEGABYTE
CHUNK = 256 * 1024
HEAD = 16
NAME_LENGTH = 120
UNNAMED = "未命名文件"
INCOMING = "incoming"
"""Half-written files lie here, on the file system of the store, so that the rename is atomic."""
SHOWN_INLINE = frozenset({"image/jpeg", "image/png"})
"""Anything else could run script or a plug-in in our origin and is only ever offered as a download."""


UNKNOWN = "application/octet-stream"
BEGINNINGS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"%PDF-": "application/pdf",
    b"PK\x03\x04": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


class FileRefused(ValidationError):
    """The upload is not accepted; the reason is fit to show and says what to do."""

    def __init__(self, reason_zh: str) -> None:
        super().__init__(reason_zh)
        self.reason_zh = reason_zh


@dataclass(frozen=True)
class _Arrived:
    """A file that has been received whole and not yet put in its place."""

    path: Path
    sha256: str
    size: int
    head: bytes


# Writing


def store(
    stream: IO[bytes],
    *,
    name: str,
    by: Any,
    content_type: str = "",
    limit: int = DEFAULT_LIMIT,
) -> StoredFile:
    """Keep the bytes and return the row that stands for this upload.

    The bytes are durable before the row exists, so a crash leaves at worst a file without a row, which the
    sweeper removes.  `content_type` is for a caller that has read the bytes and knows; without it their
    beginning decides, never what the client said.  `limit` is in bytes.
    """
    with _received(stream, limit) as arrived, transaction.atomic():
        _hold_off_sweeper(arrived.sha256)
        _put_in_place(arrived)
        return StoredFile.objects.create(
            sha256=arrived.sha256,
            size=arrived.size,
            content_type=content_type or kind_of(arrived.head),
            original_name=clean_name(name),
            created_by=by,
        )


@contextmanager
def _received(stream: IO[bytes], limit: int) -> Iterator[_Arrived]:
    folder = _folder(root() / INCOMING)
    handle, temporary = tempfile.mkstemp(dir=folder)
    path = Path(temporary)
    try:
        with os.fdopen(handle, "wb") as target:
            sha256, size, head = _copy(stream, target, limit)
            target.flush()
            os.fsync(target.fileno())
        yield _Arrived(path, sha256, size, head)
    finally:
        path.unlink(missing_ok=True)


def _copy(stream: IO[bytes], target: IO[bytes], limit: int) -> tuple[str, int, bytes]:
    """Hash while writing; the limit is checked while counting, since a client's length may lie."""
    if stream.seekable():
        stream.seek(0)
    digest, size, head = hashlib.sha256(), 0, b""
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        head = head or chunk[:HEAD]
        if size > limit:
            raise FileRefused(f"文件超过 {size_label(limit)}，请压缩或拆分后再上传")
        digest.update(chunk)
        target.write(chunk)
    if not size:
        raise FileRefused("文件是空的，请重新选择文件")
    return digest.hexdigest(), size, head


def _put_in_place(arrived: _Arrived) -> None:
    """Bytes already there are never written over, unless they no longer are what their name says."""
    target = path_of(arrived.sha256)
    if target.exists():
        if hash_of(target) == arrived.sha256:
            return
        logger.error("stored file %s was corrupt and has been restored by a new upload", arrived.sha256)
    folder = _folder(target.parent)
    # Nobody writes to it again; nginx, which may run as another user, reads it.
    arrived.path.chmod(0o444)
    arrived.path.replace(target)
    _sync(folder)


def _hold_off_sweeper(sha256: str) -> None:
    """Shared among uploads, so these never wait for each other; the sweeper asks for it alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [lock_name(sha256)])


def lock_name(sha256: str) -> str:
    """The advisory lock between an upload of these bytes and the sweeper that may be removing them."""
    return f"stored-file:{sha256}"


# Reading


def root() -> Path:
    return Path(settings.MEDIA_ROOT)


def path_of(stored: StoredFile | str) -> Path:
    """Where the bytes of a row, or of a SHA-256, lie."""
    sha256 = stored if isinstance(stored, str) else stored.sha256
    return root() / sha256[:2] / sha256


def open_stored(stored: StoredFile) -> IO[bytes]:
    """The bytes, for reading; a missing file is logged as the fault it is and answers 404."""
    try:
        return path_of(stored).open("rb")
    except FileNotFoundError as error:
        if stored.forgotten_at:
            raise Http404 from error
        logger.error("the bytes of stored file %s (%s) are missing", stored.pk, stored.sha256)
        raise Http404 from error


def serve(stored: StoredFile, *, filename: str = "", inline: bool = False, max_age: int = 0) -> HttpResponseBase:
    """Answer with the bytes; the calling view has already decided that this user may have them.

    `max_age` is in seconds and only for the browser's own cache; 0 forbids keeping.  With
    settings.ACCEL_PREFIX nginx sends the bytes: its internal location must add nosniff and the sandbox
    policy itself, because it drops these headers of ours.
    """
    response = _accelerated(stored) if _accel_prefix() else FileResponse(open_stored(stored))
    shown = inline and stored.content_type in SHOWN_INLINE
    response["Content-Type"] = stored.content_type
    response["Content-Disposition"] = _disposition(filename or stored.original_name, shown)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = f"private, max-age={max_age}, immutable" if max_age else "private, no-store"
    response["ETag"] = f'"{stored.sha256}"'
    return response


def _disposition(filename: str, shown: bool) -> str:
    """RFC 6266, with the Chinese name in `filename*`."""
    return content_disposition_header(not shown, clean_name(filename)) or "inline"


def _accelerated(stored: StoredFile) -> HttpResponse:
    response = HttpResponse()
    response["X-Accel-Redirect"] = f"{_accel_prefix()}/{stored.sha256[:2]}/{stored.sha256}"
    return response


def _accel_prefix() -> str:
    return getattr(settings, "ACCEL_PREFIX", "").rstrip("/")


# Kinds and names


def kind_of(head: bytes) -> str:
    """The media type by a file's first bytes; the only zip archives that this platform keeps are workbooks."""
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return "image/heic"
    return next((kind for beginning, kind in BEGINNINGS.items() if head.startswith(beginning)), UNKNOWN)


def clean_name(name: str) -> str:
    """A client's file name made fit to show: no path, no control or direction marks, at most 120 characters."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    visible = " ".join("".join(_harmless(char) for char in base).split()).strip(". ")
    stem, dot, ending = visible.rpartition(".")
    if not dot or len(ending) > 10:
        return visible[:NAME_LENGTH] or UNNAMED
    return f"{stem[: NAME_LENGTH - len(ending) - 1]}.{ending}"


def _harmless(char: str) -> str:
    if char in '<>:"|?*':
        return "_"
    category = unicodedata.category(char)
    return " " if category[0] == "Z" else "" if category[0] == "C" else char


def size_label(size: int) -> str:
    return f"{size / MEGABYTE:.0f} MB" if size >= MEGABYTE else f"{size / 1024:.0f} KB"


# Disk


def _folder(path: Path) -> Path:
    if not path.exists():
        path.mkdir(parents=True, exist_ok=True)
        _sync(path.parent)
    return path


def _sync(folder: Path) -> None:
    """A rename survives a power cut only once the folder itself has been written."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
