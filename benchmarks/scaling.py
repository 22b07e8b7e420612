"""`python -m benchmarks.scaling`: what bounds many machines, by a simulation of the queue.

Machines read, a driver or several save, the file server sends the originals. Tasks grow and wait as in
`migcards.cluster.window`; what a card costs was measured (docs/scaling.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import product

import click
import numpy as np

from migcards.cluster.window import LARGEST, SHARE, WINDOW


@dataclass(frozen=True)
class Centre:
    """A centre, and what a card costs there.

    Attributes
    ----------
    machines, cores
        Machines, and cores of each.
    drivers
        Runs that save side by side, each with a core of its own.
    read_ms, spread
        Of one core a card, and its standard deviation as a share of it.
    save_ms
        Of a driver a card, in transactions of some dozens.
    task_ms
        Of a driver a task, whatever it holds.
    trip_ms
        From a driver over the scheduler to a machine and back.
    card_kb, server_mb_s
        What the file server sends a card, which is looked into and then read, and what it sends in a second.
    """

    machines: int
    drivers: int = 1
    cores: int = 8
    read_ms: float = 90.0
    spread: float = 0.5
    save_ms: float = 1.4
    task_ms: float = 6.0
    trip_ms: float = 6.0
    card_kb: float = 450.0
    server_mb_s: float = 1000.0


@dataclass(frozen=True)
class Load:
    """Cards a second, and the shares of the time that cores, drivers and the file server are at work."""

    rate: float
    cores: float
    drivers: float
    server: float


class _Station:
    """Does one thing after another."""

    def __init__(self) -> None:
        self.free_at = self.busy = 0.0

    def take(self, now: float, seconds: float) -> float:
        """When a thing that comes now and takes so long is done."""
        self.free_at = max(now, self.free_at) + seconds
        self.busy += seconds
        return self.free_at


class _Queue:
    """A run, event by event. Every core has its places for tasks; a place is filled when its last task is saved."""

    def __init__(self, centre: Centre, cards: int, seed: int) -> None:
        self.centre, self.left, self.taken = centre, cards, 0
        self.rng = np.random.default_rng(seed)
        cores = centre.machines * centre.cores
        self.cores = [_Station() for _ in range(cores)]
        self.drivers = [_Station() for _ in range(centre.drivers)]
        self.server = _Station()
        self.waiting: list[list[int]] = [[] for _ in range(cores)]
        self.reading = [False] * cores
        self.events: list[tuple[float, bool, int, int]] = []  # when, whether it was read, on which core, cards
        self.now = 0.0

    def run(self) -> Load:
        """From the first card to the last."""
        for _, core in product(range(WINDOW), range(len(self.cores))):
            self._send(0.0, core)
        while self.events:
            self.now, read, core, cards = heappop(self.events)
            if read:
                self._save(core, cards)
            else:
                self.waiting[core].append(cards)
            if read or not self.reading[core]:
                self._begin(core)
        end = max(driver.free_at for driver in self.drivers)
        parts = (self.cores, self.drivers, [self.server])
        return Load(self.taken / end, *(sum(one.busy for one in part) / len(part) / end for part in parts))

    def _send(self, now: float, core: int) -> None:
        cards = min(self.left, LARGEST, 1 + self.taken // (SHARE * len(self.cores)))
        self.left -= cards
        self.taken += cards
        if cards:
            heappush(self.events, (now + self.centre.trip_ms / 2000, False, core, cards))

    def _begin(self, core: int) -> None:
        self.reading[core] = bool(self.waiting[core])
        if self.waiting[core]:
            cards, spread = self.waiting[core].pop(0), self.centre.spread**2
            there = self.server.take(self.now, cards * self.centre.card_kb / 1000 / self.centre.server_mb_s)
            seconds = self.rng.gamma(cards / spread, self.centre.read_ms / 1000 * spread)
            heappush(self.events, (self.cores[core].take(there, seconds), True, core, cards))

    def _save(self, core: int, cards: int) -> None:
        driver = self.drivers[core % len(self.drivers)]
        seconds = (self.centre.task_ms + cards * self.centre.save_ms) / 1000
        self._send(driver.take(self.now + self.centre.trip_ms / 2000, seconds), core)


def simulated(centre: Centre, cards: int = 1_000_000, seed: int = 1) -> Load:
    """A run over so many cards, whose times are gamma distributed."""
    return _Queue(centre, cards, seed).run()


@click.command()
@click.option("--cards", type=click.IntRange(1000), default=1_000_000, show_default=True, help="Cards of each run.")
@click.option("--cores", type=click.IntRange(1), default=8, show_default=True, help="Cores of a machine.")
@click.option("--read-ms", default=Centre.read_ms, show_default=True, help="Of a core a card.")
@click.option("--save-ms", default=Centre.save_ms, show_default=True, help="Of a driver a card.")
@click.option("--server-mb-s", default=Centre.server_mb_s, show_default=True, help="Of the file server.")
def main(cards: int, cores: int, read_ms: float, save_ms: float, server_mb_s: float) -> None:
    """Say how many cards a second so many machines read, and what is at work how much of the time."""
    click.echo(f"{'machines':>10}{'drivers':>9}{'cards/s':>10}{'cores':>8}{'drivers':>9}{'server':>8}")
    for machines, drivers in _sizes():
        centre = Centre(machines, drivers, cores, read_ms=read_ms, save_ms=save_ms, server_mb_s=server_mb_s)
        load = simulated(centre, cards)
        shares = f"{load.cores:>8.0%}{load.drivers:>9.0%}{load.server:>8.0%}"
        click.echo(f"{machines:>10}{drivers:>9}{load.rate:>10.0f}{shares}")


def _sizes() -> Iterable[tuple[int, int]]:
    return [(1, 1), (2, 1), (4, 1), (8, 1), (16, 1), (32, 1), (32, 4), (64, 4), (100, 1), (100, 8), (100, 16)]


if __name__ == "__main__":
    main()
