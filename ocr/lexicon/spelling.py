"""How probable a word's spelling is, by the letters of the words of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log

from ocr.lexicon.alphabets import SYMBOLS

_START, _END = "^", "$"
_CONTEXT = 2  # letters before: a trigram model


@dataclass(frozen=True, eq=False)
class Spelling:
    """Character trigrams interpolated with shorter ones after Witten and Bell (1991), down to equal shares.

    Attributes
    ----------
    counts
        How often each character follows the last two, one or no characters.
    """

    counts: Mapping[str, Mapping[str, int]]
    _logs: dict[str, float] = field(default_factory=dict, init=False, repr=False)  # of trigrams met so far

    def log_probability(self, text: str) -> float:
        """Natural logarithm of the text's probability among all texts in `SYMBOLS`."""
        padded = _START * _CONTEXT + text + _END
        return sum(self._log(padded[i - _CONTEXT : i + 1]) for i in range(_CONTEXT, len(padded)))

    def _log(self, trigram: str) -> float:
        """Logarithm of the probability of a trigram's last character after the others, worked out once."""
        found = self._logs.get(trigram)
        if found is None:
            found = self._logs[trigram] = log(self._next(trigram[:-1], trigram[-1]))
        return found

    def _next(self, context: str, character: str) -> float:
        """Probability of a character after its context."""
        shorter = self._next(context[1:], character) if context else 1 / (len(SYMBOLS) + 1)
        seen = self.counts.get(context)
        if not seen:
            return shorter
        return (seen.get(character, 0) + len(seen) * shorter) / (sum(seen.values()) + len(seen))


def learn_spelling(texts: Iterable[str]) -> Spelling:
    """Count the characters of a list of texts."""
    counts: dict[str, Counter[str]] = {}
    for text in texts:
        padded = _START * _CONTEXT + text + _END
        for i in range(_CONTEXT, len(padded)):
            for start in range(i - _CONTEXT, i + 1):
                counts.setdefault(padded[start:i], Counter())[padded[i]] += 1
    return Spelling(counts)
