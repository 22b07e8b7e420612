"""How well a dictionary decodes its own written forms, clean and with the mistakes of readers and hands.

``python -m ocr.lexicon.coverage`` prints the table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from random import Random
from time import perf_counter

from ocr.lexicon.decode import decode
from ocr.lexicon.distance import confusion_costs
from ocr.lexicon.lexicon import Lexicon, load_lexicon
from ocr.lexicon.normalise import fold

DECODED = (
    "surnames",
    "given_names",
    "patronymics",
    "regions",
    "districts",
    "countries",
    "destinations",
    "occupations",
    "sectors",
    "checkpoints",
)
"""Dictionaries that fields of the forms are decoded with."""


@dataclass(frozen=True)
class Coverage:
    """Shares of written forms whose own code comes first, and is among the candidates."""

    forms: int
    first: float
    listed: float
    seconds: float


def coverage(pairs: Iterable[tuple[str, str, date | None]], lexicon: Lexicon) -> Coverage:
    """Decode texts whose meaning is known.

    Parameters
    ----------
    pairs
        Text, code it should decode to, and day of the card or None. In a dictionary of names the code is the
        name itself, compared folded.
    lexicon
        The dictionary.

    Returns
    -------
    Coverage
        `seconds` is the mean time of one decode.
    """
    count = first = listed = 0
    start = perf_counter()
    for text, code, on in pairs:
        values = [c.value for c in decode(text, lexicon, on=on)]
        if lexicon.is_open:
            values, code = [fold(value) for value in values], fold(code)
        count += 1
        first += values[:1] == [code]
        listed += code in values
    seconds = perf_counter() - start
    n = max(count, 1)
    return Coverage(count, first / n, listed / n, seconds / n)


def own_forms(lexicon: Lexicon) -> list[tuple[str, str, date | None]]:
    """Every written form with its code, on a day when it was in use; names stand for themselves."""
    return [
        (form.text, form.text if lexicon.is_open else form.code, form.valid_from or form.valid_to)
        for form in lexicon.forms
    ]


def confuse(text: str, count: int, random: Random) -> str:
    """The text in lower case with that many letters (or all that can be) exchanged for confusable ones."""
    swaps: dict[str, list[str]] = {}
    for a, b in confusion_costs():
        if a and b:
            swaps.setdefault(a, []).append(b)
    letters = list(text.lower())
    places = [i for i, letter in enumerate(letters) if letter in swaps]
    for i in random.sample(places, min(count, len(places))):
        letters[i] = random.choice(swaps[letters[i]])
    return "".join(letters)


def main() -> None:
    """Print coverage of every dictionary, clean and after one and two confusable substitutions."""
    print(f"{'lexicon':14}{'forms':>6}  {'clean':>13}  {'1 confused':>13}  {'2 confused':>13}  ms")
    for name in DECODED:
        lexicon = load_lexicon(name)
        random = Random(1)
        rows = []
        for count in (0, 1, 2):
            pairs = [(confuse(t, count, random) if count else t, c, on) for t, c, on in own_forms(lexicon)]
            rows.append(coverage([p for p in pairs if not count or len(p[0]) >= 6], lexicon))
        shares = "  ".join(f"{r.first:6.3f} {r.listed:6.3f}" for r in rows)
        ms = 1e3 * sum(r.seconds * r.forms for r in rows) / sum(r.forms for r in rows)
        print(f"{name:14}{rows[0].forms:6}  {shares}  {ms:.2f}")


if __name__ == "__main__":
    main()
