"""`migcards show`."""

from __future__ import annotations

from pathlib import Path

from tests.migcards.cli.program import Run


def test_show_hides_names_unless_asked(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    folder, run, _ = scanned
    shown = run("show", "1", "-o", "card.png").stdout
    surname = next(line for line in shown.splitlines() if line.split()[:1] == ["surname"])
    assert "***" in surname
    assert "***" not in run("show", "1", "--personal").stdout
    sex = next(line for line in run("show", "1", "--lang", "en").stdout.splitlines() if line.split()[:1] == ["sex"])
    assert sex.split()[2:4] in (["M", "Male"], ["F", "Female"])
    assert (folder / "card.png").stat().st_size > 10_000
