"""`migcards decide`: sheets that come back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from tests.migcards.cli.program import Run, contents


def test_a_queue_sheet_goes_out_and_comes_back(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    folder, run, _ = scanned
    rows = list(csv.DictReader(io.StringIO(run("queue", "--format", "csv", "--field", "crossing_date").stdout)))
    assert rows
    rows[0] |= {"value": "2020-05-14", "person": "Н. Каримова"}
    sheet = folder / "queue.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerow(rows[0])
    before = contents(folder)
    assert "Nothing is written yet" in run("decide", "queue.csv", "--lang", "en").stdout
    assert contents(folder) == before
    assert "Записано." in run("decide", "queue.csv", "--apply").stdout
    after = list(csv.DictReader(io.StringIO(run("queue", "--format", "csv", "--field", "crossing_date").stdout)))
    assert len(after) == len(rows) - 1


def test_a_wrong_value_is_refused_by_line(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    folder, run, _ = scanned
    row = next(csv.DictReader(io.StringIO(run("queue", "--format", "csv", "--field", "crossing_date").stdout)), None)
    assert row is not None
    text = f"scan,field,value,person\n{row['scan']},crossing_date,31.02.2020,A\n"
    (folder / "wrong.csv").write_text(text, "utf-8")
    done = run("decide", "wrong.csv", "--apply", "--lang", "tg", code=4)
    assert "сана нест" in done.stderr and "ислоҳ кунед" in done.stdout
    assert "wrong.csv:2" in done.stderr
