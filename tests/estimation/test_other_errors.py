"""What keying cannot mend is in the margins: accepted values that are wrong, and cards of which nothing was read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from estimation.accepted import accepted_error
from estimation.intervals import count_intervals, difference_margins, ratio_margins
from estimation.two_phase import TwoPhase
from store.audits import AuditOutcome
from tests.estimation.worlds import SHARES, world

CELLS = csr_array(np.eye(len(SHARES)))


def all_keyed(cards: int = 400) -> TwoPhase:
    return world(cards, lambda top, first: top, seed=2).drawn(cards, np.random.default_rng(0))


def test_before_an_audit_the_promise_counts_and_audits_move_it() -> None:
    promised = accepted_error([AuditOutcome(0, 0, 0.003)])
    assert 0.003 < promised < 0.005, "a promise is no measurement"
    assert accepted_error([AuditOutcome(5000, 1, 0.003)]) < promised / 2
    assert accepted_error([AuditOutcome(200, 20, 0.003)]) == pytest.approx(21 / 533, rel=0.05)
    assert accepted_error([AuditOutcome(0, 0, 0.003)] * 2) > 1.4 * promised
    assert accepted_error([]) == 0


def test_wrong_ones_among_accepted_values_widen_what_is_settled() -> None:
    sure, doubtful = all_keyed(), replace(all_keyed(), accepted_error=0.01)
    for one, other, settled in zip(
        count_intervals(sure, CELLS), count_intervals(doubtful, CELLS), sure.settled, strict=True
    ):
        assert one.margin == 0 and other.estimate == one.estimate
        expected = 1.96 * 0.01 * settled
        assert other.margin == (0 if expected < 0.5 else pytest.approx(np.ceil(expected), abs=1))
    expected = 1.96 * 0.01 * sure.settled
    assert ratio_margins(doubtful, CELLS) == pytest.approx(expected, rel=0.01)
    whole = np.where(expected < 0.5, 0, expected)
    assert difference_margins(doubtful, CELLS) == pytest.approx(whole, rel=0.01), "less than half a card is none"


def test_lost_cards_lie_where_the_others_do() -> None:
    """Cards are lost at random from a world that is known: the intervals hold the truth of all."""
    rng, whole = np.random.default_rng(7), all_keyed()
    truth = np.round(whole.cells).astype(int)
    hits = []
    for _ in range(300):
        lost = rng.multivariate_hypergeometric(truth, 200)
        read = replace(whole, settled=whole.settled - lost, lost=200.0)
        ends = count_intervals(read, CELLS)
        assert sum(one.estimate for one in ends) == pytest.approx(truth.sum())
        hits += [one.lower <= true <= one.upper for one, true in zip(ends, truth, strict=True)]
    assert 0.94 <= np.mean(hits) <= 1.0
    total = csr_array(np.ones((len(SHARES), 1)))
    (count,) = count_intervals(replace(whole, lost=200.0), total)
    assert count.estimate == pytest.approx(truth.sum() + 200) and count.margin == 0, "how many were lost is known"
