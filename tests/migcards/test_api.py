"""The functions of `migcards`: examples in the documentation, order, what is saved, and what an import loads."""

from __future__ import annotations

import doctest
import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import migcards
from migcards import CardReading, Form, MigcardsError, Refused
from ocr.scan import ScanId
from reports.build import available
from store.tables import Card, Run, Scan, Waiting
from tests.migcards.cli.program import SAMPLES


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A card, and a sheet to be refused."""
    folder = tmp_path_factory.mktemp("api") / "scans"
    folder.mkdir()
    for name in ("fault-skew.jpg", "refused-too-dark.png"):
        shutil.copy(SAMPLES / name, folder)
    return folder


@pytest.mark.parametrize("module", ["migcards", "migcards.api"])
def test_examples_in_the_documentation(module: str, scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(scans.parent)
    store = migcards.open_store("sqlite:///cards.db")  # examples about tables go on where that about saving ends
    migcards.save(store, migcards.read_cards("scans"))
    store.dispose()
    documented = importlib.import_module(module)
    names = {name: getattr(migcards, name) for name in migcards.__all__}
    result = doctest.testmod(documented, extraglobs=names)
    assert result.attempted and not result.failed


def test_processes_and_one_process_read_alike_and_both_are_saved_once(scans: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff this is not a picture")
    files = [scans / "refused-too-dark.png", tmp_path / "broken.jpg", scans / "fault-skew.jpg"]
    steps: list[tuple[int, int]] = []
    one = migcards.read_cards(files, progress=lambda done, total: steps.append((done, total)))
    assert one == migcards.read_cards(map(str, files), workers=2)
    assert [card.origin and card.origin.path for card in one] == files, "in the order asked for"
    assert [isinstance(card, Refused) for card in one] == [True, True, False]
    assert steps == [(1, 3), (2, 3), (3, 3)], "a file that is a picture by its first bytes counts until it is decoded"
    store = migcards.open_store(f"sqlite:///{tmp_path}/cards.db")
    for note in ("first", "again"):
        migcards.save(store, one, note=note)
    with Session(store) as session:
        kept = session.execute(select(Scan.path, Scan.outcome).order_by(Scan.id)).all()
        card = session.scalars(select(Card)).one()
        waiting = {wait.field for wait in session.scalars(select(Waiting))}
        assert [batch.finished is None for batch in session.scalars(select(Run))] == [False, False]
    store.dispose()
    assert [Path(path).name for path, _ in kept] == [path.name for path in files]
    assert [outcome for _, outcome in kept] == ["refused", "refused", "read"]
    reading = one[2]
    assert isinstance(reading, CardReading) and card.edition == 1
    assert waiting == {field.field for field in reading.fields if not field.accepted}


def test_a_reading_without_a_file_cannot_be_saved(tmp_path: Path) -> None:
    store = migcards.open_store(f"sqlite:///{tmp_path}/cards.db")
    reading = CardReading(ScanId("0" * 64, 0), "revised-departure", "2015.1", "D", None, 0, 0.1, (), ())
    with pytest.raises(MigcardsError, match="which file"):
        migcards.save(store, [reading])
    store.dispose()


def test_every_table_becomes_a_frame(tmp_path: Path) -> None:
    store = migcards.open_store(f"sqlite:///{tmp_path}/cards.db")
    for name in available():
        table = migcards.build_table(store, name, "2026-01", "2026-06")
        frame = migcards.as_frame(table, "ru")
        assert frame.shape == (len(table.rows), len(table.columns))
        assert frame.index.name == table.stub.ru and frame.attrs["period"] == "январь – июнь 2026"
        assert frame.attrs["provisional"]
        for value, cell in zip(frame.to_numpy().ravel(), [c for row in table.cells for c in row], strict=True):
            assert value is not None and (value == cell if cell is not None else str(value) == "<NA>")
    with pytest.raises(MigcardsError, match="no purpose"):
        migcards.build_table(store, "T1", "2026", purposes=["0"])
    assert "Work (labour migration)" in migcards.build_table(store, "T1", "2026", purposes=["1"]).title.en
    store.dispose()


def test_forms_and_version_are_there() -> None:
    assert all(isinstance(form, Form) for form in migcards.load_forms())
    assert migcards.__version__ == importlib.metadata.version("migcards")
    with pytest.raises(AttributeError, match="nonsense"):
        _ = migcards.nonsense  # type: ignore[attr-defined]


HEAVY = {
    "cv2",
    "fastapi",
    "numpy",
    "onnxruntime",
    "pandas",
    "pydantic",
    "scipy",
    "scipy.stats",
    "sqlalchemy",
    "uvicorn",
}


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import migcards", HEAVY),
        ("from migcards import read_cards, build_table, save", HEAVY - {"numpy"}),
        ("import migcards.api, ocr.page", {"fastapi", "scipy.stats", "sqlalchemy", "pandas"}),
        ("from migcards import build_table, open_store; build_table(open_store('sqlite://'), 'T1', '2026')",
         {"cv2", "fastapi", "onnxruntime", "scipy.stats", "pandas"}),
    ],
)  # fmt: skip
def test_what_is_not_needed_is_not_loaded(code: str, absent: set[str]) -> None:
    assert not loaded_by(code) & absent


def loaded_by(code: str) -> set[str]:
    """Modules that a fresh Python has loaded after some code."""
    command = [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
