"""The simulation of people at the desk, at its extremes, where the outcome is known."""

from __future__ import annotations

from benchmarks.keyers import DOUBTFUL, Habits, Outcome, simulate, table
from review.quality.figures import Share

CARDS = 3
ALL = CARDS * len(DOUBTFUL)
FLAWLESS = Habits(machine=0.5, person=0.0, overlooks=0.0, supervisor=0.0)


def test_people_who_never_err_leave_nothing_wrong() -> None:
    for policy in ("blind", "double", "prefilled"):
        assert simulate(policy, CARDS, 1, FLAWLESS).wrong == Share(0, ALL)


def test_blind_costs_a_second_key_where_the_machine_is_wrong_double_always_and_prefilled_never() -> None:
    wrong = Habits(machine=1.0, person=0.0, overlooks=0.0)
    right = Habits(machine=0.0, person=0.0)
    assert simulate("blind", CARDS, 1, right).keys == 1.0
    assert simulate("blind", CARDS, 1, wrong).keys == simulate("double", CARDS, 1, right).keys == 2.0
    assert simulate("prefilled", CARDS, 1, wrong).keys == 1.0


def test_who_overlooks_everything_keeps_all_that_the_machine_got_wrong() -> None:
    habits = Habits(machine=1.0, person=0.0, overlooks=1.0)
    assert simulate("prefilled", CARDS, 1, habits).wrong == Share(ALL, ALL)
    assert simulate("blind", CARDS, 1, habits).wrong == Share(0, ALL)


def test_who_errs_always_as_the_machine_does_defeats_every_policy() -> None:
    habits = Habits(machine=1.0, person=1.0, as_machine=1.0)
    assert simulate("blind", CARDS, 1, habits).wrong == simulate("double", CARDS, 1, habits).wrong == Share(ALL, ALL)


def test_the_table_says_share_and_interval() -> None:
    assert "1.000 %   0.025 to 5.446" in table([Outcome("blind", Share(1, 100), 1.25)])
