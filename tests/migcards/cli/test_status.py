"""`migcards status`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.migcards.cli.program import Run


def test_status_agrees_with_the_lists(scanned: tuple[Path, Run, dict[str, Any]]) -> None:
    _, run, summary = scanned
    found = json.loads(run("status", "--json").stdout)
    assert (found["run"]["read"], found["run"]["refused"]) == (summary["read"], summary["refused"])
    assert found["run"]["finished"] and found["run"]["per_hour"] > 0 and found["last_saved"]
    assert sum(found["rescan"].values()) == len(json.loads(run("rescan", "--json").stdout))
    assert sum(found["waiting"].values()) >= json.loads(run("queue", "--json").stdout)["waiting"]
    assert found["batches"] == {"open": 0, "different": 0} and found["archive"] is None
    assert {disk["name"] for disk in found["disks"]} == {"database"} and found["schema"]
    text = run("status", "--lang", "en").stdout
    assert "cards.db" in text and "an hour" in text and "too dark" in text
