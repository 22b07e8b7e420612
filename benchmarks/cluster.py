"""`python -m benchmarks.cluster`: machines that are killed again and again; is anything lost, or anything twice?

The same cards are read by `migcards run` on this machine, unbroken, and by `migcards run --cluster` on machines of
which one is killed and started anew every so many seconds. Both databases must hold the same.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from time import monotonic

import click
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from benchmarks.cards import make_cards
from benchmarks.soak_files import made_files
from benchmarks.timed_run import DONE
from store.tables import Card, Reading, Record, Scan

HERE = Path(__file__).parents[1]
_PROGRAM = [sys.executable, "-c", "from migcards.cli import main; main()"]


class LocalMachines:
    """The scheduler and the machines, all on this computer."""

    def __init__(self, machines: int, cores: int = 1) -> None:
        self.cores = cores
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        host, _, port = self.address.partition(":")
        options = ("--host", host, "--port", port, "--no-dashboard")
        self.scheduler = _quiet([sys.executable, "-m", "distributed.cli.dask_scheduler", *options])
        self.machines = [self._machine() for _ in range(machines)]
        self.killed = 0

    def kill_next(self, which: int) -> None:
        """Kill a machine with all its processes and start it anew."""
        self.machines[which].send_signal(signal.SIGKILL)
        self.machines[which].wait()
        self.machines[which] = self._machine()
        self.killed += 1

    def stop(self) -> None:
        """End it all."""
        for process in (*self.machines, self.scheduler):
            process.kill()
            process.wait()

    def _machine(self) -> subprocess.Popen[bytes]:
        return _quiet([*_PROGRAM, "worker", self.address], MIGCARDS_WORKERS=str(self.cores))


@click.command()
@click.option("--cards", type=click.IntRange(2), default=2000, show_default=True, help="Cards to read.")
@click.option("--machines", type=click.IntRange(1), default=2, show_default=True, help="Of one core each.")
@click.option("--kill-every", type=click.FloatRange(1), default=60.0, show_default=True, help="Seconds.")
@click.option("--database", help="An empty PostgreSQL database that the cluster's run writes to, instead of SQLite.")
@click.option(
    "--different", type=click.IntRange(1), default=60, show_default=True, help="Generated cards they come from."
)
def main(cards: int, machines: int, kill_every: float, database: str | None, different: int) -> None:
    """Read many cards on machines that die; exit status 1 where what is kept differs from an unbroken run."""
    with made_files(make_cards("straight", different), cards) as scans, tempfile.TemporaryDirectory() as temp:
        alone, many = f"sqlite:///{temp}/alone.db", database or f"sqlite:///{temp}/many.db"
        unbroken_s, _ = _read(scans, alone, workers=machines)
        centre = LocalMachines(machines)
        try:
            with _every(kill_every, centre):
                seconds, said = _read(scans, many, "--cluster", centre.address)
        finally:
            centre.stop()
        faults = differences(alone, many)
    click.echo(f"unbroken, {machines} processes: {cards / unbroken_s:.1f} cards a second")
    click.echo(f"{machines} machines, {centre.killed} killed: {cards / seconds:.1f} cards a second")
    click.echo(said)
    click.echo("\n".join(faults) or "nothing lost, nothing twice, every reading the same")
    sys.exit(1 if faults else 0)


def differences(one: str, other: str) -> list[str]:
    """What two databases do not have in common, in words."""
    found = []
    for what, held in (("scans", _scans), ("records", _records), ("readings", _readings)):
        first, second = (_in(url, held) for url in (one, other))
        if first != second:
            lost, more = len(first - second), len(second - first)
            found.append(f"{what}: {lost} of {len(first)} only unbroken, {more} of {len(second)} only on the cluster")
    for url in (one, other):
        with _session(url) as session:
            rows, pages = session.execute(select(func.count(), func.count(func.distinct(Card.scan_id)))).one()
            if rows != pages:
                found.append(f"{rows - pages} cards twice in {url}")
    return found


def _in(url: str, held: Callable[[Session], set[object]]) -> set[object]:
    with _session(url) as session:
        return held(session)


def _scans(session: Session) -> set[object]:
    return {tuple(row) for row in session.execute(select(Scan.sha256, Scan.page, Scan.outcome))}


def _records(session: Session) -> set[object]:
    columns = [column for column in Record.__table__.columns if not column.name.endswith("_id") and column.name != "id"]
    query = select(Scan.sha256, *columns).join(Card, Card.scan_id == Scan.id).join(Record, Record.card_id == Card.id)
    return {tuple(map(str, row)) for row in session.execute(query)}


def _readings(session: Session) -> set[object]:
    columns = (Reading.field, Reading.edition, Reading.state, Reading.value, Reading.score, Reading.review)
    query = select(Scan.sha256, *columns).join(Card, Card.scan_id == Scan.id).join(Reading, Reading.card_id == Card.id)
    return {tuple(map(str, row)) for row in session.execute(query)}


def _session(url: str) -> Session:
    return Session(create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1)))


def _read(scans: Path, database: str, *options: str, workers: int = 1) -> tuple[float, str]:
    """Seconds that a run takes, and what it says beside its summary."""
    began = monotonic()
    command = [*_PROGRAM, "run", str(scans), "--json", "--lang", "en", *options]
    environment = _environment(MIGCARDS_DATABASE=database, MIGCARDS_WORKERS=str(workers))
    done = subprocess.run(command, env=environment, cwd=scans.parent, capture_output=True, text=True, check=False)
    if done.returncode not in DONE:
        raise SystemExit(f"migcards run ended with exit status {done.returncode}: {done.stderr}")
    return monotonic() - began, done.stderr.strip()


def _every(seconds: float, centre: LocalMachines) -> ExitStack:
    """While it is entered machines are killed in turn."""
    ended, stack = threading.Event(), ExitStack()

    def kill() -> None:
        for which in cycle(range(len(centre.machines))):
            if ended.wait(seconds):
                return
            centre.kill_next(which)

    killer = threading.Thread(target=kill)
    stack.callback(killer.join)
    stack.callback(ended.set)
    killer.start()
    return stack


def _quiet(command: list[str], **variables: str) -> subprocess.Popen[bytes]:
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, env=_environment(**variables), cwd=HERE, stdout=nowhere, stderr=nowhere)


def _environment(**variables: str) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(HERE)} | variables


if __name__ == "__main__":
    main()
