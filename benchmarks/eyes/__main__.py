"""What people key, what remains wrong, and what margins are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import click
import numpy as np
from numpy.random import Generator

from benchmarks.eyes.coverage import Design, Tally, simulate
from benchmarks.eyes.donors import Donor, donors_from
from benchmarks.eyes.effort import goal_tables, keyed_all, keyed_to, levels_for
from benchmarks.eyes.population import Population, accepted_of, audited, sampled
from benchmarks.eyes.readers import READERS, stopped
from benchmarks.eyes.tables import donor_table, standard_tables
from estimation.accepted import accepted_error
from ocr.forms.codebook import Purpose, Role, codebook
from reports.goals import goal_dimensions
from reports.levels import LEVELS
from reports.period import Period
from reports.shape import TableShape
from review.assignment.goals import USUAL_S
from store.audits import AuditOutcome

TODAY = date(2026, 11, 30)
SIZES = (10_000, 100_000, 1_300_000)
GOALS: Mapping[str, Mapping[str, float]] = {
    "regions within 1 %, major groups 3 %": {"region": 0.01, "occupation_major": 0.03},
    "every goal there is within 3 %": dict.fromkeys(goal_dimensions(), 0.03),
    "every goal there is within 1 %": dict.fromkeys(goal_dimensions(), 0.01),
}
PROMISED = 0.0014
"""Share of the accepted values that may be wrong."""
LEVEL = 0.3
"""Up to which everything is keyed where intervals are judged."""


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--runs", default=1000, show_default=True, help="Populations for each reader and level.")
@click.option("--cards", default=2_000, show_default=True, help="Cards of these populations.")
@click.option("--seed", default=1, show_default=True)
def main(folders: tuple[Path, ...], runs: int, cards: int, seed: int) -> None:
    """Simulate on populations made of the labelled scans in FOLDERS; several kinds of hands, one folder each."""
    donors = donors_from(folders, TODAY, seed)
    period = _period(donors)
    click.echo(f"{len(donors)} donors; {period.start} to {period.end}")
    effort(donors, period)
    for name, reader in READERS.items():
        judged = reader(donors)
        tables = standard_tables(judged, period)
        columns = {column for table in tables.values() for column in table.columns}
        levels, accepted = dict.fromkeys(columns, LEVEL), partial(audited, accepted_of(judged, columns))
        design = Design([1 / len(judged)] * len(judged), cards, levels, accepted)
        show(f"reader {name}, keyed up to {LEVEL}", simulate(tables, design, runs, seed))
    stop(donors, period, runs, cards, seed)


def _known(error: float, columns: Sequence[str], cards: int, chance: Generator) -> float:
    return error


def _period(donors: Sequence[Donor]) -> Period:
    """The years from the first to the last true day of crossing."""
    day = codebook().column_of(Role.CROSSING_DATE)
    days = [donor.true[day] for donor in donors if donor.true[day]]
    return Period(date(min(days).year, 1, 1), date(max(days).year, 12, 31))


def effort(donors: Sequence[Donor], period: Period) -> None:
    """Print what people key, by kind of hand, and what remains wrong."""
    kinds = sorted({donor.kind for donor in donors})
    groups = {"all": donors} | {kind: [donor for donor in donors if donor.kind == kind] for kind in kinds}
    click.echo(
        f"\n{'hands':10}{'asked':46}{'keys a card':>12}{'hours a million':>17}{'wrong':>14}{'fields':>8}{'share':>9}"
    )
    for kind, group in groups.items():
        for words, purposes in (("every field", tuple(Purpose)), ("what enters tables", (Purpose.TABLES,))):
            one = keyed_all(group, *purposes)
            wrong = f"{one.wrong:>14}{one.fields:>8}{one.wrong / one.fields:>9.3%}"
            click.echo(_line(kind, words, one.keys) + wrong)
    for kind, group in groups.items():
        tables = goal_tables(group, period)
        each = Population(np.arange(len(group)), np.full(len(group), 0.5))
        found = {key: (table, table.estimates(sampled(table, each, {}, 0.0))) for key, table in tables.items()}
        for cards in SIZES:
            for words, goals in GOALS.items():
                levels = levels_for(found, goals, cards / len(group), PROMISED)
                click.echo(_line(kind, f"{words}, of {cards:,} cards", keyed_to(group, levels)))


def _line(kind: str, words: str, keys: float) -> str:
    return f"{kind:10}{words:46}{keys:>12.2f}{keys * USUAL_S * 1_000_000 / 3600:>17,.0f}"


def show(title: str, tallies: dict[str, Tally]) -> None:
    """Print how true intervals are."""
    click.echo(
        f"\n{title}\n{'':6}{'numbers':>9}{'hold keyed':>12}{'worst':>8}{'hold truth':>12}{'bias':>8}{'largest':>9}"
    )
    for name, one in tallies.items():
        keyed, true = one.coverage
        bias = np.abs(one.bias)
        most = f"{bias.mean():>8.3f}{bias.max():>9.3f}" if len(bias) else ""
        click.echo(f"{name:6}{(one.size > 0).sum():>9}{keyed:>12.1%}{one.worst:>8.1%}{true:>12.1%}{most}")


def stop(donors: Sequence[Donor], period: Period, runs: int, cards: int, seed: int) -> None:
    """Print what becomes of the regions where their reader was stopped."""
    judged, shares = stopped(donors, before=0.12, wrong=0.03)
    table = donor_table(judged, TableShape((LEVELS["region"],), (LEVELS["direction"],), {}), period)
    levels = dict.fromkeys(table.columns, LEVEL)
    error = accepted_error([AuditOutcome(118, 4, PROMISED)])
    design = Design(shares, cards, levels, partial(_known, error))
    show(
        "region: its reader stopped, 3 % of what it accepted before wrong", simulate({"T2": table}, design, runs, seed)
    )


if __name__ == "__main__":
    main()
