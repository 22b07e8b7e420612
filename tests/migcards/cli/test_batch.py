"""`migcards batch`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.migcards.cli.program import SAMPLES, command


def test_a_batch_goes_from_its_cover_sheet_to_its_closing(tmp_path: Path) -> None:
    run, scans = command(tmp_path), tmp_path / "scans"
    scans.mkdir()
    said = ("--checkpoint", "tj-a1", "--expected", "2", "--clerk", "Мадина")
    printed = run("batch", "sheet", *said, "-o", "scans/0.pdf", "--lang", "en").stdout
    assert "Print at 100 %" in printed and run("batch", "list", "--lang", "en").stdout == "There are no batches yet.\n"
    shutil.copy(SAMPLES / "usual-01.jpg", scans / "1.jpg")
    shutil.copy(SAMPLES / "refused-blank.jpg", scans / "2.jpg")
    summary = json.loads(run("run", "scans", "--json", code=7).stdout)
    assert (summary["covers"], summary["read"], summary["refused"]) == (1, 1, 1)
    (found,) = json.loads(run("batch", "list", "--json").stdout)
    number = found["number"]
    assert number in printed and found["state"] == "open"
    assert (found["account"]["expected"], found["account"]["read"], found["account"]["blank"]) == (2, 1, 1)
    refused = run("batch", "close", number, code=4).stderr
    assert "does not add up" in refused
    run("batch", "show", number)
    (scans / "again").mkdir()
    shutil.copy(SAMPLES / "usual-03.jpg", scans / "again")
    run("run", "scans/again", "--batch", number, "--rescan", "--json")
    assert run("rescan", "--json").stdout.strip() == "[]", "the sheet that was scanned again is off the list"
    lines = run("batch", "show", number, "--lang", "en").stdout
    assert "Expected 2; sheets found 2 = read 2 + duplicates 0 + refused 0 + blank 0 + backs 0" in lines
    assert "it adds up" in run("batch", "close", number, "--lang", "en").stdout
    assert "closed already" in run("batch", "close", number, code=4).stderr
    assert "open" in run("batch", "reopen", number, "--reason", "another card", "--lang", "en").stdout
    run("batch", "sheet", number, "-o", "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes().startswith(b"%PDF")


def test_what_no_batch_can_be_is_said_in_words(tmp_path: Path) -> None:
    run = command(tmp_path)
    assert "There is no checkpoint XX" in run("batch", "open", "--checkpoint", "xx", code=4).stderr
    backwards = ("--from", "2026-02-03", "--to", "02.02.2026")
    assert "before they begin" in run("batch", "open", *backwards, code=4).stderr
    assert "000000017 is no number" in run("batch", "open", "--serials", "000000017", code=4).stderr
    assert "There is no batch 26-AAAAAAA" in run("run", str(SAMPLES), "--batch", "26-AAAAAAA", code=4).stderr
    assert "--rescan needs --batch" in run("run", str(SAMPLES), "--rescan", code=2).stderr
    opened = run("batch", "open", "--expected", "3", "--lang", "en").stdout
    number = opened.split()[1]
    assert "give no options" in run("batch", "sheet", number, "--expected", "4", "-o", "x.pdf", code=2).stderr


def test_a_difference_is_signed_with_a_reason(tmp_path: Path) -> None:
    run = command(tmp_path)
    number = run("batch", "open", "--expected", "3", "--lang", "en").stdout.split()[1]
    signed = run("batch", "close", number, "--sign", "all three were lost", "--person", "boris", "--lang", "en").stdout
    assert "signed" in signed
    closing = json.loads(run("batch", "show", number, "--json").stdout)["closing"]
    assert (closing["kind"], closing["person"], closing["reason"]) == ("sign", "boris", "all three were lost")
