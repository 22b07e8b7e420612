"""The algorithms of decoding written down plainly, to hold the fast ones against."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ocr.lexicon.alphabets import SYMBOLS
from ocr.lexicon.distance import confusion_costs
from ocr.lexicon.posteriors import BLANK, COLUMN, LIVE, CharPosteriors

BEAM = 24


def likelihood(steps: CharPosteriors, text: str) -> float:
    """Forward algorithm of Graves et al. (2006) for one text, state by state."""
    states = [BLANK]
    for character in text:
        states += [COLUMN[character], BLANK]
    alpha = [1.0] + [0.0] * (len(states) - 1)
    for row in np.exp(steps.logp.astype(np.float64)):
        before, alpha = alpha, []
        for s, column in enumerate(states):
            mass = before[s] + (before[s - 1] if s else 0.0)
            if s > 1 and column not in (BLANK, states[s - 2]):
                mass += before[s - 2]
            alpha.append(mass * float(row[column]))
    return sum(alpha[-2:])


def beam_search(steps: CharPosteriors, admits: Callable[[str], bool] = lambda text: True) -> dict[str, float]:
    """Prefix beam search of Hannun et al. (2014), one text and character after another: probabilities of texts."""
    beams = {"": (1.0, 0.0)}
    for row in np.exp(steps.logp.astype(np.float64)):
        top = max(sum(masses) for masses in beams.values())
        grown: dict[str, tuple[float, float]] = {}
        for text, (ended, open_) in beams.items():
            total = ended + open_
            if row[BLANK] > 1 - LIVE:
                grown[text] = (total, 0.0)
                continue
            _add(grown, text, total * row[BLANK], open_ * row[COLUMN[text[-1]]] if text[-1:].strip() else 0.0)
            for character, p in zip(SYMBOLS, row[1:], strict=True):
                if p <= LIVE:
                    continue
                if character == " " and text[-1:] in ("", " "):
                    _add(grown, text, total * p, 0.0)
                elif total * p > LIVE * top and admits(text + character):
                    _add(grown, text + character, 0.0, (ended if character == text[-1:] else total) * p)
        kept = sorted(grown.items(), key=lambda item: -sum(item[1]))[:BEAM]
        beams = dict(kept)
    texts: dict[str, float] = {}
    for text, masses in beams.items():
        texts[text.strip()] = texts.get(text.strip(), 0.0) + sum(masses)
    return {text: mass for text, mass in texts.items() if mass > 0}


def _add(grown: dict[str, tuple[float, float]], text: str, ended: float, open_: float) -> None:
    before = grown.get(text, (0.0, 0.0))
    grown[text] = (before[0] + float(ended), before[1] + float(open_))


def edits(a: str, b: str) -> float:
    """Weighted edit distance of Wagner and Fischer (1974) without any short cut."""
    costs = confusion_costs()

    def gap(text: str, i: int) -> float:
        doubled = text[i] in (text[i - 1 : i], text[i + 1 : i + 2])
        return min(costs.get((text[i], ""), 1.0), 0.4 if doubled else 1.0)

    table = np.zeros((len(a) + 1, len(b) + 1))
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            ways = []
            if i:
                ways.append(table[i - 1, j] + gap(a, i - 1))
            if j:
                ways.append(table[i, j - 1] + gap(b, j - 1))
            if i and j:
                ways.append(
                    table[i - 1, j - 1] + (0.0 if a[i - 1] == b[j - 1] else costs.get((a[i - 1], b[j - 1]), 1.0))
                )
            table[i, j] = min(ways, default=0.0)
    return float(table[-1, -1])
