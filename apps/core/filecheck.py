"""Comparing the file store with its rows: what is missing, altered or left over."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from apps.core.db import try_lock
from apps.core.files import INCOMING, hash_of, lock_name, path_of, root
from apps.core.models import StoredFile

ORPHAN_AGE = timedelta(hours=24)
"""An upload in flight has bytes and no row yet; after a day it is none any more."""
SHARDS = tuple(f"{number:02x}" for number in range(256))
IS_DIGEST = re.compile(r"[0-9a-f]{64}").fullmatch


@dataclass(frozen=True)
class FileFinding:
    """One file as found: `sound`, `missing` (row without bytes), `corrupt` or `orphan` (bytes without row)."""

    kind: Literal["sound", "missing", "corrupt", "orphan"]
    name: str
    detail: str = ""


def verify_files(grace: timedelta = ORPHAN_AGE) -> Iterator[FileFinding]:
    """Read every stored byte again and compare; orphans younger than `grace` are uploads in flight."""
    for shard in SHARDS:
        sizes = dict(held().filter(sha256__startswith=shard).values_list("sha256", "size"))
        yield from (_compared(sha256, size) for sha256, size in sorted(sizes.items()))
        yield from (
            FileFinding("orphan", path.name, "没有登记记录")
            for path in _old_files(root() / shard, grace)
            if path.name not in sizes
        )


def held() -> QuerySet[StoredFile]:
    """The rows whose bytes must be there."""
    return StoredFile.objects.filter(forgotten_at=None)


def forget(stored: StoredFile) -> None:
    """Mark that the file is not kept any more and remove its bytes, unless another row holds them.

    Bytes that cannot be removed now, as an upload of the same is under way, go with the next sweep.
    """
    StoredFile.objects.filter(pk=stored.pk, forgotten_at=None).update(forgotten_at=Now())
    path = path_of(stored)
    transaction.on_commit(lambda: _remove_unowned(path))


def _compared(sha256: str, size: int) -> FileFinding:
    path = path_of(sha256)
    if not path.exists():
        return FileFinding("missing", sha256, "文件不存在")
    if (found := path.stat().st_size) != size:
        return FileFinding("corrupt", sha256, f"应为 {size} 字节，实为 {found} 字节")
    if hash_of(path) != sha256:
        return FileFinding("corrupt", sha256, "内容与登记的 SHA-256 不符")
    return FileFinding("sound", sha256)


def sweep_orphans(older_than: timedelta = ORPHAN_AGE) -> int:
    """Remove bytes that no row ever came to own, and return how many files went.

    A row may be on its way to old bytes, so each file is removed only under the lock that uploads hold
    until they commit.
    """
    unfinished = _old_files(root() / INCOMING, older_than)
    for path in unfinished:
        path.unlink(missing_ok=True)
    return len(unfinished) + sum(_sweep(root() / shard, older_than) for shard in SHARDS)


def _sweep(folder: Path, older_than: timedelta) -> int:
    candidates = {path.name: path for path in _old_files(folder, older_than) if IS_DIGEST(path.name)}
    owned = set(held().filter(sha256__in=candidates).values_list("sha256", flat=True))
    return sum(_remove_unowned(path) for name, path in candidates.items() if name not in owned)


@transaction.atomic
def _remove_unowned(path: Path) -> bool:
    if not try_lock(lock_name(path.name)) or held().filter(sha256=path.name).exists():
        return False
    path.unlink(missing_ok=True)
    return True


def _old_files(folder: Path, age: timedelta) -> list[Path]:
    """By the clock of the file system's host; a day's grace swallows any difference to the database's."""
    if not folder.exists():
        return []
    latest = time.time() - age.total_seconds()
    return sorted(path for path in folder.iterdir() if path.is_file() and path.stat().st_mtime <= latest)
