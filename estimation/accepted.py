"""How many values that nobody looked at may be wrong: what was promised of them, and what the audit found. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

from store.audits import AuditOutcome


def accepted_error(outcomes: Iterable[AuditOutcome]) -> float:
    """Root mean square of the share of cards on which any of several columns was accepted wrongly, 0..1.

    What was promised of a column counts as one error in as many audits as show one if the promise is just kept: a beta
    distribution, which the audits make narrower. Its second moment is taken, not its mean, since it stands for an error
    whose size nobody knows.
    """
    mean = spread = 0.0
    for one in outcomes:
        wrong, right = 1 + one.wrong, 1 / one.target_error - 1 + one.audits - one.wrong
        share = wrong / (wrong + right)
        mean += share
        spread += share * (1 - share) / (wrong + right + 1)
    return sqrt(min(1.0, mean) ** 2 + spread)
