"""What machines compare before they read."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

from migcards.cluster import alike as module
from migcards.cluster.alike import LIBRARIES, MISSING, Setup
from ocr.extract.network import MODEL, MODELS
from ocr.forms.definition import FORMS_DIR


def test_a_setup_says_what_this_machine_has_there() -> None:
    found = Setup(FORMS_DIR, MODELS).versions()
    assert list(found) == ["migcards", f"forms in {FORMS_DIR}", f"network in {MODELS}", "Python", *LIBRARIES]
    assert MISSING not in found.values()


def test_other_files_have_other_versions(tmp_path: Path) -> None:
    forms, network = tmp_path / "forms", tmp_path / "network"
    away = Setup(forms, network)
    assert list(away.versions().values())[1:3] == [MISSING, MISSING]
    module._versions.cache_clear()
    forms.mkdir()
    network.mkdir()
    shutil.copy(next(FORMS_DIR.glob("card-2008*.toml")), forms / "own.toml")
    text = (forms / "own.toml").read_text("utf-8").replace('id = "card-2008"', 'id = "own"')
    (forms / "own.toml").write_text(text.replace('code = "D0"', 'code = "Q7"'), "utf-8")
    (network / MODEL).write_bytes((MODELS / MODEL).read_bytes())
    mine, shipped = away.versions(), Setup(FORMS_DIR, MODELS).versions()
    assert mine[f"network in {network}"] == shipped[f"network in {MODELS}"]
    assert mine[f"forms in {forms}"] not in (MISSING, shipped[f"forms in {FORMS_DIR}"])


def test_a_line_of_code_makes_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROOT", tmp_path)
    code = tmp_path / "ocr" / "extract" / "read.py"
    code.parent.mkdir(parents=True)
    seen = []
    for line in ("a = 1", "a = 2", "a = 1"):
        code.write_text(line)
        seen.append(module._code())
    assert seen[0] == seen[2] != seen[1]


def test_a_setup_that_is_sent_takes_no_versions_along(tmp_path: Path) -> None:
    setup = Setup(FORMS_DIR, MODELS, (tmp_path, tmp_path / "away"))
    setup.versions()
    sent = pickle.loads(pickle.dumps(setup))
    assert vars(sent) == {"forms_dir": FORMS_DIR, "network": MODELS, "originals": (tmp_path, tmp_path / "away")}
    assert sent.unseen() == [tmp_path / "away"]
