"""Who writes a training sample: letters of real writers, fonts, or type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from numpy.random import Generator

from fixtures.fontglyphs import FontFamily, load_fonts
from fixtures.handwriting import BASE_OF_TAJIK, Mask
from fixtures.pens import FontPen, LetterPen, Scribe, Style, of_writer
from learning.sample import HAND, TYPED
from training.letters import Bank
from training.pictures import Pictures

_FONT_SHARE, _TYPED_SHARE, _JOINED_SHARE = 0.2, 0.06, 0.6


@dataclass(frozen=True, eq=False)
class Hands:
    """Where hands come from: pictures of letters, fonts by hand, and type."""

    bank: Bank
    fonts: tuple[FontFamily, ...] = ()
    types: tuple[FontFamily, ...] = ()

    @staticmethod
    def of(pictures: Pictures, fonts: Path, typefaces: Path) -> Hands:
        """Hands of letters, of the fonts kept for training, and of type."""
        bank = Bank.of(pictures, fonts)
        return Hands(bank, load_fonts(fonts, "train").families, load_fonts(typefaces).families)

    def pick(self, written: str, rng: Generator) -> tuple[Scribe, int]:
        """A hand that can write the text, and `HAND` or `TYPED`."""
        chance = rng.random()
        if chance < _TYPED_SHARE and (pen := font_pen(self.types, written, Style(0.7, 0, 1, 0.1, 0.1, 0, 0), rng)):
            return pen, TYPED
        latin = any("A" <= c <= "Z" for c in written.upper())
        style = Style.of(rng, joined=rng.random() < _JOINED_SHARE and any(c.islower() for c in written))
        if (chance < _TYPED_SHARE + _FONT_SHARE or (latin and chance < 0.6)) and (
            pen := font_pen(self.fonts, written, style, rng)
        ):
            return pen, HAND
        return _letter_pen(self.bank, written, style, rng), HAND


def font_pen(families: Sequence[FontFamily], written: str, style: Style, rng: Generator) -> FontPen | None:
    """One of the fonts that have all characters of a text; None where none has."""
    able = [pen for pen in (FontPen(family, style) for family in families) if pen.can_write(written)]
    return able[int(rng.integers(len(able)))] if able else None


def _letter_pen(bank: Bank, written: str, style: Style, rng: Generator) -> LetterPen:
    """A person whose letters are of one collection and, where pictures lie in the order of writers, of one writer."""
    groups = bank.groups
    small = any(c.islower() for c in written)
    first = "screen" if not small and rng.random() < 0.45 else "paper"
    digits = ("european", "digits") if rng.random() < 0.6 else ("digits", "european")
    order = [g for g in (first, "paper", "screen", *digits, "latin", "fonts") if g in groups]
    at, digit_at = rng.random(2)
    found: dict[str, list[Mask]] = {}
    for character in dict.fromkeys(c for c in written if c not in " .-/"):
        base = BASE_OF_TAJIK.get(character.upper(), "")  # fonts have these letters, but that is no handwriting
        composed = base if character.isupper() else base.lower()
        names = (composed,) if base else (character, character.upper())
        for name in names:
            group = next((g for g in order if name in groups[g]), None)
            if group is not None:
                found[name] = of_writer(groups[group][name], digit_at if name.isdigit() else at, rng)
                break
    return LetterPen(found, style)
