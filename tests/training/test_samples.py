"""Everything of the training that needs no torch."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.handwriting import Mask, inked
from fixtures.pens import LetterPen, Style
from learning.sample import ALL, CYRILLIC, DATE, HAND, MASK_NAMES, PASSPORT, SCRIBBLE, Sample, columns_of, masks
from learning.viterbi import viterbi
from ocr.extract.framing import ROWS
from ocr.lexicon.alphabets import STRUCK
from ocr.lexicon.posteriors import BLANK, COLUMN
from training.combs import comb_sample
from training.hands import Hands
from training.latin import darkness, load_latin, spelt, varied
from training.letters import Bank
from training.lines import line_sample
from training.pictures import PARTS, Pictures, clean, load_pictures
from training.respelt import by_hand, respelt, runs
from training.texts import target, text


def _drawn(character: str, thick: int = 3) -> Mask:
    image = np.zeros((40, 40), np.uint8)
    cv2.putText(image, character, (6, 32), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 255, thick)
    found = clean(image)
    assert found is not None
    return found


def _pictures() -> Pictures:
    """Latin shapes under Cyrillic names: enough to compose from."""
    letters = dict(zip("АВСЕНКМОРТХУИЧГЗавсенкмортхуичгз", "ABCEHKMOPTXYNVFZabcehkmoptxynvfz", strict=True))
    rows = [(c, s, "paper") for c, s in letters.items()] + [(str(d), str(d), "mnist") for d in range(10)]
    count = len(rows)
    return Pictures(
        tuple(_drawn(shape) for _, shape, _ in rows),
        np.array([label for label, _, _ in rows]),
        np.array([source for _, _, source in rows]),
        np.full(count, ""),
        np.full(count, "fit"),
    )


HANDS = Hands(Bank.of(_pictures(), None))


def _allowed(sample: Sample) -> bool:
    return bool(masks()[sample.alphabet][list(sample.columns)].all())


@given(st.integers(0, 10**6))
@settings(max_examples=30)
def test_lines_are_framed_and_answerable_in_their_alphabet(seed: int) -> None:
    sample = line_sample(HANDS, np.random.default_rng(seed))
    assert sample.strip.shape[0] == ROWS and sample.strip.dtype == np.uint8
    assert sample.kind in (HAND, SCRIBBLE) and not sample.edges
    assert sample.kind == HAND or sample.columns == columns_of(STRUCK)
    assert BLANK not in sample.columns and _allowed(sample)


@given(st.integers(0, 10**6))
@settings(max_examples=30)
def test_combs_have_an_answer_for_each_cell_shown(seed: int) -> None:
    sample = comb_sample(HANDS, np.random.default_rng(seed))
    assert sample.strip.shape[0] == ROWS and sample.strip.any()
    assert len(sample.columns) == len(sample.edges) - 1
    assert set(sample.columns) != {BLANK} and _allowed(sample)
    assert (np.diff(sample.edges) > 10).all()


@pytest.mark.parametrize("maker", [line_sample, comb_sample])
def test_the_same_seed_makes_the_same_samples(maker: type[object]) -> None:
    first, again = (maker(HANDS, np.random.default_rng(5)) for _ in range(2))
    assert isinstance(first, Sample) and isinstance(again, Sample)
    assert np.array_equal(first.strip, again.strip)
    assert (first.columns, first.edges) == (again.columns, again.edges)


def _pen(joined: float) -> LetterPen:
    letters = {c: [_drawn(s)] for c, s in zip("аомАО", "aomAO", strict=True)}
    return LetterPen(letters, Style(0.6, 0.0, 1.0, 0.15, 0.09, 0.0, joined))


def _parts(ink: Mask) -> int:
    return int(cv2.connectedComponents((ink > 110).view(np.uint8))[0]) - 1


def test_small_letters_are_small_and_stand_on_the_base_line() -> None:
    rng = np.random.default_rng(0)
    for written, top in (("ооо", 2 * 30 - 0.6 * 30), ("ООО", 30.0)):
        rows = np.flatnonzero(_pen(0.0).draw(written, 30, rng).max(axis=1) > 127)
        assert abs(rows[0] - top) <= 5 and abs(rows[-1] - 60) <= 5


def test_a_joining_hand_writes_in_one_stroke() -> None:
    rng = np.random.default_rng(1)
    assert _parts(_pen(0.0).draw("момо", 30, rng)) == 4
    assert _parts(_pen(1.0).draw("момо", 30, rng)) == 1


@given(st.lists(st.floats(26, 60), min_size=1, max_size=6))
def test_letters_stand_where_a_comb_wants_them(gaps: list[float]) -> None:
    middles = tuple(30 + np.cumsum(gaps))
    ink = _pen(0.0).draw("о" * len(middles), 30, np.random.default_rng(2), middles)
    _, _, _, centres = cv2.connectedComponentsWithStats((ink > 110).view(np.uint8))
    assert sorted(centres[1:, 0]) == pytest.approx(middles, abs=2)


@given(st.sampled_from([2.0, 3.0, 4.5, 6.0]), st.integers(1, 7))
@settings(max_examples=20)
def test_strokes_come_to_the_wanted_width(wanted: float, drawn: int) -> None:
    picture = np.zeros((80, 80), np.uint8)
    cv2.line(picture, (10, 40), (70, 40), 255, drawn)
    ink = inked(picture, wanted, np.random.default_rng(0))
    width = float((ink[:, 30:50] / 255).sum(axis=0).mean())
    assert abs(width - wanted) < 1.6


def test_texts_are_of_every_alphabet_and_of_writable_length() -> None:
    rng = np.random.default_rng(0)
    made = [text(rng) for _ in range(600)]
    assert {alphabet for _, alphabet in made} == set(range(len(MASK_NAMES))) - {ALL}
    assert all(1 <= len(target(written)) <= 27 for written, _ in made)
    for written, alphabet in made:
        assert masks()[alphabet][list(columns_of(target(written)))].all()
    assert target("г. Душанбе") == "Г. ДУШАНБЕ"
    assert not masks()[DATE][COLUMN["О"]] and masks()[CYRILLIC][COLUMN["О"]]


def _file(folder: Path, name: str, count: int, **more: np.ndarray) -> None:
    images = np.stack([np.pad(_drawn("8"), ((0, 64), (0, 64)))[:40, :40]] * count)
    split = np.array(["train"] * (count - 4) + ["dev"] * 4)
    np.savez(folder / f"{name}.npz", images=images, split=split, **more)


def test_parts_share_no_writer_and_dev_stays_dev(tmp_path: Path) -> None:
    writers = np.array([f"comnist-{i // 4}" for i in range(196)] + ["sse-1"] * 4)
    _file(tmp_path, "letters", 200, labels=np.array(["А"] * 200), writers=writers)
    _file(tmp_path, "paper_letters", 100, labels=np.array(["Б"] * 100), case=np.array(["lower"] * 100))
    _file(tmp_path, "digits", 100, labels=np.array(["7"] * 100), sources=np.array(["mnist"] * 100))
    found = load_pictures(tmp_path)
    by_writer = {w: set(found.parts[found.writers == w]) for w in np.unique(found.writers) if w}
    assert all(len(parts) == 1 for parts in by_writer.values())
    assert "sse-1" not in by_writer
    assert set(found.parts) == set(PARTS)
    assert (found.parts[found.sources == "paper"] == "dev").sum() == 4
    assert set(found.labels[found.sources == "paper"]) == {"б"}
    calibrate = np.flatnonzero((found.sources == "paper") & (found.parts == "calibrate"))
    assert np.ptp(calibrate) + 1 == len(calibrate)


def test_a_missing_collection_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_pictures(tmp_path)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Né le 29 août 1970,", "NE le 29 aoUt 1970"),
        ("l’œuvre d'Ève", "l oeuvre d Eve"),
        ("CC-BY (1984).", "CC-BY 1984."),
    ],
)
def test_lines_are_spelt_without_unknown_signs_and_accented_letters_as_capitals(written: str, wanted: str) -> None:
    assert spelt(written) == wanted


def test_the_ink_of_a_line_is_bright_on_black_whatever_its_pen() -> None:
    for grey in (30, 120, 180):
        line = np.full((56, 300), 245, np.uint8)
        cv2.line(line, (20, 30), (280, 30), grey, 3)
        ink = darkness(line)
        assert ink[30, 150] > 200 and ink[:20].max() == 0


def _lines_file(folder: Path) -> Path:
    line = np.full((56, 300), 245, np.uint8)
    cv2.putText(line, "12 mai 1970", (5, 40), cv2.FONT_HERSHEY_SIMPLEX, 1, 20, 2)
    png = np.asarray(cv2.imencode(".png", line)[1]).reshape(-1)
    count = 40
    np.savez(
        folder / "lines_latin.npz", png=np.tile(png, count), start=np.arange(count + 1) * len(png),
        text=np.array(["12 mai 1970"] * (count - 1) + ["x = 2"]),
        hand=np.array([f"copy-{i // 2}" for i in range(count)]), split=np.array(["train"] * 30 + ["dev"] * 10),
    )  # fmt: skip
    return folder / "lines_latin.npz"


def test_real_lines_are_parted_by_hand(tmp_path: Path) -> None:
    file = _lines_file(tmp_path)
    found = {part: load_latin(file, part) for part in PARTS}
    hands = [set(lines.hands) for lines in found.values()]
    assert sum(len(lines.samples) for lines in found.values()) == 39  # one line holds a sign that is not known
    assert not hands[0] & hands[1] and not hands[0] & hands[2] and not hands[1] & hands[2]
    sample = found["dev"].samples[0]
    assert (sample.alphabet, sample.columns) == (PASSPORT, columns_of("12 MAI 1970"))
    changed = varied(sample, np.random.default_rng(0))
    assert changed.strip.shape[0] == ROWS and changed.columns == sample.columns


def test_runs_of_letters_that_are_alike_and_numbers_are_cut_out_of_a_line() -> None:
    written = "ma commune 29"
    ink, places = np.zeros((ROWS, 20 * len(written)), np.uint8), 20.0 * np.arange(len(written)) + 10
    for i, c in enumerate(written):
        if c != " ":
            cv2.circle(ink, (20 * i + 10, 20), 6, 255, 2)
    found = list(runs(ink, written, places))
    assert [run.columns for run in found] == [columns_of("СОТТИПЕ"), columns_of("29")]
    assert [run.alphabet for run in found] == [CYRILLIC, DATE]
    assert abs(found[0].ink.shape[1] - 7 * 20) <= 14
    line = respelt(by_hand([("a", run) for run in found], DATE), np.random.default_rng(1))
    assert line.alphabet == DATE and set(line.columns) <= set(columns_of("29 "))


def test_no_run_is_cut_through_a_letter() -> None:
    ink = np.full((ROWS, 200), 255, np.uint8)
    assert not list(runs(ink, "bunes", np.array([20.0, 50.0, 90.0, 140.0, 180.0])))


@given(st.lists(st.integers(1, 6), min_size=1, max_size=8), st.integers(0, 10**6))
def test_characters_are_found_where_the_network_sees_them(columns: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    steps, seen = [BLANK], []
    for column in columns:
        steps += [column] * int(rng.integers(1, 3))
        seen.append(len(steps) - 1)
        steps += [BLANK] * int(rng.integers(1, 4))
    logp = np.full((len(steps), 7), np.log(0.01))
    logp[np.arange(len(steps)), steps] = np.log(0.94)
    places, agreed = viterbi(logp, columns)
    assert np.abs(places - seen).max() <= 0.5
    assert agreed == pytest.approx(np.log(0.94))


def test_a_text_longer_than_the_line_has_no_way() -> None:
    assert viterbi(np.log(np.full((2, 7), 1 / 7)), [1, 1, 1])[1] == -np.inf
