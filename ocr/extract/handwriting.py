"""Read handwriting: combs cell by cell, lines as a whole, each with the probability of every character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ocr.extract.framing import CombStrip, Gray, comb_strip, strip
from ocr.extract.ink import EMPTY_MM2, writing_mm2
from ocr.extract.likelihood import IMPOSSIBLE, alphabet_mask, in_alphabet, likeliest_text, sure
from ocr.extract.network import LineLogits, Logits, NetworkReader
from ocr.extract.reader import Crop, Raw, nothing_written
from ocr.extract.zone import belonging, is_written_above, overflows, together
from ocr.forms.definition import FieldSpec
from ocr.geometry import MM_PER_INCH
from ocr.lexicon.alphabets import STRUCK, SYMBOLS
from ocr.lexicon.posteriors import BLANK, COLUMN, CharPosteriors
from ocr.reading import FieldState

HAND, TYPED, SCRIBBLE = range(3)
"""Kinds of writing on a line, in the order of the network's outputs."""

_GAP, _LEGIBLE = 3, 0.75
_PUNCTUATION = "-./"


class HandwritingReader(NetworkReader):
    """Reads text fields that people fill in. What was typed is doubtful: nothing was measured on typed answers."""

    name = "handwriting"

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """One `Raw` per crop, in order, with `Raw.posteriors` where something was read."""
        inks = [own_ink(crop) for crop in crops]
        written = [i for i, (_, amount) in enumerate(inks) if amount >= EMPTY_MM2]
        found = {i: nothing_written(amount) for i, (_, amount) in enumerate(inks)}
        combs = [i for i in written if crops[i].spec.cells]
        lines = [i for i in written if not crops[i].spec.cells]
        found.update(zip(combs, self._combs([crops[i] for i in combs], [inks[i][0] for i in combs]), strict=True))
        found.update(zip(lines, self._lines([crops[i] for i in lines], [inks[i][0] for i in lines]), strict=True))
        return [found[i] for i in range(len(crops))]

    def _combs(self, crops: Sequence[Crop], inks: Sequence[Gray]) -> list[Raw]:
        shown = [comb_shown(crop, ink) for crop, ink in zip(crops, inks, strict=True)]
        logits = iter(self._network().combs([comb for comb in shown if comb]) if any(shown) else ())
        return [
            _of_comb(crop, ink, _cells(crop, comb, next(logits))) if comb else Raw(FieldState.UNREAD, "", 0.0)
            for crop, ink, comb in zip(crops, inks, shown, strict=True)
        ]

    def _lines(self, crops: Sequence[Crop], inks: Sequence[Gray]) -> list[Raw]:
        strips = [line_shown(crop, ink) for crop, ink in zip(crops, inks, strict=True)]
        lines = self._network().lines(strips) if strips else ()
        return [_of_line(crop, ink, line) for crop, ink, line in zip(crops, inks, lines, strict=True)]


def own_ink(crop: Crop) -> tuple[Gray, float]:
    """Ink that belongs to the field, and how much writing that is in square millimetres."""
    amount = writing_mm2(crop.ink, crop.dpi)
    return (belonging(crop.ink, crop) if amount >= EMPTY_MM2 else crop.ink), amount


def line_shown(crop: Crop, ink: Gray) -> Gray:
    """A line's ink as the network is shown it."""
    return strip(together(ink, crop.dpi), crop.dpi)


def comb_shown(crop: Crop, ink: Gray) -> CombStrip | None:
    """A comb's ink as the network is shown it; None where there is none."""
    scale, box, cells = crop.dpi / MM_PER_INCH, crop.spec.box, crop.spec.cells or 1
    left, top = (box.x - crop.rect.x) * scale, (box.y - crop.rect.y) * scale
    edges = [left + i * box.w / cells * scale for i in range(cells + 1)]
    return comb_strip(ink, edges, top, top + box.h * scale)


def _cells(crop: Crop, comb: CombStrip, logits: Logits) -> NDArray[np.float64]:
    """Logarithms of probabilities (cells, classes) of all cells; one without ink is surely empty."""
    rows = np.tile(sure(BLANK), (crop.spec.cells or 1, 1))
    inked = [i for i, (a, b) in enumerate(pairwise(comb.edges)) if comb.strip[:, max(0, round(a)) : round(b)].any()]
    rows[[comb.first + i for i in inked]] = in_alphabet(logits[inked], crop.spec)
    return rows


def _of_comb(crop: Crop, ink: Gray, rows: NDArray[np.float64]) -> Raw:
    """Steps of a comb: its boxes with sure blanks around each. A box struck out may hold any character."""
    rows = _without_strays(rows)
    text = "".join(" " if best == BLANK else SYMBOLS[int(best) - 1] for best in rows.argmax(axis=1))
    steps = np.tile(sure(BLANK), (2 * len(rows) + 1, 1))
    steps[1::2] = _spaced(_opened(rows, crop.spec))
    return _raw(crop, ink, text.strip(), CharPosteriors(steps.astype(np.float32)))


def _opened(rows: NDArray[np.float64], spec: FieldSpec) -> NDArray[np.float64]:
    """What was struck out becomes any character, each as likely."""
    free = alphabet_mask(spec)
    free[[BLANK, COLUMN[STRUCK], *(COLUMN[c] for c in _PUNCTUATION)]] = False
    mixed = np.exp(rows)
    mixed += mixed[:, [COLUMN[STRUCK]]] * free / max(1, free.sum())
    mixed[:, COLUMN[STRUCK]] = 0.0
    return np.asarray(np.maximum(np.log(np.maximum(mixed, 1e-300)), IMPOSSIBLE), np.float64)


def _without_strays(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Boxes without what follows a long gap and looks like no letters: edges of stamps over the empty end."""
    filled = rows.argmax(axis=1) != BLANK
    gaps = np.convolve(~filled, np.ones(_GAP), "valid") == _GAP if len(rows) >= _GAP else np.zeros(0, bool)
    for start in map(int, np.flatnonzero(gaps)):
        certainty = np.exp(rows[start:][filled[start:]].max(axis=1))
        if filled[:start].any() and len(certainty) and (certainty.mean() < _LEGIBLE or len(certainty) == 1):
            return np.concatenate([rows[:start], np.tile(sure(BLANK), (len(rows) - start, 1))])
    return rows


def _spaced(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """An empty box may mean nothing or a space between words."""
    spaced = rows.copy()
    spaced[:, [BLANK, COLUMN[" "]]] = np.maximum(rows[:, [BLANK]] - np.log(2), IMPOSSIBLE)
    return spaced


def _of_line(crop: Crop, ink: Gray, line: LineLogits) -> Raw:
    logp = in_alphabet(line.characters, crop.spec)
    text = likeliest_text(logp)
    if line.kind.argmax() == SCRIBBLE and not text.strip(STRUCK):
        return Raw(FieldState.UNREAD, "", 0.0)
    raw = _raw(crop, ink, text, CharPosteriors(logp.astype(np.float32)))
    is_doubtful = line.kind.argmax() == TYPED and raw.state is FieldState.READ
    return replace(raw, state=FieldState.DOUBTFUL) if is_doubtful else raw


def _raw(crop: Crop, ink: Gray, text: str, posteriors: CharPosteriors) -> Raw:
    """The reading with its state: what was put right, or writing that leaves the field, is for people to see."""
    if not text.strip(STRUCK + " " + _PUNCTUATION):
        return Raw(FieldState.UNREAD, "", 0.0)
    corrected = STRUCK in text or bool(crop.spec.cells and is_written_above(ink, crop))
    state = FieldState.CORRECTED if corrected else FieldState.READ
    if state is FieldState.READ and overflows(ink, crop):
        state = FieldState.DOUBTFUL
    return Raw(state, text.replace(STRUCK, "").strip(), 1.0, posteriors=posteriors)
