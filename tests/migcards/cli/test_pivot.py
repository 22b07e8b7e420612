"""`migcards freeze` and `migcards pivot`."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from tests.migcards.cli.program import Run

SPAN = ("--from", "2012-01", "--to", "2026-12", "--lang", "en")


@pytest.mark.parametrize("form", ["table", "csv", "html", "xlsx", "json"])
def test_pivots_are_written(scanned: tuple[Path, Run, dict[str, int]], form: str) -> None:
    folder, run, _ = scanned
    run("pivot", "-r", "region", "-r", "district", "-c", "sex", *SPAN, "--format", form, "-o", f"pivot.{form}")
    assert (folder / f"pivot.{form}").stat().st_size > 200


def test_a_pivot_counts_as_the_standard_table_does_and_over_a_frozen_record_too(
    scanned: tuple[Path, Run, dict[str, int]],
) -> None:
    folder, run, _ = scanned
    said = run("freeze", "record.parquet", "--lang", "en").stdout
    digest = sha256((folder / "record.parquet").read_bytes()).hexdigest()
    assert re.fullmatch(rf"record\.parquet: [\d,]+ cards, SHA-256 {digest}\.\n", said)
    asked = ("pivot", "-r", "sector", "-c", "sex", "-w", "direction=D", *SPAN, "--format", "json")
    (live,) = json.loads(run(*asked).stdout)
    (frozen,) = json.loads(run(*asked, "--of", "record.parquet").stdout)
    (standard,) = json.loads(run("report", "T5", *SPAN, "--format", "json").stdout)
    assert live == frozen and live["rows"][0]["cells"][0] > 0
    columns = len(live["columns"])
    assert [row["cells"] for row in live["rows"]] == [row["cells"][:columns] for row in standard["rows"]]
    assert len(list((folder / "frozen").iterdir())) == 1, "the record is kept and used again"


def test_a_pivot_with_margins_is_the_standard_table_with_them(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    _, run, _ = scanned
    asked = ("-r", "sector", "-c", "sex", "-w", "direction=D", "--estimate", *SPAN, "--format", "json")
    (made,) = json.loads(run("pivot", *asked).stdout)
    (standard,) = json.loads(run("report", "T5", "--estimate", *SPAN, "--format", "json").stdout)
    columns = len(made["columns"])
    assert [row["cells"] for row in made["rows"]] == [row["cells"][:columns] for row in standard["rows"]]
    run("freeze", "record.parquet")
    assert "leave out --of" in run("pivot", "-r", "sex", "--estimate", "--of", "record.parquet", code=4).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-r", "shoe"), "There is no parameter shoe. There are year, quarter, month"),
        (("-r", "sex", "-w", "purpose"), "purpose selects nothing"),
        (("-r", "sex", "--format", "xlsx"), "name a file with -o"),
        (("-r", "sex", "--period", "soon"), "is no period"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(
    scanned: tuple[Path, Run, dict[str, int]], arguments: tuple[str, ...], said: str
) -> None:
    _, run, _ = scanned
    assert said in run("pivot", *arguments, code=4).stderr


def test_what_is_no_frozen_record_is_said(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    folder, run, _ = scanned
    (folder / "other.parquet").write_text("something else", "utf-8")
    assert "is no frozen record" in run("pivot", "-r", "sex", "--of", "other.parquet", code=4).stderr
