"""Ways in which disks and databases fail in the midst of a run, each with what is to be right afterwards."""

from __future__ import annotations

import os
import random
import resource
import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from select import select
from subprocess import PIPE, Popen
from typing import TypeAlias

from store import engine
from tests.faults import disks, moments
from tests.faults.box import FILES
from tests.faults.commands import DONE, Ended, Place, nothing, run, start, wait
from tests.faults.content import content, differences
from tests.faults.kills import LINE_PHASES, Database, Unbroken
from tests.faults.moments import Moment
from tests.postgres_server import PostgresServer

BUSY_S = 0.3
"""Instead of half a minute, for which a run waits for a database that is locked."""


@dataclass(frozen=True)
class Bench:
    """What trials need: a box, an empty folder, databases and what a run leaves in each that nothing happens to."""

    scans: Path
    folder: Path
    databases: dict[str, Database]
    whole: dict[str, Unbroken]
    rng: random.Random
    server: PostgresServer | None

    def place(self, database: str, name: str, beneath: Path | None = None) -> Place:
        """A new place with an empty store."""
        folder = (beneath or self.folder) / name
        folder.mkdir()
        return Place(folder, self.scans, self.databases[database].new(folder))


Trial: TypeAlias = Callable[[Bench, str, int, int], tuple[Ended, list[str]]]
"""The n-th trial of so many: how the command ended that something failed for, and how the store differs in the end."""


def disk_full(bench: Bench, database: str, n: int, of: int) -> tuple[Ended, list[str]]:
    """Database and archive lie on a disk that has less room than they need."""
    disk = bench.folder / f"disk{n}"
    with disks.small(disk):
        place = replace(bench.place(database, f"run{n}", disk), beside=bench.folder)
        disks.leave(disk, 20 + 950 * n // of)
        ended = run(place)
        disks.enlarge(disk)
        return ended, _mended(bench, database, place)


def postgres_disk_full(bench: Bench, database: str, n: int, of: int) -> tuple[Ended, list[str]]:
    """The tables lie on a disk that has less room than they need."""
    assert bench.server is not None
    disk, name = bench.folder / f"space{n}", f"space{n}"
    with disks.small(disk), ExitStack() as later:
        shutil.chown(disk, "postgres")
        bench.server.command(f"CREATE TABLESPACE {name} LOCATION '{disk}'")
        later.callback(bench.server.command, f"DROP TABLESPACE {name}")
        folder = bench.folder / f"run{n}"
        folder.mkdir()
        bench.server.command(f"CREATE DATABASE {name} TEMPLATE migrated TABLESPACE {name}")
        later.callback(bench.server.command, f"DROP DATABASE {name} WITH (FORCE)")
        place = Place(folder, bench.scans, bench.server.address(name))
        disks.leave(disk, 10 + 640 * n // of)
        ended = run(place)
        disks.enlarge(disk)
        return ended, _mended(bench, database, place)


def file_too_large(bench: Bench, database: str, n: int, of: int) -> tuple[Ended, list[str]]:
    """No file may grow beyond a size."""
    place = bench.place(database, f"large{n}")
    size = 2000 + 400_000 * n // of

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return run(place, limited), _mended(bench, database, place)


def disk_failing(bench: Bench, database: str, n: int, of: int) -> tuple[Ended, list[str]]:
    """Database and archive lie on a disk that fails to write, and then comes back with what it had written."""
    below, disk = bench.folder / f"below{n}", bench.folder / f"failing{n}"
    with disks.small(below):
        with disks.failing(disk, below):
            place = replace(bench.place(database, "run", disk), beside=bench.folder)
            disks.leave(below, 20 + 1000 * n // of)
            ended = run(place)
        disks.enlarge(below)
        with disks.failing(disk, below):
            return ended, _mended(bench, database, place)


def read_only_disk(bench: Bench, database: str, n: int, of: int) -> tuple[Ended, list[str]]:
    """Database and archive lie on a disk that takes no writing."""
    disk = bench.folder / f"readonly{n}"
    with disks.small(disk):
        place = replace(bench.place(database, "run", disk), beside=bench.folder)
        if n % 2:
            engine.open_store(place.url).dispose()
        disks.write_protect(disk)
        ended = run(place)
        disks.enlarge(disk)
        return ended, _mended(bench, database, place)


def locked(bench: Bench, database: str, n: int, of: int) -> tuple[Ended, list[str]]:
    """Another program holds the database for longer than a run waits."""
    place, holders = bench.place(database, f"locked{n}"), list[Popen[str]]()

    def shorter() -> None:
        engine.BUSY_SECONDS = BUSY_S  # type: ignore[assignment]

    moment = Moment("looking" if n % 2 else "reading", 1 + (FILES - 1) * n // of)
    ended = met(place, moment, lambda: holders.append(_holder(place, 60)), shorter)
    for holder in holders:
        holder.kill()
        holder.communicate()
    return ended, _mended(bench, database, place)


def locked_long(bench: Bench, database: str, n: int, of: int) -> tuple[Ended, list[str]]:
    """Another program holds the database for 40 seconds, of which a run waits 30."""
    place = bench.place(database, f"long{n}")
    return met(place, Moment("reading", 10), lambda: _holder(place, 40)), _mended(bench, database, place)


def _holder(place: Place, seconds: int) -> Popen[str]:
    """A program that holds the database; no thread of this one, for what it forks takes its locks for own."""
    code = (
        "import sqlite3, sys, time; other = sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None); "
        "other.execute('BEGIN IMMEDIATE'); print(flush=True); time.sleep(float(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(place.folder / "cards.db"), str(seconds)]
    holder = Popen(command, stdout=PIPE, text=True)
    assert holder.stdout is not None
    holder.stdout.readline()
    return holder


def stopped(bench: Bench, database: str, n: int, of: int) -> tuple[Ended, list[str]]:
    """The server is stopped as a loss of power does, and started again afterwards."""
    assert bench.server is not None
    place = bench.place(database, f"stopped{n}")
    ended = met(place, _any_moment(bench, database, n), bench.server.stop)
    with suppress(Exception):
        bench.server.start()
    return ended, _mended(bench, database, place)


def cut(bench: Bench, database: str, n: int, of: int) -> tuple[Ended, list[str]]:
    """The server ends the connections."""
    assert bench.server is not None
    place = bench.place(database, f"cut{n}")
    name = place.url.partition("@/")[2].partition("?")[0]
    command = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    ended = met(place, _any_moment(bench, database, n), partial(bench.server.command, command))
    return ended, _mended(bench, database, place)


def met(place: Place, moment: Moment, action: Callable[[], object], before: Callable[[], object] = nothing) -> Ended:
    """A run in which something is done at a moment while it stands still."""
    (heard, tells), (waits, goes) = os.pipe(), os.pipe()

    def prepared() -> None:
        before()
        os.close(heard)
        os.close(goes)
        moments.arm(moment, place.said_in / "token", lambda: (os.write(tells, b"."), os.read(waits, 1)))
        if moment.phase in LINE_PHASES:
            moments.count_lines()

    pid = start(place, prepared)
    os.close(tells)
    os.close(waits)
    select([heard], [], [], 120.0)
    if os.read(heard, 1):
        action()
    os.close(goes)
    ended = wait(place, pid)
    os.close(heard)
    return ended


def _any_moment(bench: Bench, database: str, n: int) -> Moment:
    if n % 3 == 0:
        return Moment("reading", bench.rng.randint(1, FILES // 2))
    return Moment("saving", bench.rng.randint(1, bench.whole[database].lines["saving"] * 3 // 4))


def _mended(bench: Bench, database: str, place: Place) -> list[str]:
    """Run the command again; what is wrong then."""
    ended = run(place)
    if ended.status not in DONE or ended.said:
        return [f"the second run: exit status {ended.status}, {ended.said}"]
    return differences(content(place.url, place.archive), bench.whole[database].content)


TRIALS: dict[str, tuple[str, int, Trial]] = {
    "disk full": ("sqlite", 20, disk_full),
    "file too large": ("sqlite", 10, file_too_large),
    "disk failing (EIO)": ("sqlite", 10, disk_failing),
    "disk read-only": ("sqlite", 2, read_only_disk),
    "locked": ("sqlite", 10, locked),
    "locked for 40 s": ("sqlite", 1, locked_long),
    "disk of tables full": ("postgres", 10, postgres_disk_full),
    "server stopped": ("postgres", 10, stopped),
    "connections cut": ("postgres", 10, cut),
}
NEED_DISKS = (disk_full, disk_failing, read_only_disk, postgres_disk_full)
