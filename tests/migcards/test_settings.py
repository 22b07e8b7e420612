"""Settings come from the file, then the environment, and every fault is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from migcards.settings import read_settings
from ocr.errors import BadInputError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("MIGCARDS_"):
            monkeypatch.delenv(name)
    return tmp_path


def test_defaults() -> None:
    settings = read_settings()
    assert settings.database == "sqlite:///migcards.db"
    assert (settings.forms_dir, settings.archive, settings.language) == (None, None, "ru")
    assert (settings.page_timeout_s, settings.worker_memory_mb, settings.workers) == (60, 1024, os.cpu_count())


def test_environment_goes_before_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "forms").mkdir()
    (folder / "migcards.toml").write_text('workers = 3\nlanguage = "tg"\nforms_dir = "forms"\n')
    monkeypatch.setenv("MIGCARDS_WORKERS", "5")
    monkeypatch.setenv("MIGCARDS_ARCHIVE", "")
    settings = read_settings()
    assert (settings.workers, settings.language, settings.forms_dir) == (5, "tg", Path("forms"))
    assert settings.archive is None


def test_policies_are_set_by_field(folder: Path) -> None:
    assert read_settings().policies == {}
    (folder / "migcards.toml").write_text('policies.occupation = "double"\npolicies.sex = "prefilled"\n')
    assert read_settings().policies == {"occupation": "double", "sex": "prefilled"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("workerz = 3", "workerz in migcards.toml: Extra inputs are not permitted"),
        ("workers = 0", "workers in migcards.toml: Input should be greater than or equal to 1"),
        ('language = "de"', "language in migcards.toml"),
        ('forms_dir = "nowhere"', "forms_dir in migcards.toml"),
        ("workers = ", "migcards.toml cannot be read"),
        ('policies.sex = "triple"', "policies.sex in migcards.toml: Input should be 'blind', 'double' or 'prefilled'"),
        ("control_share = 0.6", "control_share in migcards.toml"),
        ("worker_memory_mb = 100", "worker_memory_mb in migcards.toml: Input should be greater than or equal to 512"),
        ("lease_minutes = 0", "lease_minutes in migcards.toml"),
    ],
)
def test_faults_in_the_file_are_named(folder: Path, text: str, words: str) -> None:
    (folder / "migcards.toml").write_text(text)
    with pytest.raises(BadInputError, match=words):
        read_settings()


def test_faults_in_the_environment_are_named_and_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGCARDS_WORKERS", "many")
    monkeypatch.setenv("MIGCARDS_LANGAUGE", "ru")
    with pytest.raises(BadInputError) as caught:
        read_settings()
    assert "MIGCARDS_LANGAUGE: no such setting" in str(caught.value)
    assert "MIGCARDS_WORKERS: Input should be a valid integer" in str(caught.value)


def test_the_database_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGCARDS_DATABASE", "postgresql+psycopg://clerk:secret@host/cards")
    assert "secret" not in repr(read_settings())
