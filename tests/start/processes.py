"""Looking at processes from outside, without waiting longer than needed."""

import os
import select
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path


def descendants(root: int) -> set[int]:
    children = defaultdict(set)
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        children[int(fields[1])].add(int(status.parent.name))
    found, new = set(), {root}
    while new:
        new = set().union(*(children[pid] for pid in new))
        found |= new
    return found


def words_of(pid: int) -> list[bytes]:
    """What the process was called with; nothing of one that has ended meanwhile."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return []


def survivors(pids: set[int], *, patience: float) -> set[int]:
    """Those of `pids` that still run after `patience` seconds; returns as soon as none does."""
    deadline, left = time.monotonic() + patience, set(pids)
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            left.discard(pid)
            continue
        try:
            if select.select([handle], [], [], max(0, deadline - time.monotonic()))[0]:
                left.discard(pid)
        finally:
            os.close(handle)
    return left
