"""Fronts and backs find each other, and a lost page shifts no sheet but its own."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migcards.duplex import Face, TwoSided, face, paired
from ocr.reading import Refusal

LETTERS = {"F": Face.FRONT, "B": Face.BACK, "U": Face.UNSURE}
FACES = st.lists(st.sampled_from(list(Face)), max_size=40)


def laid(pages: str, starts: tuple[int, ...] = ()) -> str:
    """Sheets of pages given as letters, with a blank between sheets."""
    faces = [LETTERS[page] for page in pages]
    return " ".join(pages[sheet.pages[0] : sheet.pages[-1] + 1] for sheet in paired(faces, starts))


@pytest.mark.parametrize(
    "sheets",
    [
        "",
        "F",
        "FB FB FB",
        "FB F FB",
        "FB B FB FB",
        "B FB FB",
        "FB FB B",
        "FB FB F",
        "BF BF BF BF",
        "BF F BF BF",
        "BF BF B BF BF",
        "FU FU FB",
        "FB U FB FB",
        "F UB FB FB",
        "FB UB FB",
        "FB UU FB",
        "UU UU",
        "FB BB FB",
        "F F F",
        "FB UB UB U FB",
    ],
)
def test_pages_are_laid_together(sheets: str) -> None:
    assert laid(sheets.replace(" ", "")) == sheets


def test_a_file_of_pages_begins_a_sheet() -> None:
    assert laid("UUUU") == "UU UU"
    assert laid("UUUU", starts=(0, 3)) == "UU U U"


def test_what_is_scanned_again() -> None:
    faces = [LETTERS[page] for page in "FBUBUUBBFUB"]
    assert paired(faces) == (
        TwoSided((0, 1), None, (1,)),
        TwoSided((2, 3), 2, (3,)),
        TwoSided((4, 5), 4, (5,)),
        TwoSided((6, 7), 6, (7,)),
        TwoSided((8,), None, ()),
        TwoSided((9, 10), 9, (10,)),
    )
    assert paired([Face.FRONT, Face.UNSURE]) == (TwoSided((0, 1), 1, ()),)
    assert paired([Face.BACK, Face.UNSURE]) == (TwoSided((0, 1), 1, (0,)),)
    assert paired([Face.BACK]) == (TwoSided((0,), 0, ()),)


@pytest.mark.parametrize("reason", Refusal)
def test_only_what_is_known_to_be_no_card_is_a_back(reason: Refusal) -> None:
    expected = {Refusal.BLANK: Face.BACK, Refusal.BACK_SIDE: Face.BACK, Refusal.COVER_SHEET: Face.FRONT}
    assert face(reason) is expected.get(reason, Face.UNSURE)
    assert face(None) is Face.FRONT


@given(FACES)
def test_every_page_lies_in_one_sheet_and_none_that_could_be_a_card_is_passed_over(faces: list[Face]) -> None:
    sheets = paired(faces)
    assert [page for sheet in sheets for page in sheet.pages] == list(range(len(faces)))
    for sheet in sheets:
        shown = [faces[page] for page in sheet.pages]
        assert len(shown) <= 2 and shown.count(Face.FRONT) <= 1
        for page in sheet.pages:
            told = page == sheet.rescan or page in sheet.backs
            assert told == (faces[page] is not Face.FRONT)
        if any(faces[page] is Face.UNSURE for page in sheet.pages):
            assert sheet.rescan is not None and faces[sheet.rescan] is Face.UNSURE
        elif Face.FRONT not in shown:
            assert sheet.rescan is not None


@given(st.integers(2, 12), st.booleans(), st.data())
def test_one_lost_page_leaves_all_other_sheets_as_they_are(count: int, back_first: bool, data: st.DataObject) -> None:
    """Where nothing tells whether the first page or the last is lost, fronts are taken to come first."""
    sheet = [Face.BACK, Face.FRONT] if back_first else [Face.FRONT, Face.BACK]
    pages = [(number, side) for number in range(count) for side in sheet]
    del pages[data.draw(st.integers(1, 2 * count - 2) if back_first else st.integers(0, 2 * count - 1))]
    for found in paired([side for _, side in pages]):
        assert len({pages[page][0] for page in found.pages}) == 1


@given(st.lists(st.sampled_from(["FB", "UB", "FB", "FB", "BB", "FU"]), max_size=30))
def test_whole_sheets_of_which_some_cannot_be_read_stay_whole(sheets: list[str]) -> None:
    assert laid("FB" + "".join(sheets)) == " ".join(["FB", *sheets])


def test_a_long_run_takes_time_by_its_length() -> None:
    def seconds(count: int) -> float:
        began = process_time()
        assert len(paired([Face.FRONT, Face.BACK, Face.UNSURE, Face.BACK] * (count // 4))) == count // 2
        return process_time() - began

    seconds(1000)
    short, long = (min(seconds(count) for _ in range(3)) for count in (10_000, 80_000))
    assert long < 30 * short, "eight times as long; by the square it would be 64 times"
