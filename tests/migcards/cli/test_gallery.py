"""`migcards gallery`."""

from __future__ import annotations

from pathlib import Path

from tests.migcards.cli.program import Run


def test_gallery_draws_crops_and_guards_names(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    folder, run, _ = scanned
    run("gallery", "sex", "-o", "sex.png")
    assert (folder / "sex.png").stat().st_size > 2_000
    assert "--personal" in run("gallery", "surname", "-o", "names.png", code=4).stderr
