"""One `migcards run` as an operator starts it, into a new database, and what it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

_LAUNCHER = """
import json, os, resource
from migcards.cli import main
try:
    main()
finally:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    with open(os.environ["BENCH_USAGE"], "w") as file:
        json.dump([[used.ru_utime + used.ru_stime, used.ru_maxrss / 1024] for used in (own, children)], file)
"""

_LEFT_OUT = ("MIGCARDS_", "OMP_", "OPENBLAS_")
"""Beginnings of the variables that a command is not to inherit."""

LOG, USAGE, STORE = "log", "usage", "cards.db"

DONE = (0, 7)
"""Exit codes of a run that came to its end; with 7 some sheets were refused."""


@dataclass(frozen=True)
class TimedRun:
    """What one run took.

    Attributes
    ----------
    cards
        Pages read or refused.
    seconds
        From the start of the command to its end.
    stages
        Milliseconds by stage, all pages together.
    saving_cpu_s, reading_cpu_s
        Processor seconds of the process that saves, and of all that read.
    saving_mb, reading_mb
        Peak memory of the process that saves, and of the largest that reads.
    store_bytes
        Size of the database.
    """

    cards: int
    seconds: float
    stages: Mapping[str, float]
    saving_cpu_s: float
    reading_cpu_s: float
    saving_mb: float
    reading_mb: float
    store_bytes: int


def timed_run(scans: Path, workers: int, code: Path) -> TimedRun:
    """Run the command of a checkout over a file or folder.

    Parameters
    ----------
    workers
        Processes that read.
    code
        Root of the checkout.

    Raises
    ------
    SystemExit
        The command failed; what it printed stands above.
    """
    with tempfile.TemporaryDirectory() as temp:
        began = perf_counter()
        run = start(scans, workers, code, Path(temp))
        said, _ = run.communicate()
        seconds = perf_counter() - began
        if run.returncode not in DONE:
            raise SystemExit(f"migcards run ended with exit status {run.returncode}.")
        (saving, reading), tally = json.loads((Path(temp) / USAGE).read_text()), json.loads(said)
        size = store_bytes(Path(temp))
        stages = _stages(Path(temp) / LOG)
        return TimedRun(tally["sheets"], seconds, stages, saving[0], reading[0], saving[1], reading[1], size)


def start(scans: Path, workers: int, code: Path, folder: Path) -> subprocess.Popen[str]:
    """Start the command of a checkout over a file or folder; store, log and usage go to `folder`."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
    environment = others | {
        "PYTHONPATH": str(code),
        "MIGCARDS_DATABASE": f"sqlite:///{folder / STORE}",
        "MIGCARDS_WORKERS": str(workers),
        "BENCH_USAGE": str(folder / USAGE),
    }
    command = [sys.executable, "-c", _LAUNCHER, "--log", str(folder / LOG), "run", str(scans.absolute()), "--json"]
    return subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.PIPE, text=True)


def store_bytes(folder: Path) -> int:
    """Size of the database with all its files."""
    return sum(path.stat().st_size for path in folder.glob(f"{STORE}*"))


def _stages(log: Path) -> dict[str, float]:
    total: defaultdict[str, float] = defaultdict(float)
    with log.open(encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            if line["event"] == "stage":
                total[line["stage"]] += line["ms"]
    return dict(total)
