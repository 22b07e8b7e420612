"""Blank cards for the press: nothing overlaps, nothing leaves the sheet, serials run on."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr.errors import BadInputError
from ocr.forms.definition import Form, load_forms
from ocr.forms.print_sheets import PAPERS, cut_marks, layout, print_cards
from ocr.forms.serial import is_serial, parse_payload, serial_number

FORMS = {form.id: form for form in load_forms()}
sides = st.floats(20, 320)
papers = st.sampled_from(sorted(PAPERS))


def meet(boxes: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which boxes (N, 4), left, top, right, bottom, meet another."""
    return np.asarray((boxes[:, :2] < box[2:]).all(axis=1) & (box[:2] < boxes[:, 2:]).all(axis=1))


@given(sides, sides, papers)
def test_cards_and_their_cut_marks_keep_apart(width: float, height: float, paper: str) -> None:
    assume(min(width, height) < 190 and max(width, height) < 280)  # else a4 holds none
    (w, h), places = layout((width, height), PAPERS[paper])
    assert sorted((w, h)) == sorted(PAPERS[paper])
    cards = np.array([(x, y, x + width, y + height) for x, y in places])
    assert (cards[:, :2] > 4).all() and (cards[:, 2:] < np.array([w, h]) - 4).all()
    assert not any(meet(cards[:i], cards[i]).any() for i in range(1, len(cards)))
    for mark in (np.array(mark) for place in places for mark in cut_marks(place, (width, height))):
        ink = np.r_[mark.min(axis=0) - 0.05, mark.max(axis=0) + 0.05]
        assert (ink[:2] > 0).all() and (ink[2:] < [w, h]).all()
        assert not meet(cards, ink).any()


@given(sides, sides)
def test_cut_marks_lie_on_the_cards_edges(width: float, height: float) -> None:
    for (x0, y0), (x1, y1) in cut_marks((10, 20), (width, height)):
        if x0 == x1:
            assert x0 in (10, 10 + width)
        else:
            assert y0 == y1
            assert y0 in (20, 20 + height)


@pytest.mark.parametrize("card, paper, count", [((148, 105), "a4", 2), ((148, 105), "a3", 4), ((148, 105), "sra3", 8),
                                                ((148, 210), "a4", 1), ((148, 210), "sra3", 4)])  # fmt: skip
def test_sheets_are_well_used(card: tuple[float, float], paper: str, count: int) -> None:
    assert len(layout(card, PAPERS[paper])[1]) == count


def test_a_card_larger_than_the_paper_is_refused() -> None:
    with pytest.raises(BadInputError, match="does not fit"):
        layout((300, 300), PAPERS["a4"])


def pages(path: Path) -> list[tuple[tuple[float, float], list[str], list[str]]]:
    """Of each page: its size in mm, the serials printed as words, and what the QR codes say at 300 dpi."""
    found = []
    document = pypdfium2.PdfDocument(path)
    for page in document:
        size = page.get_size()
        words = re.findall(r"\b\d{9}\b", page.get_textpage().get_text_bounded())
        image = np.ascontiguousarray(page.render(scale=300 / 72).to_numpy()[:, :, :3])
        codes = zxingcpp.read_barcodes(image, zxingcpp.BarcodeFormat.QRCode)
        found.append(((size[0] * 25.4 / 72, size[1] * 25.4 / 72), words, [code.text for code in codes]))
    document.close()
    return found


def printed(forms: tuple[str, ...], count: int, first: int, paper: str, folder: Path) -> tuple[int, Path]:
    out = folder / "cards.pdf"
    return print_cards(tuple(FORMS[name] for name in forms), count, first, paper, out), out


def test_serials_run_on_over_the_sheets(tmp_path: Path) -> None:
    count, path = printed(("card-2008",), 5, 99, "a4", tmp_path)
    made = pages(path)
    assert count == len(made) == 3
    serials = [serial for _, words, _ in made for serial in words]
    assert serials == [serial_number(n) for n in range(99, 104)]
    assert all(is_serial(serial) for serial in serials)
    for size, _, _ in made:
        assert sorted(size) == pytest.approx(PAPERS["a4"], abs=0.05)


def test_both_sides_of_a_card_bear_one_serial(tmp_path: Path) -> None:
    count, path = printed(("revised-departure", "revised-return"), 5, 7, "sra3", tmp_path)
    made = pages(path)
    assert count == len(made) == 4
    said = [[parse_payload(text) for text in texts] for _, _, texts in made]
    assert [len(codes) for codes in said] == [4, 4, 1, 1]
    for codes, side, numbers in zip(said, ("RD", "RR") * 2, ((7, 8, 9, 10),) * 2 + ((11,),) * 2, strict=True):
        assert {code.form_code for code in codes if code} == {side}
        assert {code.serial for code in codes if code} == {serial_number(n) for n in numbers}


@pytest.mark.parametrize("count, first", [(0, 1), (1, 0), (1, -3), (2, 99_999_999)])
def test_serials_that_do_not_exist_are_refused(count: int, first: int, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="Serials"):
        printed(("card-2008",), count, first, "a4", tmp_path)
    assert not list(tmp_path.iterdir())


def test_sides_of_different_size_are_refused(tmp_path: Path) -> None:
    forms: tuple[Form, ...] = (FORMS["card-2008"], FORMS["revised-return"])
    with pytest.raises(BadInputError, match="same size"):
        print_cards(forms, 1, 1, "a4", tmp_path / "cards.pdf")
