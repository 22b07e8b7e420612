"""A scheduler and machines, each a process of its own as in operation."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from migcards.cluster.alike import Setup
from migcards.cluster.driver import Cluster
from migcards.cluster.link import link_to
from ocr.extract.network import MODELS
from ocr.forms.definition import FORMS_DIR
from ocr.worker_pool import MEMORY_MB

ROOT = Path(__file__).parents[3]

_SERVE = """
import sys
from pathlib import Path
{before}
from migcards.cluster.link import link_to
from migcards.cluster.serve import serve
serve(link_to(sys.argv[1], Path(sys.argv[2]) if sys.argv[2] else None), int(sys.argv[3]))
"""

Told = list[tuple[str, dict[str, str]]]


class Centre:
    """A scheduler, machines and what a driver was told."""

    def __init__(self, tls: Path | None = None) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.tls, self.told = tls, Told()
        self.processes: list[subprocess.Popen[bytes]] = []

    def start_scheduler(self, *options: str) -> subprocess.Popen[bytes]:
        """As the page on many machines has it."""
        protocol = "tcp" if self.tls is None else "tls"
        where = ("--host", "127.0.0.1", "--port", str(self.port), "--protocol", protocol, "--no-dashboard")
        return self._start("-m", "distributed.cli.dask_scheduler", *where, *options)

    def start_machine(self, before: str = "", cores: int = 1) -> subprocess.Popen[bytes]:
        """What `migcards worker` does; `before` is run first."""
        return self._start(
            "-c", _SERVE.format(before=before), f"127.0.0.1:{self.port}", str(self.tls or ""), str(cores)
        )

    def driver(self, *originals: Path, timeout_s: float = 60.0, memory_mb: int = MEMORY_MB) -> Cluster:
        """What `migcards run --cluster` works with."""
        setup = Setup(FORMS_DIR, MODELS, originals)
        return Cluster(link_to(f"127.0.0.1:{self.port}", self.tls), setup, timeout_s, memory_mb, self.tell)

    def tell(self, sentence: str, **values: str) -> None:
        """Keep it."""
        self.told.append((sentence, values))

    def stop(self) -> None:
        """Kill what still runs."""
        for process in self.processes:
            kill(process)

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
        process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        return process


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process as a power cut does."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def standing() -> Iterator[Centre]:
    """One with a machine, for tests after which it still stands."""
    made = Centre()
    made.start_scheduler()
    made.start_machine(cores=2)
    yield made
    made.stop()


@pytest.fixture
def centre() -> Iterator[Centre]:
    """Nothing runs there yet."""
    made = Centre()
    yield made
    made.stop()
