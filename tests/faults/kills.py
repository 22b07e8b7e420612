"""`python -m tests.faults.kills`: kill runs at seeded moments, run them again, and compare with a run never broken.

Of each run that is struck all processes are killed at once, or the parent alone, or one worker: while files are looked
into, pages read, saved or archived; in every second one the process waits at its moment to be killed, in the others it
goes on meanwhile. Then the same command is run again, some of them to be killed again.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import cycle, product
from pathlib import Path
from select import select
from time import monotonic
from typing import Any, Literal, TypeAlias

import click

from store.engine import open_store
from tests.faults import moments
from tests.faults.box import FILES, fill
from tests.faults.commands import DONE, Place, all_gone, children, run, start, wait
from tests.faults.content import content, differences
from tests.faults.moments import Moment, Phase
from tests.postgres_server import PostgresServer, binaries, throwaway

Victim: TypeAlias = Literal["group", "parent", "worker"]
PHASES: tuple[Phase, ...] = ("looking", "reading", "saving", "archiving")
SAMPLES = Path(__file__).parents[2] / "fixtures" / "samples"
LINE_PHASES: tuple[Phase, ...] = tuple(dict.fromkeys(moments.LINES_OF.values()))
VICTIMS: tuple[Victim, ...] = ("group", "parent", "worker")
AGAIN = 0.25
"""Share of the runs after a kill that are killed, too."""


@dataclass(frozen=True)
class Database:
    """How an empty store is made for a run that keeps its things in a folder, and removed."""

    new: Callable[[Path], str]
    drop: Callable[[Path], object]


@dataclass(frozen=True)
class Unbroken:
    """What a run that nothing happens to leaves, and how many lines it passes."""

    content: dict[str, Any]
    lines: Mapping[Phase, int]


@dataclass(frozen=True)
class Kill:
    """Who is killed, and when."""

    victim: Victim
    moment: Moment
    stays: bool


@click.command()
@click.option("--kills", default=240, show_default=True, help="Kills that are to hit runs over the made-up box.")
@click.option("--real", default=12, show_default=True, help="Kills that are to hit runs which really read scans.")
@click.option("--seed", default=1, show_default=True, help="Of the moments.")
def main(kills: int, real: int, seed: int) -> None:
    """Kill runs; exit status 1 where one of them leaves another store than a run that is not broken off."""
    faults, rng = list[str](), random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="kills") as temp, databases(Path(temp)) as (made, _):
        if kills:
            faults += campaign(Path(temp) / "made_up", made, PHASES, kills, rng)
        if real:
            faults += campaign(Path(temp) / "real", made, LINE_PHASES, real, rng)
    sys.exit(1 if faults else 0)


def campaign(
    temp: Path, made: Mapping[str, Database], phases: tuple[Phase, ...], kills: int, rng: random.Random
) -> list[str]:
    """Kill runs until so many kills have hit, and print their counts; what is wrong."""
    began, hits, faults, real = monotonic(), Counter[tuple[str, ...]](), list[str](), temp.name == "real"
    temp.mkdir()
    scans = _some_samples(temp / "box") if real else fill(temp / "box")
    whole = {name: unbroken(temp / f"{temp.name}_unbroken_{name}", scans, one, real) for name, one in made.items()}
    for n, (database, phase, victim) in enumerate(cycle(product(made, phases, VICTIMS)), 1):
        folder = temp / f"{temp.name}{n:04}"
        folder.mkdir()
        place = Place(folder, scans, made[database].new(folder), real=real)
        hit, found = struck(place, whole[database], partial(seeded, rng, victim, phase, whole[database]), rng)
        hits.update({(database, phase, victim): hit})
        faults += [f"{folder.name} {database} {phase} {victim}: {fault}" for fault in found]
        if not found:
            made[database].drop(folder)
            shutil.rmtree(folder)
        if sum(hits.values()) >= kills or len(faults) > 20:
            break
    click.echo("\n".join([*table(hits), *faults]))
    click.echo(f"{sum(hits.values())} kills in {monotonic() - began:.0f} s, {len(faults)} faults")
    return faults


def _some_samples(folder: Path) -> Path:
    folder.mkdir()
    for path in [
        *sorted(SAMPLES.glob("usual-*.jpg"))[:8],
        SAMPLES / "duplex-departure.tif",
        SAMPLES / "refused-blank.jpg",
    ]:
        shutil.copy(path, folder)
    return folder


def table(hits: Mapping[tuple[str, ...], int]) -> Iterator[str]:
    """Kills that hit, by database, phase and victim."""
    yield f"{'':22}" + "".join(f"{victim:>9}" for victim in VICTIMS)
    for database, phase in dict.fromkeys(key[:2] for key in hits):
        yield f"{database:10}{phase:12}" + "".join(f"{hits.get((database, phase, v), 0):>9}" for v in VICTIMS)


def seeded(rng: random.Random, victim: Victim, phase: Phase, whole: Unbroken) -> Kill:
    """A moment of a phase, any of them as likely."""
    at = rng.randint(1, whole.lines.get(phase, FILES))
    in_parent = phase in whole.lines
    return Kill(victim, Moment(phase, at), rng.random() < 0.5 and not (victim == "worker" and in_parent))


def struck(place: Place, whole: Unbroken, seeded: Callable[[], Kill], rng: random.Random) -> tuple[int, list[str]]:
    """Kill a run, and some of those after it, and run the command to its end; how many kills hit, and what is wrong."""
    hits = 0
    while True:
        kill = seeded()
        hit, status, left = strike(place, kill, rng)
        hits += hit
        if left:
            return hits, [f"{kill}: processes {left} live on"]
        if kill.victim == "worker" and status not in DONE:
            return hits, [f"{kill}: exit status {status}, {(place.folder / 'err').read_text()}"]
        if rng.random() >= AGAIN:
            break
    ended = run(place)
    if ended.status not in DONE or ended.said:
        return hits, [f"{kill}: then exit status {ended.status}, {ended.said}"]
    found = differences(content(place.url, place.archive), whole.content)
    return hits, [f"{kill}: {fault}" for fault in found]


def strike(place: Place, kill: Kill, rng: random.Random) -> tuple[bool, int, list[int]]:
    """One run with a kill: whether it came to it, how the run ended, and processes that live on."""
    heard, tells = os.pipe()

    def before() -> None:
        os.close(heard)
        moments.arm(kill.moment, place.folder / "token", moments.tell(tells, stay=kill.stays))
        if kill.moment.phase in LINE_PHASES:
            moments.count_lines(kill.moment.phase)

    pid = start(place, before)
    os.close(tells)
    there = _hears(heard)
    workers = children(pid)
    if there:
        if kill.victim == "worker" and there == pid:
            _kill(rng.choice(workers) if workers else 0)
        elif kill.victim == "worker":
            _kill(there)
        else:
            for process in [pid, *workers] if kill.victim == "group" else [pid]:
                _kill(process)
    status = wait(place, pid).status
    os.close(heard)
    left = [] if all_gone(workers) else [w for w in workers if Path(f"/proc/{w}").exists()]
    return bool(there), status, left


def _hears(pipe: int) -> int:
    """The id of the process that is there; 0 where the run ends before."""
    select([pipe], [], [], 120.0)
    return int(os.read(pipe, 20).partition(b"\n")[0] or b"0")


def _kill(pid: int) -> None:
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def unbroken(folder: Path, scans: Path, database: Database, real: bool = False) -> Unbroken:
    """A run that nothing happens to."""
    folder.mkdir()
    place = Place(folder, scans, database.new(folder), real=real)
    counts = folder / "lines"
    pid = start(place, moments.count_lines, after=lambda: counts.write_text(json.dumps(moments.lines)))
    ended = wait(place, pid)
    if ended.status not in DONE:
        raise SystemExit(f"The run that nothing happens to ended with exit status {ended.status}: {ended.said}")
    return Unbroken(content(place.url, place.archive), json.loads(counts.read_text()))


@contextmanager
def databases(folder: Path) -> Iterator[tuple[dict[str, Database], PostgresServer | None]]:
    """SQLite, and PostgreSQL with its server where it is installed."""
    template = folder / "template.db"
    open_store(f"sqlite:///{template}").dispose()

    def new(place: Path) -> str:
        shutil.copy(template, place / "cards.db")
        return f"sqlite:///{place / 'cards.db'}"

    sqlite = Database(new, lambda place: None)
    found = binaries()
    if found is None:
        yield {"sqlite": sqlite}, None
        return
    with throwaway(found) as server:
        open_store(server.new("migrated")).dispose()
        postgres = Database(
            lambda place: server.new(_name(place), "migrated"),
            lambda place: server.command(f"DROP DATABASE {_name(place)} WITH (FORCE)"),
        )
        yield {"sqlite": sqlite, "postgres": postgres}, server


def _name(place: Path) -> str:
    return f"run_{place.name}"


if __name__ == "__main__":
    main()
