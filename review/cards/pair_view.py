"""Two scans that may show one card, side by side, with what they differ in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ocr.forms.definition import FieldSpec
from review.cards.view import CardView, FieldView, card_view
from review.decisions.duplicates import pair_now
from store.duplicates import PairNow


@dataclass(frozen=True)
class PairLine:
    """One field on both cards: the value that stands, else the machine's reading; None where neither says anything.

    Attributes
    ----------
    hidden
        Whether the values were left out because they identify a person.
    differs
        Whether the two say different things, also where they are hidden.
    """

    spec: FieldSpec
    later: str | None
    earlier: str | None
    hidden: bool
    differs: bool


@dataclass(frozen=True)
class PairView:
    """A pair, its two cards, and their fields in the form's order."""

    pair: PairNow
    later: CardView
    earlier: CardView
    lines: Sequence[PairLine]


def pair_view(session: Session, pair_id: int, *, personal: bool) -> PairView:
    """Everything about a pair; only reads.

    Parameters
    ----------
    personal
        Whether values that identify a person are filled in.

    Raises
    ------
    ReviewError
        There is no such pair.
    """
    pair = pair_now(session, pair_id)
    later, earlier = (card_view(session, key, personal=personal) for key in (pair.card_id, pair.other_id))
    said = [
        {item.spec.name: _said(item) for item in card_view(session, key, personal=True).fields}
        for key in (pair.card_id, pair.other_id)
    ]
    lines = []
    for item in later.fields:
        one, other = (values.get(item.spec.name) for values in said)
        hidden = item.spec.personal and not personal
        shown = (None, None) if hidden else (one, other)
        lines.append(PairLine(item.spec, *shown, hidden, one != other))
    return PairView(pair, later, earlier, lines)


def _said(item: FieldView) -> str | None:
    """The value that stands, else what the machine read."""
    return item.value if item.value is not None else item.reads[0].value
