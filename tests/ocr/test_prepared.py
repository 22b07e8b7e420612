"""What is prepared is what is made, whatever lies in the folder."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

from ocr import prepared as module
from ocr.forms.artwork import raster
from ocr.forms.definition import Form, load_forms
from ocr.prepared import prepared
from ocr.preprocess.model import form_model

made: list[str] = []


@dataclass(frozen=True)
class Likeness:
    """A dataclass as models are."""

    form: Form
    picture: NDArray[np.float32]
    norm: float


@prepared
def likeness(form: Form, size: int) -> Likeness:
    made.append(form.id)
    return Likeness(form, np.full((size, 2), 0.1, np.float32), 1.5)


@prepared
def unlike(form: Form) -> NDArray[np.object_]:
    return np.array([form.id, None])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made.clear()
    return tmp_path / "cache" / "migcards"


def holds(value: Likeness, form: Form, size: int = 3) -> bool:
    same = value.picture.dtype == np.float32 and np.array_equal(value.picture, np.full((size, 2), 0.1, np.float32))
    return same and value.form is form and type(value.norm) is float and value.norm == 1.5


def test_it_is_made_once_for_each_form_and_each_argument() -> None:
    first, second = load_forms()[:2]
    for form, size in ((first, 3), (first, 3), (second, 3), (first, 4), (first, 4)):
        value = likeness(form, size)
        assert holds(value, form, size) and not value.picture.flags.writeable
    assert made == [first.id, second.id, first.id]


def test_a_changed_form_and_changed_code_are_prepared_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    form = load_forms()[0]
    changed = form.model_copy(update={"title_en": "Changed"})
    assert holds(likeness(form, 3), form) and holds(likeness(changed, 3), changed)
    monkeypatch.setattr(module, "_code", lambda: "newer")
    likeness(form, 3)
    assert len(made) == 3


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", None])
def test_a_damaged_file_is_made_anew(folder: Path, damage: bytes | None) -> None:
    form = load_forms()[0]
    likeness(form, 3)
    (file,) = folder.iterdir()
    sound = file.read_bytes()
    at = sound.index(np.float32(0.1).tobytes())
    file.write_bytes(sound[:at] + b"x" + sound[at + 1 :] if damage is None else damage)
    assert holds(likeness(form, 3), form)
    assert len(made) == 2 and file.read_bytes() == sound


def test_where_nothing_can_be_written_it_is_made_each_time(folder: Path) -> None:
    folder.parent.write_text("no folder")
    form = load_forms()[0]
    assert holds(likeness(form, 3), form) and holds(likeness(form, 3), form)
    assert len(made) == 2


def test_the_folder_does_not_grow_for_ever(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILES", 2)
    for size in range(1, 6):
        likeness(load_forms()[0], size)
    assert len(list(folder.iterdir())) == 2


def test_what_cannot_be_kept_is_an_error_at_once() -> None:
    with pytest.raises(TypeError, match="neither an array nor a number"):
        unlike(load_forms()[0])


def test_models_and_artwork_are_the_same_from_disk() -> None:
    form = load_forms()[0]
    fresh, kept = form_model.__wrapped__(form), form_model.__wrapped__(form)
    plain = form_model.__wrapped__.__wrapped__(form)
    for name, value in vars(plain).items():
        for other in (fresh, kept):
            if name == "form":
                assert other.form is form
            else:
                assert_array_equal(getattr(other, name), value)
                assert np.asarray(getattr(other, name)).dtype == np.asarray(value).dtype
    picture = raster.__wrapped__(form, 100.0)
    assert_array_equal(picture, raster.__wrapped__(form, 100.0))
    assert picture.dtype == np.uint8


def test_cards_with_a_number_are_not_kept(folder: Path) -> None:
    raster.__wrapped__(load_forms()[0], 50.0, "000000018")
    assert not folder.exists()


def norm_of(number: int) -> float:
    return likeness(load_forms()[0], 500_000).norm


def test_processes_that_prepare_the_same_at_once_do_not_disturb_each_other(folder: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(norm_of, range(8), chunksize=1) == [1.5] * 8
    assert len(list(folder.iterdir())) == 1
