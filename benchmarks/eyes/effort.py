"""How many fields people key on a card, and how many of them are wrong in the end, by what is asked of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.eyes.donors import Donor
from benchmarks.eyes.tables import DonorTable, donor_table
from ocr.forms.codebook import Purpose
from reports.estimated import Estimates
from reports.goals import SMALL, goal_dimensions, needed_level
from reports.levels import LEVELS, MISSING
from reports.period import Period
from reports.shape import TableShape
from store.doubts import sources

SIDES = ("D", "A")


@dataclass(frozen=True)
class Effort:
    """Keys a card, and the errors among the fields that are settled so."""

    keys: float
    wrong: int
    fields: int


def keyed_all(donors: Sequence[Donor], *purposes: Purpose) -> Effort:
    """What it takes to key all fields in doubt that serve some purposes."""
    keys = wrong = fields = 0
    for donor in donors:
        names = donor.fields(*purposes)
        keys += sum(donor.keys.get(name, 0) for name in names if not donor.readings[name].stands)
        wrong += len(donor.errors.intersection(names))
        fields += len(names)
    return Effort(keys / len(donors), wrong, fields)


def keyed_to(donors: Sequence[Donor], levels: Mapping[str, float]) -> float:
    """Keys a card where each variable is keyed up to its level."""
    return float(np.mean([sum(_expected(donor, levels)) for donor in donors]))


def _expected(donor: Donor, levels: Mapping[str, float]) -> Iterable[float]:
    """Expected keys of each field: drawn by the largest doubt it takes part in, up to the highest level it serves."""
    size: defaultdict[str, float] = defaultdict(float)
    level: defaultdict[str, float] = defaultdict(float)
    for doubt in donor.doubts:
        for name in doubt.fields:
            size[name] = max(size[name], doubt.size)
    for column, names in sources(donor.form).items():
        for name in names:
            level[name] = max(level[name], levels.get(column, 0.0))
    return (min(1.0, level[name] * size[name]) * donor.keys.get(name, 0) for name in size)


def goal_tables(donors: Sequence[Donor], period: Period) -> dict[tuple[str, str], DonorTable]:
    """The tables of all goals there are, by dimension and direction."""
    return {
        (name, side): donor_table(donors, TableShape((LEVELS[name],), (), {"direction": side}), period)
        for name in goal_dimensions()
        for side in SIDES
    }


def levels_for(
    tables: Mapping[tuple[str, str], tuple[DonorTable, Estimates]],
    goals: Mapping[str, float],
    copies: float,
    wrong: float,
) -> dict[str, float]:
    """The level of each variable at which all goals are met, where keying can meet them.

    Parameters
    ----------
    goals
        Within which share all codes of a dimension are to be.
    copies
        How many cards of the population there are for each donor.
    wrong
        `TwoPhase.accepted_error`.

    Notes
    -----
    Counts grow as the copies do, deviations as their root: so donors with limits, and a share of errors that no
    drawing mends, that are larger by the root stand for the whole.
    """
    levels: defaultdict[str, float] = defaultdict(float)
    for (dimension, _), (table, found) in tables.items():
        pairs = [pair for pair in found.pairs if pair[0] and pair[0][0] not in MISSING]
        if dimension not in goals or not pairs:
            continue
        of = found.columns(pairs)
        whole = found.count(((), ())).estimate
        counts = np.array([max(found.count(pair).estimate, SMALL * whole) for pair in pairs])
        limits = np.maximum(1.0, goals[dimension] * counts * copies) / copies**0.5
        level = needed_level(replace(found.cards, accepted_error=wrong * copies**0.5), of, limits)
        for column in table.columns:
            levels[column] = max(levels[column], level)
    return dict(levels)
