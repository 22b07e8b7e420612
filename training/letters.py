"""Pictures of single characters by group and label, and the alphabets in which they are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fixtures.fontglyphs import FontSource, load_fonts
from fixtures.handwriting import Mask
from ocr.lexicon.alphabets import DIGITS, LATIN_CAPITALS, RUSSIAN, TAJIK_ONLY
from training.distort import with_bar, with_upstroke
from training.pictures import Pictures

_GROUPS = {"paper": "paper", "comnist": "screen", "qmnist": "screen", "semeion": "european", "mnist": "digits"}
_EUROPEAN_EACH = 150
"""Ones given an upstroke and sevens given a bar that join the European digits: the rest is American (MNIST)."""
_LATIN_TWINS = dict(zip("АВСЕНКМОРТХУ", "ABCEHKMOPTXY", strict=True))


@dataclass(frozen=True, eq=False)
class Bank:
    """Pictures by group and label, ready to be drawn from; those of one label in the order of their collection."""

    groups: dict[str, dict[str, list[Mask]]]

    @staticmethod
    def of(pictures: Pictures, fonts: Path | None) -> Bank:
        """Sort pictures of the part in hand; fonts kept for training are added where a folder is given."""
        groups: dict[str, dict[str, list[Mask]]] = {name: {} for name in (*_GROUPS.values(), "latin", "fonts")}
        for image, label, source in zip(pictures.images, pictures.labels, pictures.sources, strict=True):
            if group := _GROUPS.get(str(source)):
                groups[group].setdefault(str(label), []).append(image)
        for group in ("paper", "screen"):
            for cyrillic, latin in _LATIN_TWINS.items():
                groups["latin"].setdefault(latin, []).extend(groups[group].get(cyrillic, ()))
        if fonts is not None:
            _add_fonts(groups, fonts)
        _add_european(groups)
        kept = {name: {label: found for label, found in group.items() if found} for name, group in groups.items()}
        return Bank({name: group for name, group in kept.items() if group})


def _add_european(groups: dict[str, dict[str, list[Mask]]]) -> None:
    """Digits as they are taught in Europe and Asia: those of fonts, and American ones and sevens made over."""
    rng = np.random.default_rng(12)
    for digit in DIGITS:
        groups["european"].setdefault(digit, []).extend(groups["fonts"].get(digit, ()))
    for digit, made_over in (("1", with_upstroke), ("7", with_bar)):
        plain = groups["digits"].get(digit, ())
        chosen = rng.permutation(len(plain))[:_EUROPEAN_EACH]
        groups["european"][digit].extend(made_over(plain[int(i)], rng) for i in chosen)


def _add_fonts(groups: dict[str, dict[str, list[Mask]]], fonts: Path) -> None:
    """Characters of the fonts kept for training, drawn once by each."""
    rng = np.random.default_rng(11)
    small = (RUSSIAN + TAJIK_ONLY).lower()
    for family in load_fonts(fonts, "train").families:
        hand = FontSource((family,)).hand(rng)
        for character in RUSSIAN + TAJIK_ONLY + small + LATIN_CAPITALS + DIGITS:
            mask = hand.draw(character, 40, rng)
            rows, columns = np.flatnonzero(mask.max(axis=1) > 60), np.flatnonzero(mask.max(axis=0) > 60)
            if len(rows):
                cut = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
                group = "latin" if character in LATIN_CAPITALS else "fonts"
                groups[group].setdefault(character, []).append(cut)
