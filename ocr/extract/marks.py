"""Read tick marks (crosses, ticks, dots, blackened boxes; circled, underlined and ticked words) and signatures.

Ink is recovered against the empty form, split into strokes, and every stroke is given to the one option it is mostly
in, so that a swing into a neighbouring box does not count there. What each option holds is then judged beside the
others of its field: a pen resting in one box is nothing next to a cross in another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.extract.ink import writing_mm2
from ocr.extract.mark_features import SHARED_MM2, Features, measure
from ocr.extract.mark_traces import box_traces
from ocr.extract.reader import Crop, Raw
from ocr.forms.definition import FieldKind
from ocr.reading import FieldState

_BOX_MM2, _WORD_MM2 = 0.7, 1.4
"""Ink with which a box, and a printed word, is marked with an even chance."""

_STEEPNESS = 5.0
"""Power by which the odds of a mark grow with its ink."""

_UNSURE = 0.3
"""Chance of being wrong from which on an option makes its field doubtful."""

_CLUTTER_MM2 = 15.0
"""Ink that may be no mark, of which so much halves the certainty."""

_LOOSE_MM2 = 1.5
"""Ink beside the options from which on an unmarked field is doubtful: a ring around a box has more."""

_STEADY = 4
"""So many boxes blackened as answers, for each beside a trace, show that blackening is how somebody answers."""

_PALER, _FEW = 0.6, 3
"""Share of a card's usual darkness of marks that each has at least: ticks of one pen keep to three quarters of it. And
how many marks say what is usual."""

_SIGNED_MM2, _SIGNED_STEEPNESS = 2.5, 3.0
"""Ink with which a field is signed with an even chance, and the power by which the odds grow with the ink."""


@dataclass(frozen=True)
class Judgement:
    """What a field's features mean.

    Attributes
    ----------
    marked
        Codes by index.
    blackened
        Whether the mark is a blackened box.
    darkness
        The least `Features.trace` of the boxes that are the answer; 0 where none is, or a word is.
    """

    marked: tuple[int, ...]
    state: FieldState
    score: float
    blackened: bool = False
    darkness: float = 0.0


class MarksReader:
    """Reads ``one_of`` and ``many_of`` fields."""

    name = "marks"
    version = "3"

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """One `Raw` per crop of one card: codes marked, joined by ``|`` in the form's order.

        A blackened box is an answer of those who blacken boxes. Who mostly ticks, or has taken a tick back elsewhere on
        the card, may have taken it back; of who blackens most boxes, a stray trace beside one does not say so. A mark
        that is much paler than the card's others is a stain, or another's.
        """
        verdicts = [_verdict(crop, traces) for crop, traces in zip(crops, box_traces(crops), strict=True)]
        read = [v for v in verdicts if v.state is FieldState.READ]
        blackened = sum(v.blackened for v in read)
        beside_traces = sum(v.blackened for v in verdicts) - blackened
        takes_back = any(v.state is FieldState.CORRECTED for v in verdicts) or _STEADY * beside_traces > blackened
        ticks = takes_back or 2 * blackened <= len(read)
        least = _least_darkness(read)
        return [
            _raw(crop, v, (v.blackened and ticks) or 0 < v.darkness < least)
            for crop, v in zip(crops, verdicts, strict=True)
        ]


def _verdict(crop: Crop, traces: Sequence[float]) -> Judgement:
    features, clutter = measure(crop, traces)
    return judge(features, clutter, many=crop.spec.kind is FieldKind.MANY_OF)


def _least_darkness(read: Sequence[Judgement]) -> float:
    """How dark a card's marks in boxes are at least, as `Judgement.darkness`; 0 where too few say it."""
    shown = [v.darkness for v in read if v.darkness > 0]
    return _PALER * float(np.median(shown)) if len(shown) >= _FEW else 0.0


def _raw(crop: Crop, verdict: Judgement, unusual: bool) -> Raw:
    text = "|".join(crop.spec.options[i].code for i in verdict.marked)
    doubtful = unusual and verdict.state is FieldState.READ
    return Raw(FieldState.DOUBTFUL if doubtful else verdict.state, text, verdict.score)


def judge(features: Sequence[Features], clutter: float, *, many: bool = False) -> Judgement:
    """Decide over all options of a field together.

    Parameters
    ----------
    features
        What each option holds.
    clutter
        Ink in the field that may be no mark, in mm²: stamps and stains make everything less certain.
    many
        Whether several marks are an ordinary answer.

    Returns
    -------
    Judgement
        `score` is the product of the options' certainties. A blackened option beside a lighter mark was taken back;
        where it cannot be told which was, or a stroke lies in two options, the state is doubtful. So is an unmarked
        field with ink beside its options: somebody may have ringed a box; and a mark that is no darker than boxes of
        the card are by chance. Where the only mark is a blackened box and another holds a trace, that may be the
        answer, by another pen.
    """
    chance = mark_chances(features)
    marked = [i for i, p in enumerate(chance) if p > 0.5]
    certainty = float(np.prod(np.maximum(chance, 1 - chance))) / (1 + clutter / _CLUTTER_MM2)
    shared = any(f.foreign > SHARED_MM2 for f in features)
    if not marked:
        unsure = shared or any(f.trace > 1 for f in features) or clutter > _LOOSE_MM2 or chance.max(initial=0) > _UNSURE
        state = FieldState.DOUBTFUL if unsure else FieldState.EMPTY
        return Judgement((), state, certainty)
    blackened = all(features[i].solidity > _blackened(features[i]) for i in marked)
    paler = tuple(i for i, f in enumerate(features) if f.trace > 1 and i not in marked)
    if blackened and paler:
        return Judgement(paler, FieldState.DOUBTFUL, 0.5 * certainty, blackened=True)
    taken_back = _taken_back(features, marked)
    kept = tuple(i for i in marked if i not in taken_back)
    doubtful = shared or min(np.maximum(chance, 1 - chance)) < 1 - _UNSURE or not kept
    doubtful = doubtful or any(features[i].trace < 1 and not features[i].is_word for i in kept)
    if len(kept) > 1 and not many:
        certainty *= 0.5
        doubtful = doubtful or any(features[i].solidity > _blackened(features[i]) for i in marked)
    if doubtful:
        return Judgement(kept or tuple(marked), FieldState.DOUBTFUL, 0.5 * certainty)
    state = FieldState.CORRECTED if taken_back else FieldState.READ
    darkness = min(features[i].trace for i in kept)
    return Judgement(kept, state, certainty, blackened and not features[kept[0]].is_word, darkness)


def mark_chances(features: Sequence[Features]) -> NDArray[np.float64]:
    """Chance of each option being marked by its own ink, beside the field's strongest mark; float64 (N,)."""
    ink = np.array([f.ink for f in features])
    least = np.array([_WORD_MM2 if f.is_word else _BOX_MM2 for f in features])
    middle = np.clip(0.25 * ink.max(initial=0), least, 1.6 * least)
    return np.asarray(1 / (1 + (middle / np.maximum(ink, 1e-3)) ** _STEEPNESS))


def _blackened(feature: Features) -> float:
    """Solidity from which on an option looks blackened."""
    return 0.35 if feature.is_word else 0.62


def _taken_back(features: Sequence[Features], marked: Sequence[int]) -> frozenset[int]:
    """Marked options that were blackened while another was marked lightly; all, for a scribble alone over a word."""
    dark = [i for i in marked if features[i].solidity > _blackened(features[i])]
    light = [i for i in marked if i not in dark]
    if not light:
        return frozenset(dark if all(features[i].is_word for i in dark) else ())
    gap = 0.5 if features[light[0]].is_word else 0.7
    lightest = max(features[i].solidity for i in light)
    return frozenset(i for i in dark if lightest < gap * features[i].solidity)


class SignatureReader:
    """Reads ``signature`` fields: ``Y`` where there is a signature."""

    name = "signature"
    version = "3"

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """One `Raw` per crop, `READ` with text ``Y`` or `EMPTY`."""
        return [_signed(crop) for crop in crops]


def _signed(crop: Crop) -> Raw:
    ink = writing_mm2(crop.ink, crop.dpi)
    chance = 1 / (1 + (_SIGNED_MM2 / max(ink, 1e-3)) ** _SIGNED_STEEPNESS)
    return Raw(FieldState.READ, "Y", chance) if chance > 0.5 else Raw(FieldState.EMPTY, "", 1 - chance)
