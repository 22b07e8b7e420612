"""Hands that write as pens do: letters of one writer stand on a base line, small ones lower, joined by strokes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from fixtures.fontglyphs import FontFamily
from fixtures.handwriting import BASE_OF_TAJIK, compose_tajik
from training.distort import Mask, inked
from training.letters import Bank

_ROOM = 1.0
"""Rows above the capitals and below the base line, in heights of a capital."""

_BANDS = {
    "у": (0.0, 1.75), "р": (0.0, 1.65), "ф": (-0.5, 1.6), "б": (-0.75, 1.0), "д": (0.0, 1.75), "з": (0.0, 1.55),
    "ц": (0.0, 1.3), "щ": (0.0, 1.3), "қ": (0.0, 1.3), "й": (-0.5, 1.0), "ё": (-0.45, 1.0), "в": (-0.35, 1.0),
    "ғ": (0.0, 1.2), "ӣ": (0.0, 1.0), "ҷ": (0.0, 1.0), "ҳ": (0.0, 1.0),
    "g": (0.0, 1.7), "j": (0.0, 1.7), "p": (0.0, 1.6), "q": (0.0, 1.6), "y": (0.0, 1.6),
    "b": (-0.7, 1.0), "d": (-0.7, 1.0), "f": (-0.7, 1.3), "h": (-0.7, 1.0), "k": (-0.7, 1.0), "l": (-0.7, 1.0),
    "t": (-0.5, 1.0), "i": (-0.3, 1.0),
}  # fmt: skip
"""Top and bottom of small letters in x-heights below the x-line, where they leave the band."""

_ABOVE, _BELOW = {"Ё": 0.25, "Й": 0.25}, {"Д": 0.15, "Ц": 0.18, "Щ": 0.18, "Қ": 0.18}
"""How far capitals reach above the others and below the base line, in heights."""


class Pen(Protocol):
    """The hand of one person with one pen."""

    def draw(self, text: str, height: float, rng: Generator, middles: Sequence[float] | None = None) -> Mask:
        """Write a text.

        Parameters
        ----------
        height
            Of capitals, in pixels.
        middles
            Columns around which the letters are to stand, as in a comb; else they stand as the hand sets them.

        Returns
        -------
        ndarray
            uint8 (3 x height, w), 255 = ink; the base line at two heights.
        """
        ...


@dataclass(frozen=True)
class Manner:
    """How a person writes.

    Attributes
    ----------
    small
        Height of small letters, in capitals.
    slant
        Columns to the right per row upwards.
    width, spacing, stroke
        Factor of letters' width; space between letters and width of the line, in heights.
    unrest
        How unlike the same letter comes out each time, 1 for ordinary people.
    joined
        Share of neighbouring letters that one stroke joins.
    """

    small: float
    slant: float
    width: float
    spacing: float
    stroke: float
    unrest: float
    joined: float

    @staticmethod
    def of(rng: Generator, joined: bool) -> Manner:
        """Draw a manner of writing."""
        spacing = rng.uniform(0.3, 1.0) if rng.random() < 0.06 else rng.uniform(0.02, 0.24)
        return Manner(
            small=rng.uniform(0.42, 0.78), slant=rng.normal(0.1, 0.16), width=rng.uniform(0.7, 1.2),
            spacing=rng.uniform(-0.05, 0.22) if joined else spacing,
            stroke=float(np.exp(rng.uniform(np.log(0.05), np.log(0.17)))), unrest=rng.uniform(0.3, 1.8),
            joined=rng.uniform(0.6, 1.0) if joined else 0.0,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class LetterPen:
    """A person whose letters are pictures of single letters.

    Attributes
    ----------
    pictures
        Some pictures of each character, of one writer where writers are known.
    """

    pictures: dict[str, list[Mask]]
    manner: Manner

    def draw(self, text: str, height: float, rng: Generator, middles: Sequence[float] | None = None) -> Mask:
        """See `Pen.draw`; characters without a picture are left as a gap, points and dashes are drawn."""
        letters = [self._letter(c, height, rng) for c in text]
        spread = _placed(letters, text, self.manner, height, rng) if middles is None else [
            m - 0.5 * letter.shape[1] for m, letter in zip(middles, letters, strict=True)
        ]  # fmt: skip
        left = min(spread, default=0.0)
        width = max((x + letter.shape[1] for x, letter in zip(spread, letters, strict=True)), default=1.0)
        shift = max(0.0, -left) if middles is not None else -left
        page = np.zeros((round(3 * height), max(2, int(width + shift) + 2)), np.uint8)
        for x, letter in zip(spread, letters, strict=True):
            at = max(0, round(x + shift))
            part = page[:, at : at + letter.shape[1]]
            np.maximum(part, letter[:, : part.shape[1]], out=part)
        placed = [(letter, x + shift) for letter, x in zip(letters, spread, strict=True)]
        for (a, left), (b, right) in pairwise(zip(text, placed, strict=True)):
            if _may_join(a, b) and rng.random() < self.manner.joined:
                _join(page, left, right, self.manner, height, rng)
        return page

    def _letter(self, char: str, height: float, rng: Generator) -> Mask:
        """One letter, uint8 (3 x height, its width)."""
        key = next((k for k in (char, char.upper(), char.lower()) if k in self.pictures), None)
        base = BASE_OF_TAJIK.get(char.upper())
        if key is None and base is not None:
            ink = self._letter(base if char.isupper() else base.lower(), height, rng)
            wide = np.pad(ink, ((0, 0), (2, round(0.2 * height))))
            return _tight(compose_tajik(wide, char.upper(), max(1.0, self.manner.stroke * height)))
        if key is None:
            return _sign(char, height, self.manner, rng)
        picture = self.pictures[key][int(rng.integers(len(self.pictures[key])))]
        top, bottom = _band(char, key, self.manner, height)
        jitter = 0.03 * self.manner.unrest * height
        top, bottom = top + rng.normal(0, jitter), bottom + rng.normal(0, jitter)
        return _formed(picture, top, max(bottom, top + 3), height, self.manner, rng)


def _formed(picture: Mask, top: float, bottom: float, height: float, manner: Manner, rng: Generator) -> Mask:
    """A picture slanted, stretched and turned between two rows, with the pen's line."""
    rows = round(3 * height)
    sy = (bottom - top) / picture.shape[0]
    sx = sy * manner.width * float(np.exp(rng.normal(0, 0.06 * manner.unrest)))
    sx = min(sx, 1.7 * height / picture.shape[1])
    turn = np.deg2rad(rng.normal(0, 2.2) * manner.unrest)
    slant = manner.slant + rng.normal(0, 0.03 * manner.unrest)
    w = picture.shape[1] * sx
    room = round(0.5 * height) + 2
    linear = np.array([[sx, -slant * sy], [np.sin(turn) * sx, sy]])
    linear[0, 1] += np.sin(turn) * sy
    centre = np.array([picture.shape[1] / 2, picture.shape[0] / 2])
    at = np.array([room + w / 2, (top + bottom) / 2])
    matrix = np.c_[linear, at - linear @ centre]
    size = (round(w) + 2 * room, rows)
    soft = cv2.GaussianBlur(picture, (0, 0), max(0.5, 0.4 * sy)) if sy > 0.8 else picture
    moved = np.asarray(cv2.warpAffine(soft, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)
    stroke = max(1.2, manner.stroke * height)
    rim = round(stroke) + 1
    return _tight(inked(np.pad(_tight(moved), ((0, 0), (rim, rim))), stroke, rng))


def _band(char: str, key: str, manner: Manner, height: float) -> tuple[float, float]:
    """Top and bottom row of a letter's ink."""
    base, x = (1 + _ROOM) * height, manner.small * height
    if char.islower():
        above, below = _BANDS.get(char, (0.0, 1.0)) if key.islower() else (0.0, 1.0)
        return base - x + above * x, base - x + below * x
    return base - height * (1 + _ABOVE.get(char, 0.0)), base + height * _BELOW.get(char, 0.0)


def _tight(ink: Mask) -> Mask:
    """Ink without empty columns at both sides; one column where there is none."""
    columns = np.flatnonzero(ink.max(axis=0) > 60)
    return ink[:, columns[0] : columns[-1] + 1] if len(columns) else ink[:, :1]


def _sign(char: str, height: float, manner: Manner, rng: Generator) -> Mask:
    """Space, point, dash or slash."""
    ink = np.zeros((round(3 * height), max(2, round(0.55 * height))), np.uint8)
    if char == " ":
        return ink[:, : round(rng.uniform(0.3, 0.55) * height)]
    thick, base = max(1, round(manner.stroke * height)), (1 + _ROOM) * height
    middle = ink.shape[1] / 2
    if char in ".,":
        cv2.circle(ink, (round(middle), round(base - thick / 2)), max(1, round(thick * rng.uniform(0.4, 0.8))), 255, -1)
    else:
        angle = rng.normal(0, 0.15) if char in "-–" else rng.uniform(0.9, 1.4)
        reach = height * (rng.uniform(0.12, 0.26) if char in "-–" else rng.uniform(0.45, 0.65))
        y = base - height * (0.42 * rng.uniform(0.7, 1.3) if char in "-–" else 0.5)
        dx, dy = reach * np.cos(angle), reach * np.sin(angle)
        cv2.line(ink, (round(middle - dx), round(y + dy)), (round(middle + dx), round(y - dy)), 255, thick, cv2.LINE_AA)
    return _tight(ink)


def _may_join(a: str, b: str) -> bool:
    return a.isalpha() and b.isalpha() and b.islower()


def _placed(letters: Sequence[Mask], text: str, manner: Manner, height: float, rng: Generator) -> list[float]:
    """Left edges of letters that are set side by side; joined ones by their strokes in the small letters' band."""
    x, found = 0.0, []
    band = _small_band(manner, height)
    for i, letter in enumerate(letters):
        if i and manner.joined and _may_join(text[i - 1], text[i]):
            before = letters[i - 1]
            gap = before.shape[1] - 1 - _edge(before, band, right=True)[0] + _edge(letter, band, right=False)[0]
            x -= min(gap, 0.35 * height)
        found.append(x + rng.normal(0, 0.02 * manner.unrest * height))
        x += letter.shape[1] + manner.spacing * height * float(np.exp(rng.normal(0, 0.25 * manner.unrest)))
    return found


def _small_band(manner: Manner, height: float) -> slice:
    base = (1 + _ROOM) * height
    return slice(round(base - 1.05 * manner.small * height), round(base + 0.12 * height))


def _edge(letter: Mask, band: slice, *, right: bool) -> tuple[float, float]:
    """Column and row of the outermost ink of a letter within the band; its middle where there is none."""
    strong = letter[band] > 110
    columns = np.flatnonzero(strong.any(axis=0))
    if not len(columns):
        return letter.shape[1] / 2, (band.start + band.stop) / 2
    column = columns[-1] if right else columns[0]
    rows = np.flatnonzero(strong[:, column])
    return float(column), float(band.start + rows.mean())


def _join(
    page: Mask, left: tuple[Mask, float], right: tuple[Mask, float], manner: Manner, height: float, rng: Generator
) -> None:
    """A stroke from where one letter ends to where the next begins."""
    band = _small_band(manner, height)
    (x1, y1), (x2, y2) = _edge(left[0], band, right=True), _edge(right[0], band, right=False)
    x1, x2 = x1 + left[1], x2 + right[1]
    thick = max(1, round(manner.stroke * height * rng.uniform(0.7, 1.0)))
    sag = rng.uniform(-0.05, 0.35 if x2 - x1 < 0.5 * height else 0.1) * manner.small * height
    lowest = max(y1, y2) + sag if x2 - x1 > 0.12 * height else (y1 + y2) / 2
    middle = (x1 + x2) / 2 + rng.normal(0, 0.05) * height, lowest
    t = np.linspace(0, 1, 9)[:, None]
    curve = (1 - t) ** 2 * np.array([x1, y1]) + 2 * t * (1 - t) * np.array(middle) + t**2 * np.array([x2, y2])
    cv2.polylines(page, [np.round(curve).astype(np.int32)], False, 255, thick, cv2.LINE_AA)


@dataclass(frozen=True, eq=False)
class FontPen:
    """A person who writes like a font; words are set as a whole, so that letters join as the font joins them."""

    family: FontFamily
    manner: Manner

    def can_write(self, text: str) -> bool:
        """Whether the font has every character."""
        return all(c == " " or self.family.file_for(c) for c in text)

    def draw(self, text: str, height: float, rng: Generator, middles: Sequence[float] | None = None) -> Mask:
        """See `Pen.draw`; the font must have the characters."""
        if middles is None:
            return self._written(text, height, rng)
        page = np.zeros((round(3 * height), int(max(middles) + 2 * height)), np.uint8)
        for char, middle in zip(text, middles, strict=True):
            ink = self._written(char, height, rng)
            at = max(0, round(middle - ink.shape[1] / 2))
            part = page[:, at : at + ink.shape[1]]
            np.maximum(part, ink[:, : part.shape[1]], out=part)
        return page

    def _written(self, text: str, height: float, rng: Generator) -> Mask:
        """Runs of characters that one file of the font has, side by side."""
        room, x = round(0.6 * height), 0.0
        home = str(self.family.file_for("Н"))
        runs = [(_sized(home, str(file), round(height)), run) for file, run in self._runs(text)]
        image = Image.new("L", (round(sum(font.getlength(run) for font, run in runs)) + 2 * room, round(3 * height)))
        for font, run in runs:
            ImageDraw.Draw(image).text((room + x, round(2 * height)), run, font=font, fill=255, anchor="ls")
            x += font.getlength(run)
        ink, slant = np.asarray(image, np.uint8), self.manner.slant
        sx = self.manner.width * float(np.exp(rng.normal(0, 0.04)))
        matrix = np.array([[sx, -slant, slant * 2 * height + 0.2 * height], [0.0, 1.0, 0.0]])
        size = (round(ink.shape[1] * sx + abs(slant) * 3 * height + 0.4 * height), ink.shape[0])
        return _tight(np.asarray(cv2.warpAffine(ink, matrix, size, flags=cv2.INTER_LINEAR), np.uint8))

    def _runs(self, text: str) -> list[tuple[Path, str]]:
        """Parts of a text with the file that has their characters; a space goes with what stands before it."""
        found: list[tuple[Path, str]] = []
        for char in text:
            file = found[-1][0] if found and char == " " else self.family.file_for(char)
            if file is None:
                continue
            if found and found[-1][0] == file:
                found[-1] = file, found[-1][1] + char
            else:
                found.append((file, char))
        return found


@lru_cache(maxsize=1024)
def _sized(home: str, file: str, height: int) -> ImageFont.FreeTypeFont:
    """A file of a font at the size at which the capital Н, in the file `home`, is `height` pixels high."""
    top = -ImageFont.truetype(home, 200).getbbox("Н", anchor="ls")[1]
    return ImageFont.truetype(file, max(4.0, 200 * height / max(40.0, top)))


def letter_pen(bank: Bank, written: str, manner: Manner, rng: Generator) -> LetterPen:
    """A person whose letters are of one collection and, where pictures lie in the order of writers, of one writer."""
    groups = bank.groups
    small = any(c.islower() for c in written)
    first = "screen" if not small and rng.random() < 0.45 else "paper"
    digits = ("european", "digits") if rng.random() < 0.6 else ("digits", "european")
    order = [g for g in (first, "paper", "screen", *digits, "latin", "fonts") if g in groups]
    at, digit_at = rng.random(2)
    found: dict[str, list[Mask]] = {}
    for character in set(written) - set(" .-/"):
        group = next((g for g in order if character in groups[g]), None)
        if group is not None:
            found[character] = _of_writer(groups[group][character], digit_at if character.isdigit() else at, rng)
            continue
        base = BASE_OF_TAJIK.get(character.upper())
        name = character.upper() if base is None else base if character.isupper() else base.lower()
        group = next((g for g in order if name in groups[g]), None)
        if group is not None:
            found[name] = _of_writer(groups[group][name], at, rng)
    return LetterPen(found, manner)


def _of_writer(pictures: list[Mask], at: float, rng: Generator) -> list[Mask]:
    """Two pictures from about the same place of a collection, which is mostly the same writer's."""
    places: NDArray[np.float64] = np.clip(at + rng.normal(0, 0.012, 2), 0, 1)
    return [pictures[min(len(pictures) - 1, int(p * len(pictures)))] for p in places]
