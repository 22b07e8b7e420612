"""Readers that say more, or something else, than they know; and one that was stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from benchmarks.eyes.donors import Donor
from ocr.forms.codebook import Role, codebook
from store.doubts import DRAWN, ColumnDoubt, doubt_size, field_shares, sources

Worse: TypeAlias = Callable[[Sequence[Donor]], list[Donor]]


def calibrated(donors: Sequence[Donor]) -> list[Donor]:
    """The readers as they are."""
    return list(donors)


def too_sure(donors: Sequence[Donor]) -> list[Donor]:
    """They give the third powers of their probabilities."""
    return [replace(donor, doubts=[_saying(doubt, _cubed(doubt.shares)) for doubt in donor.doubts]) for donor in donors]


def fond_of_the_commonest(donors: Sequence[Donor]) -> list[Donor]:
    """They give half of each probability to the commonest answer."""
    found = {doubt.column for donor in donors for doubt in donor.doubts}
    common = {column: _commonest(donors, column) for column in found}
    return [
        replace(donor, doubts=[_saying(doubt, _drawn_to(doubt.shares, common[doubt.column])) for doubt in donor.doubts])
        for donor in donors
    ]


READERS: Mapping[str, Worse] = {
    "as they are": calibrated,
    "too sure": too_sure,
    "fond of the commonest": fond_of_the_commonest,
}


def _saying(doubt: ColumnDoubt, shares: dict[str, float]) -> ColumnDoubt:
    return replace(doubt, shares=shares, size=doubt_size(doubt.column, shares))


def _cubed(shares: Mapping[str, float]) -> dict[str, float]:
    whole = sum(share**3 for share in shares.values())
    return {code: share**3 / whole for code, share in shares.items()}


def _drawn_to(shares: Mapping[str, float], common: str) -> dict[str, float]:
    halves = {code: share / 2 for code, share in shares.items()}
    return halves | {common: halves.get(common, 0.0) + sum(halves.values())}


def _commonest(donors: Sequence[Donor], column: str) -> str:
    values = Counter(str(value) for donor in donors if (value := donor.keyed.get(column)) is not None)
    return values.most_common(1)[0][0]


def stopped(donors: Sequence[Donor], before: float, wrong: float) -> tuple[list[Donor], list[float]]:
    """The reader of the home region is stopped since it was wrong too often: donors, and their shares.

    Parameters
    ----------
    before
        Share of the cards that were read before.
    wrong
        Share of these whose region it had accepted though it was another one; always the same, as such errors are.
    """
    column = codebook().column_of(Role.HOME_REGION)
    cases = (
        (list(donors), before * (1 - wrong)),
        ([_with_wrong(donor, column) for donor in donors], before * wrong),
        ([_in_doubt(donor, column) for donor in donors], 1 - before),
    )
    each = [(donor, share / len(donors)) for many, share in cases for donor in many]
    return [donor for donor, _ in each], [share for _, share in each]


def _with_wrong(donor: Donor, column: str) -> Donor:
    """The donor with another region where the machine settled it."""
    if any(doubt.column == column for doubt in donor.doubts):
        return donor
    other = "TJ-SU" if donor.keyed[column] != "TJ-SU" else "TJ-KT"
    return replace(donor, keyed={**donor.keyed, column: other})


def _in_doubt(donor: Donor, column: str) -> Donor:
    """The donor with its region in doubt, unless the region follows from what stands elsewhere."""
    fields = sources(donor.form).get(column, [])
    own = bool(fields) and donor.readings[fields[0]].value == donor.keyed[column]
    if not own or any(doubt.column == column for doubt in donor.doubts):
        return donor
    shares = field_shares(donor.readings[fields[0]])
    doubt = ColumnDoubt(column, tuple(fields), doubt_size(column, shares), shares, DRAWN)
    return replace(donor, doubts=[*donor.doubts, doubt])
