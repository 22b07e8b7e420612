"""Training samples for boxes: distorted characters framed as reading frames them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fixtures.fontglyphs import load_fonts
from fixtures.handwriting import BASE_OF_TAJIK, compose_tajik, stroke_width
from ocr.extract.framing import INNER, SIDE, centred, picture
from ocr.lexicon.alphabets import DIGITS, LATIN_CAPITALS, RUSSIAN, STRUCK, SYMBOLS, TAJIK_ONLY
from ocr.lexicon.posteriors import BLANK, COLUMN
from training.distort import CANVAS, Mask, redrawn, soiled, struck, with_bar, with_upstroke
from training.pictures import Pictures

COMPOSED = "ҲҶӢӮ"
"""Tajik letters of which no handwritten picture exists: composed."""


@dataclass(frozen=True)
class Mix:
    """What samples are made of: how often each group is drawn, and how often a sample is soiled."""

    shares: Mapping[str, float]
    soiled: float


_SHARES = {"paper": 0.36, "screen": 0.2, "photo": 0.02, "composed": 0.06, "digits": 0.09, "european": 0.1,
           "fonts": 0.08, "latin": 0.03, "struck": 0.04, "nothing": 0.02}  # fmt: skip
STRONG = Mix(_SHARES, 0.75)
MILD = Mix({**_SHARES, "paper": 0.3, "screen": 0.27, "photo": 0.04, "fonts": 0.05}, 0.5)
"""For the last passes, at a low rate of learning: nearer to what is mostly seen."""

_MADE = ("struck", "nothing")
_GROUPS = {"paper": "paper", "comnist": "screen", "qmnist": "screen", "sse": "photo", "semeion": "european"}
_EUROPEAN_EACH = 150
"""Ones given an upstroke and sevens given a bar that join the European digits: the rest is American (MNIST)."""
_LATIN_TWINS = dict(zip("АВСЕНКМОРТХУ", "ABCEHKMOPTXY", strict=True))
_PUNCTUATION = "-./"


def masks() -> dict[str, NDArray[np.bool_]]:
    """Columns that may be answered, by alphabet: each (1 + len(SYMBOLS),)."""
    sets = {
        "cyrillic": RUSSIAN + TAJIK_ONLY + _PUNCTUATION,
        "date": DIGITS + _PUNCTUATION,
        "passport": LATIN_CAPITALS + DIGITS + _PUNCTUATION,
    }
    found = {}
    for name, characters in sets.items():
        mask = np.zeros(1 + len(SYMBOLS), bool)
        mask[[BLANK, COLUMN[STRUCK], *(COLUMN[c] for c in characters)]] = True
        found[name] = mask
    return found


MASK_NAMES = ("cyrillic", "date", "passport")


@dataclass(frozen=True, eq=False)
class Bank:
    """Pictures by group and label, ready to be drawn from."""

    groups: dict[str, dict[str, list[Mask]]]

    @staticmethod
    def of(pictures: Pictures, fonts: Path | None) -> Bank:
        """Sort pictures of the part in hand; fonts kept for training are added where a folder is given."""
        groups: dict[str, dict[str, list[Mask]]] = {name: {} for name in _SHARES if name not in _MADE}
        for image, label, source in zip(pictures.images, pictures.labels, pictures.sources, strict=True):
            group = _GROUPS.get(str(source), "digits")
            groups[group].setdefault(str(label), []).append(image)
        letters: dict[str, list[Mask]] = {}
        for group in ("paper", "screen"):
            for label, images in groups[group].items():
                letters.setdefault(label, []).extend(images)
        for capital in COMPOSED:
            for base in (BASE_OF_TAJIK[capital], BASE_OF_TAJIK[capital].lower()):
                if base in letters:
                    name = capital if base.isupper() else capital.lower()
                    groups["composed"][name] = letters[base]
        for cyrillic, latin in _LATIN_TWINS.items():
            if cyrillic in letters:
                groups["latin"][latin] = letters[cyrillic]
        if fonts is not None:
            _add_fonts(groups, fonts)
        _add_european(groups)
        return Bank({name: group for name, group in groups.items() if group})

    def pick(self, group: str, rng: Generator) -> tuple[str, Mask]:
        """A label, all labels alike often, and one of its pictures."""
        labels = self.groups[group]
        label = list(labels)[int(rng.integers(len(labels)))]
        return label, labels[label][int(rng.integers(len(labels[label])))]


def _add_european(groups: dict[str, dict[str, list[Mask]]]) -> None:
    """Digits as they are taught in Europe and Asia: those of fonts, and American ones and sevens made over."""
    rng = np.random.default_rng(12)
    for digit in DIGITS:
        groups["european"].setdefault(digit, []).extend(groups["fonts"].get(digit, ()))
    for digit, made_over in (("1", with_upstroke), ("7", with_bar)):
        plain = groups["digits"].get(digit, ())
        chosen = rng.permutation(len(plain))[:_EUROPEAN_EACH]
        groups["european"][digit].extend(made_over(plain[int(i)], rng) for i in chosen)
    groups["european"] = {digit: images for digit, images in groups["european"].items() if images}


def _add_fonts(groups: dict[str, dict[str, list[Mask]]], fonts: Path) -> None:
    """Characters of the fonts kept for training, drawn once by each."""
    rng = np.random.default_rng(11)
    small = (RUSSIAN + TAJIK_ONLY).lower()
    for family in load_fonts(fonts, "train").families:
        hand = load_fonts(fonts, "train").__class__((family,)).hand(rng)
        for character in RUSSIAN + TAJIK_ONLY + small + LATIN_CAPITALS + DIGITS + _PUNCTUATION:
            mask = hand.draw(character, 40, rng)
            rows, columns = np.flatnonzero(mask.max(axis=1) > 60), np.flatnonzero(mask.max(axis=0) > 60)
            if len(rows):
                cut = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
                group = "latin" if character in LATIN_CAPITALS else "fonts"
                groups[group].setdefault(character, []).append(cut)


def sample(bank: Bank, mix: Mix, rng: Generator) -> tuple[Mask, int, int]:
    """One training sample.

    Returns
    -------
    ndarray, int, int
        uint8 (SIDE, SIDE), its column, and the index in `MASK_NAMES` of the alphabet it is to be told apart in.
    """
    names = [name for name in mix.shares if name in bank.groups or name in _MADE]
    weights = np.array([mix.shares[name] for name in names])
    group = names[int(rng.choice(len(names), p=weights / weights.sum()))]
    if group == "nothing":
        return framed(soiled(np.zeros((CANVAS, CANVAS), np.uint8), rng), 0.5, rng), BLANK, int(rng.integers(3))
    drawn = group
    if group == "struck":
        drawn = "digits" if rng.random() < 0.45 else "paper" if "paper" in bank.groups else "screen"
    label, image = bank.pick(drawn, rng)
    if group == "composed":
        ink = redrawn(image, rng)
        ink = compose_tajik(ink, label.upper(), max(1.0, stroke_width(ink) * rng.uniform(0.8, 1.2)))
    elif label in _PUNCTUATION:
        return _mark(label, rng), COLUMN[label], int(rng.integers(3))
    else:
        ink = redrawn(image, rng)
    column = COLUMN[label.upper()]
    if group == "struck":
        ink, column = struck(ink, rng), COLUMN[STRUCK]
    elif rng.random() < mix.soiled:
        ink = soiled(ink, rng)
    return framed(ink, 1.0, rng), column, alphabet_of(label, rng)


def alphabet_of(label: str, rng: Generator) -> int:
    """Alphabet in which a character is to be told apart."""
    if label in DIGITS:
        return 1 if rng.random() < 0.7 else 2
    return 2 if label in LATIN_CAPITALS else 0


def framed(ink: Mask, size: float, rng: Generator) -> Mask:
    """As reading frames it, a little off centre and off size."""
    rows, columns = np.flatnonzero(ink.max(axis=1) > 60), np.flatnonzero(ink.max(axis=0) > 60)
    if not len(rows):
        return np.zeros((SIDE, SIDE), np.uint8)
    tight = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height = size * rng.uniform(42, 75)  # of the box, in pixels of the canvas
    scale = INNER / max(*tight.shape, 0.36 * height) * rng.uniform(0.88, 1.06)
    return centred(tight, scale, (rng.normal(0, 0.9), rng.normal(0, 0.9)))


def _mark(label: str, rng: Generator) -> Mask:
    """A full stop, hyphen or slash in its box."""
    ink = np.zeros((CANVAS, CANVAS), np.uint8)
    thick, c = int(rng.integers(3, 7)), CANVAS // 2
    if label == ".":
        cv2.ellipse(ink, (c, c), (int(rng.integers(1, 5)), int(rng.integers(1, 5))), 0, 0, 360, 255, -1)
    else:
        angle = rng.normal(0, 0.15) if label == "-" else rng.uniform(0.8, 1.35)
        reach = rng.uniform(5, 14) if label == "-" else rng.uniform(14, 24)
        dx, dy = reach * np.cos(angle), -reach * np.sin(angle)
        cv2.line(ink, (round(c - dx), round(c - dy)), (round(c + dx), round(c + dy)), 255, thick, cv2.LINE_AA)
    return picture(ink, rng.uniform(42, 75))
