"""The signature of a card's ink: the same for the same strokes however they were scanned, other for all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from ocr.extract.likeness import card_likeness, projected_ink
from ocr.extract.reader import Crop
from ocr.forms.definition import Entry
from ocr.likeness import Likeness, distances, keys_of, load_limits
from tests.ocr.extract.drawn import form

DPI, SCALE = 200.0, 200.0 / 25.4
CARD = form("card-2008")


def crops(seed: int, *, fields: int = 99, shift: int = 0, pen: int = 4, weak: float = 1.0) -> list[Crop]:
    """A card with scribbles in its first fields, laid `shift` pixels beside its place."""
    rng, found = np.random.default_rng(seed), []
    for spec in CARD.fields[:fields]:
        rect = spec.box.grown(1.5)
        ink = np.zeros((round(rect.h * SCALE), round(rect.w * SCALE)), np.uint8)
        points = np.cumsum(rng.normal(0, 14, (round(rect.w), 2)), axis=0) % (ink.shape[1], ink.shape[0])
        cv2.polylines(ink, [np.int32(points) + shift], False, 255, pen, cv2.LINE_AA)
        found.append(Crop(spec, rect, ink, (ink * weak).astype(np.uint8), DPI, ink))
    return found


def likeness(cards: Sequence[Crop]) -> Likeness:
    found = card_likeness(CARD, cards)
    assert found is not None
    return found


@pytest.mark.parametrize("how", [{"shift": 1}, {"pen": 5}, {"pen": 3}, {"weak": 0.7}])
def test_another_scan_of_the_same_strokes_is_near_and_found(how: dict[str, float]) -> None:
    one, other = likeness(crops(1)), likeness(crops(1, **how))  # type: ignore[arg-type]
    assert distances(one.bits, [other.bits])[0] < load_limits().most_distance
    assert set(other.probes) & set(one.keys) and set(one.probes) & set(other.keys)


def test_other_strokes_are_far() -> None:
    cards = [likeness(crops(seed)).bits for seed in range(12)]
    apart = np.stack([distances(bits, cards) for bits in cards])
    assert apart[np.triu_indices(12, 1)].min() > 0.3 and not apart.diagonal().any()


def test_a_card_with_little_on_it_has_no_signature() -> None:
    assert card_likeness(CARD, crops(1, fields=1)) is None


def test_printed_numbers_say_nothing() -> None:
    printed = [crop for crop in crops(1) if crop.spec.entry is Entry.PRINTED]
    bare = [replace(crop, ink=np.zeros_like(crop.ink)) if crop in printed else crop for crop in crops(1)]
    assert printed and np.array_equal(projected_ink(CARD, crops(1))[1], projected_ink(CARD, bare)[1])


def test_a_signature_is_the_same_for_ever() -> None:
    seen = likeness(crops(3))
    assert len(seen.bits) == 128 and set(seen.keys) <= set(seen.probes)
    assert keys_of(CARD.id, seen.version, seen.bits) == seen.keys
    assert keys_of("revised-return", seen.version, seen.bits) != seen.keys
    assert all(0 <= key < 2**63 for key in seen.probes)
