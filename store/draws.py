"""The order in which cards are drawn: at random, those about which the machine knows least first. Pure.

Sequential Poisson sampling (Ohlsson, *Journal of Official Statistics* 14, 1998): a card has one random number for all
its fields, made from its scan, so that every computer draws the same. Divided by the size of a doubt it gives the draw
of a field, and the smallest draws come first. All with a draw below a level are a random sample in which each has the
probability level x size, at most 1. Where the level is the least draw that was not keyed yet, estimates that rest on
these probabilities are right on average at any moment (Duffield, Lund and Thorup, *Journal of the ACM* 54, 2007).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from ocr.scan import NUMBERS, ScanId

LEAST_DOUBT = 0.02
"""Doubt of which the machine is surest: no field is left out, so that no error of the machine goes unseen for ever."""

_KEY = b"migcards draw"


def number_of(scan: ScanId) -> float:
    """The random number of a card, 0 < u <= 1."""
    return (1 + scan.number(_KEY)) / NUMBERS


def size_of(shares: Mapping[str, float]) -> float:
    """The size of a doubt, 0 < size <= 1: for counts of a code, the best are those proportional to their deviation.

    Parameters
    ----------
    shares
        Of the codes, 0..1; what they lack to 1 is spread over codes unknown.
    """
    return sqrt(max(LEAST_DOUBT, 1 - sum(share**2 for share in shares.values())))
