"""Who writes a training sample: letters of real writers, fonts, or type."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from numpy.random import Generator

from fixtures.fontglyphs import FontFamily, load_fonts
from training.letters import Bank
from training.pens import FontPen, Manner, Pen, letter_pen
from training.pictures import Pictures
from training.samples import HAND, TYPED

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

    def pick(self, written: str, rng: Generator) -> tuple[Pen, int]:
        """A hand that can write the text, and `HAND` or `TYPED`."""
        chance = rng.random()
        if chance < _TYPED_SHARE and (pen := _font(self.types, written, Manner(0.7, 0, 1, 0.1, 0.1, 0, 0), rng)):
            return pen, TYPED
        latin = any("A" <= c <= "Z" for c in written.upper())
        manner = Manner.of(rng, joined=rng.random() < _JOINED_SHARE and any(c.islower() for c in written))
        if (chance < _TYPED_SHARE + _FONT_SHARE or (latin and chance < 0.6)) and (
            pen := _font(self.fonts, written, manner, rng)
        ):
            return pen, HAND
        return letter_pen(self.bank, written, manner, rng), HAND


def _font(families: tuple[FontFamily, ...], written: str, manner: Manner, rng: Generator) -> FontPen | None:
    """One of the fonts that have all characters of a text."""
    able = [pen for pen in (FontPen(family, manner) for family in families) if pen.can_write(written)]
    return able[int(rng.integers(len(able)))] if able else None
