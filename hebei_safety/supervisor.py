"""Keeps the processes of one machine running: starts, restarts with growing pauses, ends all of them."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from hebei_safety.processes import die_with_parent, open_log, wait_for_end

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds
HEALTHY_AFTER = 60.0  # seconds of life after which the next pause is a short one again


class Service(Protocol):
    name: str
    farewell: signal.Signals  # the signal that asks it to end
    patience: float  # seconds until it is killed
    process: subprocess.Popen[bytes]

    def start(self) -> object: ...


class Program:
    """One line of the Procfile as a child process that cannot outlive its supervisor."""

    farewell, patience = signal.SIGTERM, 30.0
    process: subprocess.Popen[bytes]

    def __init__(
        self, name: str, command: Sequence[str], *, environment: dict[str, str], log: Path, held: tuple[int, ...]
    ) -> None:
        self.name, self.command, self.environment, self.log, self.held = name, command, environment, log, held
        self.niceness = 0

    def start(self) -> None:
        with open_log(self.log) as out:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                pass_fds=self.held,
                preexec_fn=self._before_exec,
            )

    def _before_exec(self) -> None:
        # Hard: the servers end as well, and a polite worker would wait for them.
        die_with_parent(signal.SIGKILL)()
        os.nice(self.niceness)


class Keeper:
    """Restarts one service; each early death doubles the pause before the next start. Times are monotonic seconds."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.pause = FIRST_PAUSE
        self.due: float | None = None
        self.started = time.monotonic()
        service.start()

    def tend(self, now: float) -> str | None:
        """Looks after the service; answers with a line for the operator when it has ended."""
        if self.due is not None:
            if now >= self.due:
                self._restart(now)
            return None
        if self.service.process.poll() is None:
            return None
        self.pause = FIRST_PAUSE if now - self.started > HEALTHY_AFTER else min(self.pause * 2, LONGEST_PAUSE)
        self.due = now + self.pause
        return f"{self.service.name} ended with {self.service.process.returncode}; again in {self.pause:g} s"

    def _restart(self, now: float) -> None:
        self.started, self.due = now, None
        with contextlib.suppress(RuntimeError):  # a server that does not come up has ended: the next look sees it
            self.service.start()


def stop_all(services: Sequence[Service]) -> None:
    """Asks all at once and each only once, as a second signal means haste to some; then waits."""
    for service in services:
        service.process.send_signal(service.farewell)
    for service in services:
        wait_for_end(service.process, service.patience)
