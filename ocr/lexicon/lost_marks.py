"""Marks above letters are small and often lie on a field's printed line: what a reader sees may lack one."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np

from ocr.lexicon.posteriors import COLUMN, CharPosteriors
from ocr.reading import Candidate

_MARKED = {"И": "ӢЙ", "У": "Ӯ", "Е": "Ё"}
"""Letters with a mark above, by the letter that is left without it."""

_LOST = 0.05
"""How often a mark is lost; on generated cards one in ten in boxes, one in 25 on lines."""

_OTHER = 0.03
"""Of the first name's probability, as for one that is as usual with a mark more or less: where both are, one in ten in
boxes had lost its mark (11 of 116)."""

_BARE = str.maketrans({mark: letter for letter, marks in _MARKED.items() for mark in marks})


def with_lost_marks(posteriors: CharPosteriors) -> CharPosteriors:
    """Probabilities of what was written: a letter that is seen without a mark may have had one."""
    logp = posteriors.logp.copy()
    for letter, marked in _MARKED.items():
        seen = posteriors.logp[:, COLUMN[letter]]
        for other in marked:
            logp[:, COLUMN[other]] = np.logaddexp(logp[:, COLUMN[other]], seen + log(_LOST))
        logp[:, COLUMN[letter]] = seen + log(1 - len(marked) * _LOST)
    return CharPosteriors(logp)


def may_lack_mark(candidates: Sequence[Candidate]) -> bool:
    """Whether a name that differs from the first in marks above letters alone is as usual: ink cannot decide."""
    if not candidates:
        return False
    bare, least = candidates[0].value.translate(_BARE), _OTHER * candidates[0].probability
    return any(c.value.translate(_BARE) == bare and c.probability >= least for c in candidates[1:])
