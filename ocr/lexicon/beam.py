"""The likeliest texts from probabilities of characters along a field, whatever they mean."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import log, log1p
from typing import NamedTuple

import numpy as np

from ocr.lexicon.alphabets import SYMBOLS
from ocr.lexicon.posteriors import BLANK, COLUMN, LIVE, CharPosteriors

_BEAM = 24
"""Beginnings of texts followed at each step."""

_SMALL = 1e-100
"""Where all masses are below this they are scaled up, lest they vanish."""

_GAP = -1
"""Stands for the last character where that is a space or there is none: nothing that is read next joins it."""

_Beginning = tuple[float, str, float, float, int]
"""Mass; text; the parts of the mass whose last step is a blank, and is the text's last character; that character."""


class _Step(NamedTuple):
    """Probabilities at one step that is no sure blank.

    `joins` says whether none came before, so that a character may go on; `live` holds the characters that are followed,
    likeliest first, but for the space.
    """

    joins: bool
    blank: float
    space: float
    each: list[float]
    live: list[tuple[int, float]]


def n_best(posteriors: CharPosteriors, admits: Callable[[str], bool] | None = None) -> list[tuple[str, float]]:
    """The likeliest texts, by prefix beam search (Graves 2012, section 7.5; Hannun et al. 2014).

    Spaces at the ends, and a space after a space, count as blanks, since a comb's empty boxes may be read as either.

    Parameters
    ----------
    admits
        Whether a text may be the beginning of an answer; any may where there is no such rule.

    Returns
    -------
    list of (text, log-probability)
        Likeliest first. The probabilities are lower bounds, since unlikely beginnings are given up.
    """
    characters, steps = _steps(posteriors)
    beams: list[_Beginning] = [(1.0, "", 1.0, 0.0, _GAP)]
    scale = 0.0
    for step in steps:
        longer = _longer(beams, step, characters, admits)
        beams = sorted(_merged(beams, step, longer), reverse=True)[:_BEAM]
        top = beams[0][0]
        if top < _SMALL:
            if not top:
                return []
            beams = [(mass / top, text, ended / top, open_ / top, last) for mass, text, ended, open_, last in beams]
            scale += log(top)
    texts: dict[str, float] = {}
    for mass, text, *_ in beams:
        texts[text.strip()] = texts.get(text.strip(), 0.0) + mass
    ranked = sorted(texts.items(), key=lambda item: (-item[1], item[0]))
    return [(text, log(mass) + scale) for text, mass in ranked if mass > 0]


def _steps(posteriors: CharPosteriors) -> tuple[list[str], list[_Step]]:
    """The characters that are live at any step, by number, and the steps in these numbers, without sure blanks."""
    sure = posteriors.logp[:, BLANK] > log1p(-LIVE)
    joins = ~np.concatenate([[True], sure[:-1]])[~sure]
    logp = posteriors.logp[~sure]
    live = logp > log(LIVE)
    live[:, BLANK] = False
    columns = np.flatnonzero(live.any(axis=0))
    p = np.exp(logp[:, columns], dtype=np.float64)
    blanks = np.exp(logp[:, BLANK], dtype=np.float64)
    spaces = np.exp(logp[:, COLUMN[" "]], dtype=np.float64) * live[:, COLUMN[" "]]
    live[:, COLUMN[" "]] = False
    rows, numbers = np.nonzero(live[:, columns])
    order = np.lexsort((-p[rows, numbers], rows))
    rows, numbers = rows[order], numbers[order]
    pairs = list(zip(numbers.tolist(), p[rows, numbers].tolist(), strict=True))
    parts = [pairs[i:j] for i, j in pairwise(np.searchsorted(rows, np.arange(len(p) + 1)).tolist())]
    steps = map(_Step, joins.tolist(), blanks.tolist(), spaces.tolist(), p.tolist(), parts)
    return [SYMBOLS[i - 1] for i in columns], list(steps)


def _longer(
    beams: list[_Beginning], step: _Step, characters: list[str], admits: Callable[[str], bool] | None
) -> dict[str, _Beginning]:
    """The beginnings with one more character each, as far as they are likely enough to be followed."""
    floor = LIVE * beams[0][0]
    joins, space, live = step.joins, step.space, step.live
    most = max(space, live[0][1] if live else 0.0)
    longer: dict[str, _Beginning] = {}
    for mass, text, ended, _, last in beams:
        if mass * most <= floor:
            break
        if mass * space > floor and last != _GAP and (admits is None or admits(text + " ")):
            longer[text + " "] = (mass * space, text + " ", mass * space, 0.0, _GAP)
        for character, p in live:
            if mass * p <= floor:
                break
            grown = text + characters[character]
            if admits is None or admits(grown):
                new = p * (ended if joins and character == last else mass)  # equal ones in a row are one
                longer[grown] = (new, grown, 0.0, new, character)
    return longer


def _merged(beams: list[_Beginning], step: _Step, longer: dict[str, _Beginning]) -> list[_Beginning]:
    """The beginnings one step on: those that stay as they are, with what has become them, and the longer ones."""
    joins, blank, gap, each = step.joins, step.blank, step.blank + step.space, step.each
    stayed: list[_Beginning] = []
    for mass, text, _, open_, last in beams:
        ended = mass * (gap if last == _GAP else blank)
        open_ = open_ * each[last] if joins and last != _GAP else 0.0
        if text in longer:
            open_ += longer.pop(text)[0]
        stayed.append((ended + open_, text, ended, open_, last))
    stayed.extend(longer.values())
    return stayed
