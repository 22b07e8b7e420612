"""`python -m benchmarks.sleeping`: what the queue itself costs, by jobs that only sleep as long as a card takes.

As they need no processor, one computer stands for many cores: what is lost against perfect sharing is the queue's.
"""

from __future__ import annotations

import time
from functools import partial
from time import perf_counter, process_time

import click

from benchmarks.cluster import LocalMachines
from migcards.cluster.alike import Setup
from migcards.cluster.driver import Cluster
from migcards.cluster.link import link_to
from ocr.extract.network import MODELS
from ocr.forms.definition import FORMS_DIR
from ocr.worker_pool import MEMORY_MB, Crash, JobRunner, Workers

CARD_S = 0.09


def sleep(job: int) -> bytes:
    """As long as a card is read; the answer is as large as a reading."""
    time.sleep(CARD_S)
    return bytes(8000)


@click.command()
@click.option("--seconds", type=click.FloatRange(1), default=20.0, show_default=True, help="Work for each core.")
@click.option("--most", type=click.IntRange(1), default=32, show_default=True, help="Cores at last; doubled from 1 on.")
def main(seconds: float, most: int) -> None:
    """Measure machines of one core, then one pool of processes without a cluster."""
    click.echo(f"{'cores':>6}{'jobs/s':>9}{'of the best':>13}{'driver ms a job':>17}")
    cores = 1
    while cores <= most:
        with Workers(cores, 60.0) as pool:
            _measure("pool", pool, cores, seconds)
        centre = LocalMachines(machines=1, cores=cores)
        try:
            link, setup = link_to(centre.address, None), Setup(FORMS_DIR, MODELS)
            with Cluster(
                link, setup, 60.0, MEMORY_MB, lambda sentence, **values: click.echo(f"{sentence} {values}", err=True)
            ) as cluster:
                _measure("cluster", cluster, cores, seconds)
        finally:
            centre.stop()
        cores *= 2


def _measure(name: str, runner: JobRunner, cores: int, seconds: float) -> None:
    """One line; the processes are up before the clock starts."""
    jobs = round(cores * seconds / CARD_S)
    run = partial(runner.run, work=sleep, on_crash=_failed)
    for _ in run(range(20 * cores)):
        pass
    began, used = perf_counter(), process_time()
    done = sum(1 for _ in run(range(jobs)))
    rate, driver_ms = done / (perf_counter() - began), 1000 * (process_time() - used) / done
    click.echo(f"{cores:>6}{rate:>9.1f}{rate * CARD_S / cores:>13.1%}{driver_ms:>17.2f}  {name}")


def _failed(job: int, crash: Crash) -> bytes:
    raise SystemExit(crash.words)


if __name__ == "__main__":
    from benchmarks.sleeping import main as command  # jobs are named as their module is imported

    command()
