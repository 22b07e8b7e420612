"""Signatures of cards by their ink, and how far two of them lie apart: the same card scanned again is found by them.

Where exactly a pen went is chance, as a fingerprint is: nobody lays the strokes of two cards within a third of a
millimetre of each other. No pixels here: `ocr.extract.likeness` makes the signatures, the store compares them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from ocr.data import PACKAGE

VERSION = "1"
"""Of all that decides a signature; those of two versions cannot be compared."""

BITS = 1024

BANDS, BAND_BITS = 16, 22
"""Groups of bits by which a card is looked up: whoever agrees with it in one group whole is compared with it."""

DOUBTED = 5
"""Bits of a group that a slightly different scan turns first; looked up is every way in which these may have turned."""

_KEY = 2**63 - 1
_WAYS = np.arange(2**DOUBTED)[:, None] >> np.arange(DOUBTED) & 1
LIMITS_FILE = PACKAGE / "likeness.json"


@dataclass(frozen=True)
class Likeness:
    """The signature of one scan of a card.

    Attributes
    ----------
    version
        `VERSION` that made it.
    bits
        `BITS` bits, which `distances` compares.
    keys
        Under which it is found, one for each band; whole numbers that databases take.
    probes
        Under which it looks for others; its own keys are among them.
    """

    version: str
    bits: bytes
    keys: tuple[int, ...]
    probes: tuple[int, ...]


class LikenessLimits(BaseModel):
    """What was measured to part the same card from another: see docs/duplicates.md.

    Attributes
    ----------
    least_ink_mm2
        Handwriting that a card bears at least; with less it may be like another by chance and has no signature.
    most_distance
        Share of bits in which two scans of one card differ at most.
    made
        The command that made this file.
    measured
        The distances on which it rests, for people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_ink_mm2: float
    most_distance: float
    made: str
    measured: dict[str, float]


@lru_cache(maxsize=1)
def load_limits(path: Path = LIMITS_FILE) -> LikenessLimits:
    """Read the limits that come with the package."""
    return LikenessLimits.model_validate(json.loads(path.read_text("utf-8")))


def signature(form: str, projections: NDArray[np.float32]) -> Likeness:
    """The signature of a card on a form (its id) from `BITS` projections of its ink, of which the signs are kept."""
    bits = np.packbits(projections > 0, bitorder="little").tobytes()
    weakest = np.argsort(np.abs(projections[: BANDS * BAND_BITS].reshape(BANDS, BAND_BITS)), axis=1)[:, :DOUBTED]
    keys = keys_of(form, VERSION, bits)
    probes = np.array(keys) ^ _WAYS @ (1 << weakest.T)
    return Likeness(VERSION, bits, keys, tuple(probes.reshape(-1).tolist()))


def keys_of(form: str, version: str, bits: bytes) -> tuple[int, ...]:
    """Under which a signature is found."""
    signs = np.unpackbits(np.frombuffer(bits, np.uint8), count=BANDS * BAND_BITS, bitorder="little")
    values = signs.reshape(BANDS, BAND_BITS).astype(np.int64) @ (1 << np.arange(BAND_BITS))
    return tuple((_places(form, version) ^ values).tolist())


def distances(one: bytes, others: Sequence[bytes]) -> NDArray[np.float64]:
    """Share of bits in which a signature differs from each of others: 0 the same, 0.5 as unlike as by chance."""
    seen, known = np.frombuffer(one, np.uint64), np.frombuffer(b"".join(others), np.uint64)
    differ = np.bitwise_count(known.reshape(len(others), -1) ^ seen)
    return np.asarray(differ.sum(axis=1) / (64 * len(seen)), np.float64)


@lru_cache(maxsize=64)
def _places(form: str, version: str) -> NDArray[np.int64]:
    """Where the keys of each band begin: cards of other forms, and other versions, are never found."""
    names = (f"{version} {form} {band}".encode() for band in range(BANDS))
    numbers = [int.from_bytes(blake2b(name, digest_size=8).digest()) & _KEY for name in names]
    return np.array(numbers, np.int64) >> BAND_BITS << BAND_BITS
