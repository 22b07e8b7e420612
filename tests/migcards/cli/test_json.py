"""`--json` of the commands that list or count: one JSON document, and no personal values unless asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.migcards.cli.program import SAMPLES, Run, command

FORM = Path(__file__).parents[2] / "ocr" / "forms" / "visitor_card.toml"


@pytest.fixture
def answer(scanned: tuple[Path, Run, dict[str, object]]) -> Any:
    """A function that runs a command with --json and returns what it wrote."""

    def call(*arguments: str, code: int = 0) -> Any:
        return json.loads(scanned[1](*arguments, "--json", code=code).stdout)

    return call


def test_the_queue(answer: Any) -> None:
    queue = answer("queue", "--limit", "3")
    assert queue["waiting"] == sum(queue["by_field"].values()) > 3
    assert len(queue["items"]) == 3 and "value" not in queue["items"][0]
    assert queue["items"][0]["field"] in queue["by_field"] and queue["items"][0]["why"]


def test_the_rescan_list(answer: Any) -> None:
    sheets = answer("rescan", "--lang", "en")
    assert {sheet["reason"] for sheet in sheets} >= {"too_dark", "unreadable_file"}
    assert all(sheet["advice"] and len(sheet["scan"].split(":")[0]) == 64 for sheet in sheets)


def test_a_card_hides_names_unless_asked(answer: Any) -> None:
    for arguments, hidden in ((("show", "1"), True), (("show", "1", "--personal"), False)):
        fields = answer(*arguments)["fields"]
        personal = [field["value"] for field in fields if field["personal"]]
        assert personal and all((value == "***") is hidden for value in personal)
        assert all(field["value"] != "***" for field in fields if not field["personal"])


def test_forms(answer: Any, tmp_path: Path) -> None:
    assert {"id": "revised-return", "valid_to": None}.items() <= answer("form", "list")[-1].items()
    assert answer("form", "check", str(FORM)) == []
    (tmp_path / "bad.toml").write_text("id = 5\n", "utf-8")
    assert {"line", "message", "stops"} == set(answer("form", "check", str(tmp_path / "bad.toml"), code=3)[0])


def test_users_and_history(answer: Any) -> None:
    assert answer("user", "list") == []
    assert answer("tune", "--history") == []


def test_an_evaluation_and_a_tuning(tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    for path in SAMPLES.glob("fault-skew.*"):
        (tmp_path / "scans" / path.name).write_bytes(path.read_bytes())
    run = command(tmp_path)
    assert json.loads(run("evaluate", "scans", "--json").stdout)["pages"] == 1
    tuned = json.loads(run("tune", "scans", "--data", "one card", "--json").stdout)
    assert tuned["data"] == "one card" and tuned["applied"] is False
