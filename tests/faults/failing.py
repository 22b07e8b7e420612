"""`python -m tests.faults.failing`: disks and databases that fail in the midst of a run.

Whatever fails, the command says one sentence and ends with exit status 6, nothing half is kept, and once the cause is
removed the same command leaves what a run leaves that nothing happened to.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import click

from ocr.errors import StoreError
from tests.faults import disks
from tests.faults.box import fill
from tests.faults.commands import DONE, Ended
from tests.faults.kills import databases, unbroken
from tests.faults.trials import NEED_DISKS, TRIALS, Bench


@click.command()
@click.option("--share", default=1.0, show_default=True, help="Of all trials.")
@click.option("--seed", default=1, show_default=True, help="Of the moments.")
@click.option("--only", multiple=True, help="Trials whose name begins so.")
def main(share: float, seed: int, only: tuple[str, ...]) -> None:
    """Let disks and databases fail; exit status 1 where a run says or leaves anything else than it should."""
    faults: list[str] = []
    began = monotonic()
    with bench_of(seed) as bench:
        mounts = disks.can_mount(bench.folder)
        click.echo(f"{'':24}{'trials':>8}{'exit 6':>8}{'done':>8}")
        for name, (database, full, trial) in TRIALS.items():
            chosen = not only or name.startswith(only)
            if not chosen or database not in bench.databases or (trial in NEED_DISKS and not mounts):
                continue
            count = max(2, round(full * share)) if full > 1 else int(share)
            ends = []
            for n in range(count):
                ended, wrong = trial(bench, database, n, count)
                ends.append(ended.status)
                faults += [f"{name}, {n} of {count}: {fault}" for fault in [*_wrongly_said(ended), *wrong]]
            done = sum(status in DONE for status in ends)
            click.echo(f"{name:24}{count:>8}{ends.count(StoreError.exit_code):>8}{done:>8}")
    click.echo("\n".join([*faults, f"{monotonic() - began:.0f} s, {len(faults)} faults"]))
    sys.exit(1 if faults else 0)


def _wrongly_said(ended: Ended) -> Iterator[str]:
    if ended.status in DONE and not ended.said:
        return  # it was over, or there was room enough
    lines = ended.said.splitlines()
    if ended.status != StoreError.exit_code or len(lines) != 1 or not lines[0].startswith("migcards: "):
        yield f"exit status {ended.status}, {ended.said}"


@contextmanager
def bench_of(seed: int) -> Iterator[Bench]:
    """All that trials need, for a while."""
    with tempfile.TemporaryDirectory(prefix="failing") as temp, databases(Path(temp)) as (made, server):
        folder = Path(temp)
        folder.chmod(0o755)
        scans = fill(folder / "box")
        whole = {name: unbroken(folder / f"unbroken_{name}", scans, one) for name, one in made.items()}
        yield Bench(scans, folder, made, whole, random.Random(seed), server)


if __name__ == "__main__":
    main()
