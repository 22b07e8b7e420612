"""`migcards rescan`."""

from __future__ import annotations

from pathlib import Path

from tests.migcards.cli.program import Run


def test_refused_sheets_are_listed_with_advice(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    _, run, _ = scanned
    lines = run("rescan", "--lang", "en").stdout
    assert "refused-too-dark" in lines
    assert "Raise the brightness" in lines
    assert "broken.jpg" in lines
