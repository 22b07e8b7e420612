"""`migcards queue`: the sheet for people without the pages."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

from tests.migcards.cli.program import SAMPLES, command


def test_a_file_name_is_no_formula_in_the_queue_sheet(tmp_path: Path) -> None:
    name = "=HYPERLINK(1).png"
    shutil.copy(SAMPLES / "fault-noise.png", tmp_path / name)
    run = command(tmp_path)
    run("run", name)
    text = run("queue", "--format", "csv", "--field", "crossing_date").stdout
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["file"].removeprefix("'").endswith(name)
    assert not row["file"].startswith(("=", "+", "-", "@"))
    (tmp_path / "queue.csv").write_text(
        text.replace(",,,\r\n", ",2020-05-14,A,\r\n").replace(",,,\n", ",2020-05-14,A,\n"), "utf-8"
    )
    assert "To change: 1," in run("decide", "queue.csv", "--lang", "en").stdout
