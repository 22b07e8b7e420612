"""From a card's fields that people settled to what the network is fitted to: the strip, and what stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from learning.sample import HAND, Sample, alphabet_for
from learning.spellings import spellings
from learning.viterbi import viterbi
from ocr.confidence.kinds import kind_of
from ocr.extract.handwriting import HandwritingReader, comb_shown, line_shown, own_ink
from ocr.extract.likelihood import alphabet_mask
from ocr.extract.reader import Crop
from ocr.forms.definition import Entry
from ocr.lexicon.alphabets import SEPARATORS, STRUCK
from ocr.lexicon.ctc import log_likelihoods, merged, thinned
from ocr.lexicon.posteriors import BLANK, COLUMN, CharPosteriors
from ocr.page import PageJob, crops_of_page, load_engine
from ocr.reading import FieldState
from ocr.scan import ScanId

_LEAST = -4.0
"""Logarithm of the likelihood a character from which on a way of writing may be what stands there: base e, so one
character in fifty where the network is wrong throughout. What is less likely was written in a way that is not known."""

_SIGNS = frozenset(COLUMN[c] for c in SEPARATORS)


@dataclass(frozen=True, eq=False)
class Lesson:
    """One field of one card: what the network is shown, and what it should say.

    Attributes
    ----------
    kind
        As from `ocr.confidence.kinds.kind_of`.
    """

    scan: ScanId
    field: str
    kind: str
    sample: Sample


@dataclass(frozen=True, eq=False)
class SettledPage:
    """A page with what people settled on it.

    Attributes
    ----------
    sure
        Values by field that the network may be fitted to.
    known
        Values by field by which it may be judged.
    accepted
        The machine's values that stand without anybody having looked: the network rehearses them, so that it does not
        forget what it could, and is judged by whether it still says the same.
    stood
        Fields whose machine's value stood when it was read (`ocr.confidence.fit.ScoredReading`).
    """

    job: PageJob
    sure: Mapping[str, str]
    known: Mapping[str, str]
    accepted: Mapping[str, str]
    stood: frozenset[str]

    @property
    def scan(self) -> ScanId:
        """The page's identity."""
        return ScanId(self.job.sha256, self.job.page)


def lessons_of(page: SettledPage, forms_dir: Path) -> list[Lesson]:
    """Lessons of one page, none where it cannot be read any more; the function that worker processes run."""
    _, crops = crops_of_page(page.job, load_engine(forms_dir)) or (None, [])
    values = {**page.accepted, **page.sure}
    return [
        Lesson(page.scan, crop.spec.name, kind_of(crop.spec, FieldState.READ), sample)
        for crop in crops
        if crop.spec.entry is Entry.HAND and crop.spec.kind.is_text and values.get(crop.spec.name)
        if (sample := sample_of(crop, values[crop.spec.name], _reader())) is not None
    ]


@lru_cache(maxsize=1)
def _reader() -> HandwritingReader:
    """By the network that comes with the program, from which all further fitting begins."""
    return HandwritingReader()


def sample_of(crop: Crop, value: str, reader: HandwritingReader) -> Sample | None:
    """The strip of a field with the way of writing its value that the reader finds likeliest there.

    What stands between letters, and which cells are empty, is taken from the reader; only letters and digits come from
    people. None where nothing was read, something was struck out, or no known way of writing the value comes near.
    """
    (raw,) = reader.read([crop])
    texts = spellings(crop.spec, value)
    if raw.posteriors is None or raw.state is FieldState.CORRECTED or not texts:
        return None
    bare = merged(merged(raw.posteriors, STRUCK), SEPARATORS)
    likelihoods = log_likelihoods(thinned(bare), texts)
    text = texts[int(likelihoods.argmax())]
    if likelihoods.max() < _LEAST * len(text):
        return None
    columns = [COLUMN[c] for c in text]
    places, agreed = viterbi(bare.logp.astype(np.float64), columns)
    if not np.isfinite(agreed):
        return None
    make = _comb if crop.spec.cells else _line
    return make(crop, raw.posteriors, columns, places)


def _line(crop: Crop, seen: CharPosteriors, columns: list[int], places: NDArray[np.float64]) -> Sample | None:
    written: list[int] = []
    for start, end, column in zip([-1.0, *places], places, columns, strict=False):
        between = seen.logp[int(start) + 1 : int(end)].argmax(axis=1) if written else ()
        written += [*[int(c) for c in between if int(c) in _SIGNS][:1], column]
    strip = line_shown(crop, own_ink(crop)[0])
    sample = Sample(strip, tuple(written), alphabet_for(alphabet_mask(crop.spec)), HAND)
    return sample if sample.fits else None


def _comb(crop: Crop, seen: CharPosteriors, columns: list[int], places: NDArray[np.float64]) -> Sample | None:
    shown = comb_shown(crop, own_ink(crop)[0])
    cells = seen.logp[1::2].argmax(axis=1)
    answers = np.where(np.isin(cells, list(_SIGNS)), np.where(cells == COLUMN[" "], BLANK, cells), -1)
    answers[cells == BLANK] = BLANK
    answers[[int(place) // 2 for place in places]] = columns
    if shown is None:
        return None
    own = answers[shown.first : shown.first + len(shown.edges) - 1]
    if (own < 0).any():  # a letter was seen where none should be: what stands there is not known
        return None
    alphabet = alphabet_for(alphabet_mask(crop.spec))
    return Sample(shown.strip, tuple(map(int, own)), alphabet, HAND, shown.edges)
