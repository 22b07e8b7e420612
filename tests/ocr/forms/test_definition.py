"""Forms are data: what contradicts itself is refused with the place, and what is loaded cannot be changed."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ocr.errors import BadFormError
from ocr.forms.definition import FORMS_DIR, FieldKind, FieldSpec, Form, Rect, fingerprint, load_form, load_forms
from ocr.lexicon.alphabets import load_alphabets
from ocr.lexicon.lexicon import lexicon_names

VISITOR = Path(__file__).with_name("visitor_card.toml")
FORMS = load_forms()

sides = st.floats(0, 200)
lengths = st.floats(0.1, 200)
rects = st.builds(lambda x, y, w, h: Rect(x=x, y=y, w=w, h=h), sides, sides, lengths, lengths)


def written(folder: Path, text: str) -> Path:
    path = folder / "card.toml"
    path.write_text(text, encoding="utf-8")
    return path


@given(rects, rects)
def test_overlap_is_mutual(a: Rect, b: Rect) -> None:
    assert a.overlaps(b) == b.overlaps(a)
    assert a.overlaps(a)


@given(rects)
def test_neighbours_that_touch_do_not_overlap(a: Rect) -> None:
    assert not a.overlaps(Rect(x=a.right, y=a.y, w=1, h=a.h))
    assert not a.overlaps(Rect(x=a.x, y=a.bottom, w=a.w, h=1))


@given(rects, st.floats(0, 20))
def test_grown_contains_the_rectangle_and_stays_on_the_paper(a: Rect, margin: float) -> None:
    big = a.grown(margin)
    assert big.x <= a.x and big.y <= a.y and big.x >= 0 and big.y >= 0
    assert big.right == pytest.approx(a.right + margin)
    assert big.bottom == pytest.approx(a.bottom + margin)


@given(rects, st.integers(1, 60))
def test_cells_tile_their_box(box: Rect, cells: int) -> None:
    spec = FieldSpec(name="a", kind=FieldKind.COMB, box=box, cells=cells, label_ru="", label_tg="")
    boxes = spec.cell_boxes()
    assert len(boxes) == cells
    assert boxes[0].x == pytest.approx(box.x)
    assert boxes[-1].right == pytest.approx(box.right)
    assert all(a.right == pytest.approx(b.x) for a, b in itertools.pairwise(boxes))


def test_a_line_has_no_cells() -> None:
    assert FORMS[0].by_name["surname"].cell_boxes() == ()


def test_rectangles_are_four_numbers() -> None:
    assert Rect.model_validate([1, 2, 3, 4]).xywh == (1, 2, 3, 4)
    with pytest.raises(ValidationError):
        Rect.model_validate([1, 2, 3])
    with pytest.raises(ValidationError):
        Rect.model_validate([1, 2, 3, 0])


def test_shipped_forms() -> None:
    assert {form.id for form in FORMS} == {"card-2008", "revised-departure", "revised-return", "revised-back"}
    assert {form.direction for form in FORMS} == {"D", "A", ""}
    for form in FORMS:
        assert (form.side == "back") == (not form.fields)
        for spec in form.fields:
            assert spec.alphabet is None or spec.alphabet in load_alphabets(None)
            assert spec.lexicon is None or spec.lexicon in lexicon_names()
            assert not spec.cells or spec.box.w / spec.cells >= 5 - 1e-9
            assert not (spec.personal and spec.published) or spec.name == "birth_date"


def test_both_sides_of_the_revised_card_have_the_same_size_and_other_codes() -> None:
    sides = [form for form in FORMS if form.id.startswith("revised")]
    assert len({form.size for form in sides}) == 1
    assert len({form.code for form in sides}) == len(sides)


def test_a_form_cannot_be_changed() -> None:
    form = load_form(VISITOR)
    with pytest.raises(ValidationError):
        form.code = "XX"  # type: ignore[misc]
    assert form.by_name["sex"].options[1].code == "F"
    assert form.direction == "D"


FAULTS = {
    "misspelt key": ("personal = true\nlabel_ru = \"Имя\"", "persnal = true\nlabel_ru = \"Имя\"", "persnal"),
    "outside the card": ("box = [30, 38, 60, 7]", "box = [50, 38, 60, 7]", "given_name.*outside"),
    "zones overlap": ("box = [30, 38, 60, 7]", "box = [30, 48, 60, 7]", "given_name.*overlaps that of birth_date"),
    "name used twice": ('name = "given_name"', 'name = "surname"', "surname: the name is used twice"),
    "comb without cells": ("cells = 16\n", "", "surname: a comb needs cells"),
    "narrow cells": ("cells = 16\n", "cells = 40\n", "too narrow"),
    "date of 6": ("cells = 8\n", "cells = 6\n", "birth_date: a date has 8 cells"),
    "marks without options": ('kind = "line"', 'kind = "one_of"', "given_name: mark fields"),
    "options share a code": ('code = "F"', 'code = "M"', "sex: two options share a code"),
    "unknown parent": ('lexicon = "given_names"', 'within = "nobody"', "refers to nobody"),
    "frame of cells without cells": ('kind = "line"', 'kind = "line"\nframe = "cells"', "given_name: a frame of cells"),
    "quantity of letters": ('kind = "line"', 'kind = "line"\nquantity = true', "given_name: a quantity is written"),
    "unknown kind": ('kind = "line"', 'kind = "runes"', "fields.1.kind"),
    "bad colour": ('line_colour = "#335577"', 'line_colour = "blue"', "line_colour"),
    "version that no QR code can carry": ('version = "1.0"', 'version = "1 0"', "version"),
    "no size": ("size = [100, 140]\n", "", "size"),
    "no TOML": ("[[panels]]", "[[panels", "card.toml"),
}  # fmt: skip


@pytest.mark.parametrize("before, after, says", FAULTS.values(), ids=FAULTS)
def test_contradictions_are_named(before: str, after: str, says: str, tmp_path: Path) -> None:
    text = VISITOR.read_text("utf-8")
    assert before in text
    with pytest.raises(BadFormError, match=says):
        load_form(written(tmp_path, text.replace(before, after, 1)))


def test_two_fields_may_read_one_stamp(tmp_path: Path) -> None:
    stamp = 'box = [55, 125, 40, 12]\nentry = "stamp"\nalphabet = "date"\nlabel_ru = "ш"\nlabel_tg = "м"\n'
    fields = "".join(f'\n[[fields]]\nname = "{name}"\nkind = "line"\n{stamp}' for name in ("point", "day"))
    text = VISITOR.read_text("utf-8") + fields
    assert {"point", "day"} <= set(load_form(written(tmp_path, text)).by_name)
    with pytest.raises(BadFormError, match="overlaps"):
        load_form(written(tmp_path, text.replace('"stamp"', '"hand"')))


def test_missing_and_garbled_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFormError, match="nowhere"):
        load_form(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes('title = "é"'.encode("latin-1"))
    with pytest.raises(BadFormError, match="latin"):
        load_form(tmp_path / "latin.toml")


def own(folder: Path, **files: str) -> Path:
    """A folder of one's own with these forms, by the names of their files."""
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return folder


def test_forms_of_ones_own_add_to_the_packages(tmp_path: Path) -> None:
    text = VISITOR.read_text("utf-8")
    second = text.replace('"V1"', '"V2"').replace('"visitor-card"', '"a-card"')
    found = load_forms(own(tmp_path / "own", b=text, a=second))
    assert [form.id for form in found] == [*(form.id for form in FORMS), "a-card", "visitor-card"]
    with pytest.raises(BadFormError, match="holds no form"):
        load_forms(tmp_path / "empty")


@pytest.mark.parametrize(
    "other, says",
    [
        (VISITOR.read_text("utf-8"), "id visitor-card is already used by .*b.toml"),
        (VISITOR.read_text("utf-8").replace('"V1"', '"V2"'), "id visitor-card is already used by .*b.toml"),
        (VISITOR.read_text("utf-8").replace('"visitor-card"', '"x"'), "code V1 is already used by .*b.toml"),
        ((FORMS_DIR / "card-2008.toml").read_text("utf-8"), "card-2008.toml: id card-2008 is already used by .*a.toml"),
    ],
    ids=["copy", "version", "code", "shipped"],
)
def test_two_forms_with_one_id_or_code_are_refused_and_both_files_named(other: str, says: str, tmp_path: Path) -> None:
    folder = own(tmp_path / "own", a=other, b=VISITOR.read_text("utf-8"))
    with pytest.raises(BadFormError, match=says):
        load_forms(folder)


def test_the_fingerprint_tells_sets_of_forms_apart(tmp_path: Path) -> None:
    with_visitor = load_forms(own(tmp_path / "own", a=VISITOR.read_text("utf-8")))
    moved = FORMS[0].model_copy(update={"tolerance_mm": 0.4})
    assert fingerprint(FORMS) == fingerprint(reversed(FORMS))
    assert len({fingerprint(FORMS), fingerprint(with_visitor), fingerprint((moved, *FORMS[1:]))}) == 3


def test_what_a_form_need_not_say(tmp_path: Path) -> None:
    text = VISITOR.read_text("utf-8")
    for line in ('side = "departure"', 'title_tg = "Варақаи меҳмон"', 'label_tg = "Ном"', 'label_tg = "Ҷинс"'):
        assert line in text
        text = text.replace(f"{line}\n", "")
    form = load_form(written(tmp_path, text))
    assert (form.direction, form.title_tg, form.by_name["sex"].label_tg) == ("", "", "")


def test_equal_forms_are_one_key() -> None:
    assert len({load_form(VISITOR), load_form(VISITOR), Form.model_validate(load_form(VISITOR).model_dump())}) == 1
