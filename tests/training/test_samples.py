"""Everything of the training that needs no torch."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.handwriting import Mask
from ocr.extract.framing import ROWS, SIDE
from ocr.lexicon.alphabets import STRUCK, SYMBOLS
from ocr.lexicon.posteriors import BLANK, COLUMN
from training.distort import CANVAS, inked, redrawn, soiled
from training.letters import MASK_NAMES, MILD, STRONG, Bank, masks, sample
from training.lines import HAND, SCRIBBLE, Hands, line_sample
from training.pictures import PARTS, Pictures, clean, load_pictures
from training.texts import target, text


def _drawn(character: str, thick: int = 3) -> Mask:
    image = np.zeros((40, 40), np.uint8)
    cv2.putText(image, character, (6, 32), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 255, thick)
    found = clean(image)
    assert found is not None
    return found


def _pictures() -> Pictures:
    """Latin shapes under Cyrillic names: enough to compose from."""
    letters = dict(zip("АВСЕНКМОРТХУИЧГЗ", "ABCEHKMOPTXYNVFZ", strict=True))
    rows = [(c, s, "paper") for c, s in letters.items()] + [(str(d), str(d), "mnist") for d in range(10)]
    count = len(rows)
    return Pictures(
        tuple(_drawn(shape) for _, shape, _ in rows),
        np.array([label for label, _, _ in rows]),
        np.array([source for _, _, source in rows]),
        np.full(count, ""),
        np.full(count, "fit"),
    )


@given(st.integers(0, 10**6))
@settings(max_examples=30)
def test_samples_are_framed_and_answerable_in_their_alphabet(seed: int) -> None:
    bank = Bank.of(_pictures(), None)
    image, column, alphabet = sample(bank, STRONG, np.random.default_rng(seed))
    assert image.shape == (SIDE, SIDE)
    assert image.dtype == np.uint8
    assert masks()[MASK_NAMES[alphabet]][column]
    assert column == BLANK or image.any()


def test_the_same_seed_makes_the_same_samples() -> None:
    bank = Bank.of(_pictures(), None)
    first, again = (sample(bank, MILD, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first[0], again[0])
    assert first[1:] == again[1:]


@given(st.sampled_from([2.0, 3.0, 4.5, 6.0]), st.integers(1, 7))
@settings(max_examples=20)
def test_strokes_come_to_the_wanted_width(wanted: float, drawn: int) -> None:
    picture = np.zeros((80, 80), np.uint8)
    cv2.line(picture, (10, 40), (70, 40), 255, drawn)
    ink = inked(picture, wanted, np.random.default_rng(0))
    width = float((ink[:, 30:50] / 255).sum(axis=0).mean())
    assert abs(width - wanted) < 1.6


def test_distortion_keeps_the_ink_on_its_canvas() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        ink = soiled(redrawn(_drawn("R"), rng), rng)
        assert ink.shape == (CANVAS, CANVAS)
        assert ink.any()


@given(st.integers(0, 10**6))
@settings(max_examples=30)
def test_lines_hold_what_their_text_says(seed: int) -> None:
    hands = Hands(Bank.of(_pictures(), None), (), ())
    strip, written, alphabet, kind = line_sample(hands, np.random.default_rng(seed))
    assert strip.shape[0] == ROWS
    assert set(written) <= set(SYMBOLS)
    assert kind in (HAND, SCRIBBLE)
    allowed = masks()[MASK_NAMES[alphabet]]
    assert all(c == " " or allowed[COLUMN[c]] for c in written)
    assert kind == HAND or written == STRUCK


def test_texts_are_of_every_alphabet_and_of_writable_length() -> None:
    rng = np.random.default_rng(0)
    made = [text(rng) for _ in range(600)]
    assert {alphabet for _, alphabet in made} == {0, 1, 2}
    assert all(1 <= len(target(written)) <= 27 for written, _ in made)
    assert target("г. Душанбе") == "Г. ДУШАНБЕ"


def test_photographs_lose_paper_and_grid() -> None:
    cell = np.full((64, 64), 40, np.uint8)
    cell += np.linspace(0, 30, 64, dtype=np.uint8)[None]
    cv2.line(cell, (0, 2), (63, 2), 120, 1)
    cv2.line(cell, (20, 15), (45, 50), 200, 3)
    ink = clean(cell, photographed=True)
    assert ink is not None
    assert ink.shape[0] < 45
    assert ink.shape[1] < 35


def _file(folder: Path, name: str, count: int, **more: np.ndarray) -> None:
    images = np.stack([np.pad(_drawn("8"), ((0, 64), (0, 64)))[:40, :40]] * count)
    split = np.array(["train"] * (count - 4) + ["dev"] * 4)
    np.savez(folder / f"{name}.npz", images=images, split=split, **more)


def test_parts_share_no_writer_and_dev_stays_dev(tmp_path: Path) -> None:
    writers = np.array([f"comnist-{i // 4}" for i in range(200)])
    _file(tmp_path, "letters", 200, labels=np.array(["А"] * 200), writers=writers)
    _file(tmp_path, "paper_letters", 100, labels=np.array(["Б"] * 100), case=np.array(["lower"] * 100))
    _file(tmp_path, "digits", 100, labels=np.array(["7"] * 100), sources=np.array(["mnist"] * 100))
    found = load_pictures(tmp_path)
    by_writer = {w: set(found.parts[found.writers == w]) for w in np.unique(found.writers) if w}
    assert all(len(parts) == 1 for parts in by_writer.values())
    assert set(found.parts) == set(PARTS)
    assert (found.parts[found.sources == "paper"] == "dev").sum() == 4
    assert set(found.labels[found.sources == "paper"]) == {"б"}
    calibrate = np.flatnonzero((found.sources == "paper") & (found.parts == "calibrate"))
    assert np.ptp(calibrate) + 1 == len(calibrate)


def test_a_missing_collection_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_pictures(tmp_path)
