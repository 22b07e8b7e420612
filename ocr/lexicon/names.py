"""Names of people: what is written counts, and a list of names is a prior, never a cage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from ocr.lexicon.alphabets import RUSSIAN, SEPARATORS, STRUCK, TAJIK_ONLY
from ocr.lexicon.beam import n_best
from ocr.lexicon.ctc import log_likelihoods, merged, thinned
from ocr.lexicon.distance import distance
from ocr.lexicon.lexicon import Lexicon
from ocr.lexicon.lost_marks import with_lost_marks
from ocr.lexicon.match import ANYWHERE, SHARPNESS, belonging, known, near, shares
from ocr.lexicon.normalise import fold, letters, normalise_name, plain
from ocr.lexicon.posteriors import CharPosteriors, Spelt, likeliest, spelt
from ocr.lexicon.spelling import Spelling, learn_spelling
from ocr.reading import Candidate

_CLOSE = 1.0
_UNLISTED, _GARBLED = 0.2, 0.1
_LISTED = 0.5  # share of people whose name is on a list
_TRUST = 0.5  # how far the prior counts; weighed on names of origins that were kept off the lists (docs/confidence.md)
_OVERRULED, _OVERRULED_ONE = log(20), log(150)
"""What was read is so many times likelier than a name that differs from it in several letters, or in one: then the name
is the list's word and not the writer's."""
_WEIGHED = 30  # likeliest listed names whose probability is worked out
_FAR = 50.0  # so much less likely than the likeliest text, as a logarithm, a listed name is out of reach of any prior
_LETTERS = RUSSIAN + TAJIK_ONLY

# -ин and -ина are left out: they also end Tajik names (Амин, Мадина).
_MALE = ("ов", "ев", "ский", "цкий", "ович", "евич", "илич", "мич", "угли", "уулу")
_FEMALE = ("ова", "ева", "ская", "цкая", "овна", "евна", "ична", "кизи", "кызы")


def sex_of_ending(name: str) -> str:
    """``M`` or ``F`` by the Russian ending of a name; empty for neutral ones such as Раҳимзода or Раҳимӣ."""
    last = (fold(name).split() or [""])[-1]
    if last.endswith(_FEMALE):
        return "F"
    return "M" if last.endswith(_MALE) else ""


def decode_name(text: str, lexicon: Lexicon, limit: int = 5) -> tuple[Candidate, ...]:
    """Candidates for a name that was read as a text: the text as written, and names of the list that it nearly is.

    Returns
    -------
    tuple of Candidate
        Names in capitals, likeliest first, as raw shares that sum to less than 1; empty for an empty text.
    """
    written = normalise_name(text)
    key = fold(written)
    if not key:
        return ()
    by_key: dict[str, tuple[float, str]] = {}
    for form, cost in near(key, lexicon, None):
        if cost > _CLOSE:
            continue
        closeness = distance(written.lower(), form.text.lower())
        best = by_key.get(form.key)
        if best is None or closeness < best[0]:
            by_key[form.key] = (closeness, normalise_name(form.text))
    scores = {name: (exp(-SHARPNESS * distance(key, k)), name) for k, (_, name) in by_key.items() if k != key}
    listed = 1.0 if key in by_key else 0.0
    scores[written] = (listed + _UNLISTED, written)
    total = sum(p for p, _ in scores.values()) + _GARBLED
    return shares(scores, total, limit)


def decode_name_posteriors(
    posteriors: CharPosteriors, lexicon: Lexicon, sex: Mapping[str, float] = ANYWHERE, limit: int = 5
) -> tuple[Candidate, ...]:
    """Candidates for a name by probabilities of its characters.

    The likeliest texts and the listed names like them are weighed by likelihood and prior: a listed name has a part of
    the list's share by its weight, any text a share by its spelling, and endings of the other sex count for less.

    Parameters
    ----------
    sex
        Shares of ``M`` and ``F`` as far as the card says.

    Returns
    -------
    tuple of Candidate
        Names in capitals as written, likeliest first; shares of the posterior that sum to less than 1, the rest being
        texts that were not listed; empty where the likeliest text is empty.
    """
    posteriors = with_lost_marks(thinned(merged(posteriors, STRUCK + "./")))  # a dot within a name is a speck
    texts = n_best(posteriors)
    written = [normalise_name(text) for text, _ in texts]
    if not written or not written[0]:
        return ()
    prior, sexes = _prior(lexicon), known(sex, ("M", "F"))
    fits = {sex: log(belonging(sex, sexes)) for sex in ("", "M", "F")}
    likeliest_last = [name for name in reversed(written) if name]  # of several ways to set spaces the last one stays
    read = {letters(name): _set_as_listed(prior, name) for name in likeliest_last}
    keys = (prior.spelt.texts[i] for i in likeliest(posteriors, prior.spelt, _WEIGHED, texts[0][1] - _FAR))
    names = {**{key: prior.names[key] for key in keys}, **read}
    likelihoods = log_likelihoods(merged(posteriors, "- "), list(names))
    gains = [_TRUST * gain + fits[sex] for gain, sex in (_gain(prior, name) for name in names.values())]
    scores = np.exp(likelihoods + gains - max(likelihoods + gains))
    of_reading = np.array([key in read for key in names])
    unlisted = of_reading & np.array([key not in prior.names for key in names])
    total = float(scores.sum()) + _unread(np.exp(likelihoods), scores, of_reading, unlisted)
    ranked = {name: (score, name) for name, score in zip(names.values(), scores.tolist(), strict=True)}
    return shares(ranked, total, limit)


def is_overruled(posteriors: CharPosteriors, read: str, name: str) -> bool:
    """Whether a name was chosen against clear writing.

    Two letters suffice that were each read with more than four parts in five, and one that was read with all but a
    hundred-and-fiftieth.

    Parameters
    ----------
    posteriors
        What `read` was read from.
    read
        The likeliest text, whatever it means.
    name
        The name chosen.
    """
    texts = [letters(normalise_name(text)) for text in (read, name)]
    if texts[0] == texts[1]:
        return False
    steps = thinned(merged(merged(posteriors, STRUCK), SEPARATORS))
    of_read, of_name = log_likelihoods(steps, texts)
    several = Levenshtein.distance(*texts) > 1
    return bool(of_read - of_name > (_OVERRULED if several else _OVERRULED_ONE))


def _set_as_listed(prior: _Prior, name: str) -> str:
    """The name with its spaces as in the list, if it is there: a wide gap between letters does not make two words."""
    listed = prior.names.get(letters(name), "")
    return listed if listed.replace(" ", "") == name.replace(" ", "") else name


def _unread(
    chances: NDArray[np.float64], scores: NDArray[np.float64], read: NDArray[np.bool_], unlisted: NDArray[np.bool_]
) -> float:
    """Score of all the texts that the search gave up: they are like those it kept that are on no list."""
    weight = float(chances[unlisted].sum())
    return max(0.0, 1 - float(chances[read].sum())) * float(scores[unlisted].sum()) / weight if weight else 0.0


@dataclass(frozen=True, eq=False)
class _Prior:
    """A list of names ready to be a prior.

    Attributes
    ----------
    names, sexes
        Name as it is written, and whose it is where the list says so, by its letters alone.
    chances
        Of each, of all that are listed.
    """

    names: Mapping[str, str]
    sexes: Mapping[str, str]
    chances: Mapping[str, float]
    spelt: Spelt
    by_ending: bool
    spelling: Spelling


@lru_cache(maxsize=8192)
def _gain(prior: _Prior, name: str) -> tuple[float, str]:
    """Log of how much likelier the name is than as many letters drawn with equal chances, and whose it is.

    The sex is ``M``, ``F`` or empty, by the list where it says so and else by the ending.
    """
    key = letters(name)
    probability = _LISTED * prior.chances.get(key, 0.0) + (1 - _LISTED) * exp(prior.spelling.log_probability(key))
    gain = log(probability) + (len(key) + 1) * log(len(_LETTERS))
    return gain, sex_of_ending(name) if prior.by_ending else prior.sexes.get(key, "")


@lru_cache(maxsize=8)
def _prior(lexicon: Lexicon) -> _Prior:
    """The list's names in capitals, with and without Tajik letters, and their spelling."""
    names: dict[str, str] = {}
    sexes: dict[str, str] = {}
    weights: dict[str, float] = {}
    for form in lexicon.forms:
        written = normalise_name(form.text)
        for name in (written, plain(written)):
            if set(key := letters(name)) <= set(_LETTERS):
                names.setdefault(key, name)
                sexes.setdefault(key, lexicon.entries[form.code].parent)
                weights[key] = max(form.weight, weights.get(key, 0.0))
    total = sum(weights.values())
    chances = {key: weight / total for key, weight in weights.items()}
    return _Prior(names, sexes, chances, spelt(names), not lexicon.parents, learn_spelling(names))
