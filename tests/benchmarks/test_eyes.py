"""The simulation itself: what it draws, and that its intervals hold what it knows."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.eyes.coverage import Design, simulate
from benchmarks.eyes.donors import Donor, record_of
from benchmarks.eyes.effort import keyed_all, keyed_to
from benchmarks.eyes.population import accepted_of, audited, made, sampled, truly
from benchmarks.eyes.readers import READERS, stopped
from benchmarks.eyes.tables import DonorTable, donor_table
from ocr.forms.codebook import Purpose
from reports.levels import LEVELS
from reports.period import Period, parse_period
from reports.shape import TableShape
from store.engine import open_store
from store.records import cards_now
from store.tables import Card
from tests.store.test_cards import save
from tests.store.test_doubts import doubtful

YEAR: Period = parse_period("2016")
DEPARTED = TableShape((LEVELS["region"],), (), {"direction": "D"})
ALL = {"region": np.inf, "crossing_date": np.inf}


@pytest.fixture(scope="module")
def donors() -> list[Donor]:
    """Cards whose region the machine gives 0.7, rightly so, and of which people keyed region and district."""
    session, rng = Session(open_store("sqlite://")), np.random.default_rng(3)
    for n in range(1, 61):
        reads = (("TJ-SU", 0.7), ("TJ-KT", 0.3)) if n % 2 else (("TJ-KT", 0.7), ("TJ-RA", 0.3))
        save(session, doubtful(n, reads={"residence_region": reads, "residence_district": (("?", 0.5),)}))
    found = []
    for card in cards_now(session, session.scalars(select(Card.id)).all(), lock=False):
        codes = [code for code, _ in card.readings["residence_region"].candidates]
        true = {name: reading.value or "" for name, reading in card.readings.items()}
        true |= {"residence_region": str(rng.choice(codes, p=(0.7, 0.3))), "residence_district": "?"}
        row, keys = record_of(card.form, true), {"residence_region": 1, "residence_district": 2}
        found.append(Donor("made up", card.form, card.readings, card.doubts, row, row, keys, frozenset()))
    return found


@pytest.fixture(scope="module")
def table(donors: list[Donor]) -> DonorTable:
    return donor_table(donors, DEPARTED, YEAR)


def test_where_all_is_keyed_nothing_is_left_to_estimate(table: DonorTable) -> None:
    population = made(np.random.default_rng(1), [1 / 60] * 60, 500)
    sample = sampled(table, population, ALL, 0.0)
    assert sample.cards.complete.all() and sample.cards.cells == pytest.approx(truly(table, population, keyed=True))


def test_where_nothing_is_keyed_the_machine_alone_speaks(table: DonorTable) -> None:
    population = made(np.random.default_rng(1), [1 / 60] * 60, 500)
    sample = sampled(table, population, {}, 0.0)
    assert not sample.cards.complete.any() and sample.cards.cells.sum() == pytest.approx(500)


def test_intervals_hold_what_is_so_with_every_reader(donors: list[Donor]) -> None:
    for reader in READERS.values():
        judged = reader(donors)
        one = donor_table(judged, DEPARTED, YEAR)
        design = Design([1 / 60] * 60, 1500, {"region": 0.4}, partial(audited, accepted_of(judged, one.columns)))
        tally = simulate({"T": one}, design, 120, seed=5)["T"]
        assert 0.9 <= tally.coverage[0] <= 1.0 and tally.coverage[1] >= tally.coverage[0]
        assert np.abs(tally.bias).max() < 0.35, "chance alone makes a tenth"


def test_a_reader_that_was_stopped_leaves_doubts_and_errors_behind(donors: list[Donor]) -> None:
    sure = [replace(donor, doubts=[]) for donor in donors]
    judged, shares = stopped(sure, before=0.12, wrong=0.03)
    before, wrong, after = judged[:60], judged[60:120], judged[120:]
    assert [donor.keyed for donor in before] == [donor.keyed for donor in sure]
    assert all(one.keyed["region"] != donor.true["region"] for one, donor in zip(wrong, sure, strict=True))
    for donor in after:
        own = donor.readings["residence_region"].value == donor.keyed["region"]
        assert [doubt.column for doubt in donor.doubts] == ["region"] * own, "or it follows from what stands elsewhere"
    assert sum(shares[:60]) == pytest.approx(0.12 * 0.97) and sum(shares) == pytest.approx(1)


def test_keys_are_counted_as_they_are_drawn(donors: list[Donor]) -> None:
    everything = keyed_all(donors, *Purpose)
    assert everything.keys == 3 and everything.wrong == 0
    assert keyed_to(donors, ALL) == 1, "nobody asked for districts"
    assert keyed_to(donors, ALL | {"district": np.inf}) == 3
    assert 0 < keyed_to(donors, {"region": 0.2}) < keyed_to(donors, {"region": 0.5}) < 1
