"""The log is JSON and cannot hold what stands on a card."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from migcards.log import Event, note, set_up
from ocr.errors import BadInputError, StoreError


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_line_names_file_page_stage_milliseconds_and_outcome(log_file: Path) -> None:
    note(Event.STAGE, file="/box/1\\xe4.tif", sha256="ab" * 32, page=0, stage="load", ms=12.5, outcome="done")
    (line,) = lines(log_file)
    assert line.pop("at")
    assert line == {
        "level": "info",
        "event": "stage",
        "file": "/box/1\\xe4.tif",
        "sha256": "abababababab",
        "page": 1,
        "stage": "load",
        "ms": 12.5,
        "outcome": "done",
    }


def test_what_others_log_is_kept_without_its_words(log_file: Path) -> None:
    try:
        raise ValueError("САИДОВ is no date")
    except ValueError:
        logging.getLogger("review.web").exception("of %s", "САИДОВ", extra={"fields": {"file": "САИДОВ"}})
    (line,) = lines(log_file)
    assert "САИДОВ" not in json.dumps(line, ensure_ascii=False)
    assert (line["event"], line["logger"], line["error"]) == ("other", "review.web", "ValueError")
    assert line["trace"][-1].endswith("test_what_others_log_is_kept_without_its_words")


def test_warnings_of_others_are_in_the_file_and_not_on_the_screen(
    log_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(logging.WARNING, log_file)
    other = logging.getLogger("psycopg")
    other.warning("error ignored in rollback")
    other.error("lost")
    note(Event.CRASH, logging.WARNING)
    said = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["level"]) for line in said] == [("other", "error"), ("crash", "warning")]
    assert [line["level"] for line in lines(log_file)] == ["warning", "error", "warning"]


def test_a_log_that_cannot_be_written_is_an_error_for_the_operator(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be written"):
        set_up(logging.WARNING, tmp_path / "nowhere" / "log")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_a_log_on_a_full_disk_ends_the_command_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("handlers", []), ("level", logging.root.level)):
        monkeypatch.setattr(logging.root, name, value)
    set_up(logging.CRITICAL, Path("/dev/full"))
    with pytest.raises(StoreError, match="log /dev/full cannot be written: No space left"):
        note(Event.RUN_STARTED)
