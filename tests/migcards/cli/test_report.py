"""`migcards report`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.migcards.cli.program import Run


@pytest.mark.parametrize("form", ["table", "csv", "html", "xlsx"])
def test_reports_are_written(scanned: tuple[Path, Run, dict[str, int]], form: str) -> None:
    folder, run, _ = scanned
    run("report", "T1", "T5", "--from", "2012-01", "--to", "2026-12", "--format", form, "-o", f"report.{form}")
    assert (folder / f"report.{form}").stat().st_size > 200


def test_folders_are_named_only_where_they_are_asked_for(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    _, run, _ = scanned
    asked = ("--from", "2000", "--to", "2026", "--format", "json", "--lang", "en")
    tables = {table["id"]: table for table in json.loads(run("report", "all", *asked).stdout)}
    (own,) = json.loads(run("report", "T15", *asked).stdout)
    assert "T13" in tables and "T15" not in tables
    heads = [row["cells"] for row in own["rows"] if row["level"] == 1]
    whole = [row["cells"][0] for row in tables["T13"]["rows"] if row["level"] in (1, 2)]
    assert heads == [whole] * 4 and whole[0] > 0


@pytest.mark.parametrize("year", ["0001", "9999", "0000"])
def test_a_year_without_cards_is_one_sentence(scanned: tuple[Path, Run, dict[str, int]], year: str) -> None:
    _, run, _ = scanned
    said = run("report", "all", "--period", year, code=4).stderr
    assert year in said and "write" in said and "Traceback" not in said


@pytest.mark.parametrize("end", ["--from", "--to"])
def test_a_period_with_one_end_is_refused(scanned: tuple[Path, Run, dict[str, int]], end: str) -> None:
    _, run, _ = scanned
    assert "both --from and --to" in run("report", "T2", end, "2016", code=4).stderr


@pytest.mark.parametrize("more", [(), ("--estimate",)])
def test_tables_of_purposes_are_those_of_departures(
    scanned: tuple[Path, Run, dict[str, int]], more: tuple[str, ...]
) -> None:
    _, run, _ = scanned
    asked = ("report", "all", "--from", "2000", "--to", "2026", "--purpose", "1", "--purpose", "2", *more)
    tables = json.loads(run(*asked, "--format", "json", "--lang", "en").stdout)
    assert {"T1", "T3", "T11"} <= {table["id"] for table in tables}
    assert {"T2", "T13", "T15"}.isdisjoint(table["id"] for table in tables)
    assert all("purpose of travel: Work (labour migration); Study" in table["title"] for table in tables)
    assert all({"provisional", "until"} <= table.keys() for table in tables)


def test_an_unknown_purpose_is_refused_with_the_known_ones(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    _, run, _ = scanned
    assert "1 Work (labour migration)" in run("report", "T1", "--purpose", "labour", code=4).stderr
