"""Watching in operation whether target errors are still kept."""

from __future__ import annotations

from collections.abc import Iterable

from ocr.confidence.threshold import lower_bound, upper_bound

FALSE_ALARM = 0.01
"""Chance that a reader and kind that keeps its target error is ever stopped, however long it is watched."""

_TIMES = (2.0, 4.0, 8.0, 16.0, 32.0)
"""Multiples of the target error that the test looks for; rates of error between and beyond are found more slowly."""

_MOST = 0.5
"""Largest error rate the test looks for, 0..1: a multiple of a loose target error would pass 1."""

_RATE_LEVEL = 0.999
"""Confidence level at which a share accepted is called odd: hundreds of kinds are looked at, day after day."""

_RATE_FACTOR = 2.0
"""How many times more or less than measured is odd; boxes of cards differ from each other by less."""


def is_broken(audits: Iterable[tuple[bool, float]]) -> bool:
    """Whether audited readings show, at any time, that more are wrong than the target error allows.

    A test by betting (Ville 1939; Waudby-Smith & Ramdas 2024): the capital of a bettor who starts with 1 and bets at
    fair odds that a reading is wrong more often than the target. Every wrong reading multiplies it by q/p and every
    right one by (1 - q)/(1 - p), p being the target error and q one of several shares above it, over which the capital
    is split evenly. While the target is kept the capital is not expected to grow, so the chance that it ever reaches
    100 is at most 1 % (Ville's inequality), however often it is looked at. As the error may begin late, a part
    1 / (t (t + 1)) of the capital joins the bet only at the t-th reading: a good past costs little.

    Simulated, target error 0.3 %: of 4,000 readers that are wrong exactly so often 0.6 % were stopped within 5,000
    audits. Readers that are wrong 3, 10 and 30 times as often were stopped after 1,377, 118 and 27 audits (medians),
    and after 2,412, 340 and 77 if they had been right for 2,000 audits before.

    Parameters
    ----------
    audits
        Whether each audited value was right, and its field's target error, in the order of the audit.
    """
    stakes = [0.0] * len(_TIMES)
    for t, (right, target_error) in enumerate(audits, start=1):
        joins = 1 / (t * (t + 1))
        for i, times in enumerate(_TIMES):
            share = min(_MOST, times * target_error)
            odds = (1 - share) / (1 - target_error) if right else share / target_error
            stakes[i] = (stakes[i] + joins) * odds
        if sum(stakes) / len(stakes) + 1 / (t + 1) >= 1 / FALSE_ALARM:
            return True
    return False


def is_rate_odd(accepted: int, count: int, measured: float) -> bool:
    """Whether the share accepted is surely less than half, or more than twice, of what was measured.

    Parameters
    ----------
    accepted, count
        Readings accepted lately, of how many.
    measured
        Share of readings that the calibration accepts.
    """
    low, high = measured / _RATE_FACTOR, measured * _RATE_FACTOR
    return upper_bound(accepted, count, _RATE_LEVEL) < low or lower_bound(accepted, count, _RATE_LEVEL) > high
