"""Child processes that end with their parent."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
LARGEST_LOG = 20 * 1024 * 1024  # bytes
libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(with_signal: int) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends this signal when the thread that started the child ends, however it does."""
    return lambda: libc.prctl(PR_SET_PDEATHSIG, with_signal)


def open_log(file: Path) -> IO[bytes]:
    """For appending; one that has grown too large is put aside first, over the one put aside before."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size > LARGEST_LOG:
        file.replace(f"{file}.1")
    return file.open("ab")


def end(process: subprocess.Popen[bytes], with_signal: int, *, patience: float) -> None:
    process.send_signal(with_signal)
    wait_for_end(process, patience)


def wait_for_end(process: subprocess.Popen[bytes], patience: float) -> None:
    """Waits `patience` seconds for a process that was asked to end, then kills it and its whole session."""
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
