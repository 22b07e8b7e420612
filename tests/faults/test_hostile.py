"""Hostile files: refused in words before they cost much where that can be seen, else stopped at the limits."""

from __future__ import annotations

from pathlib import Path
from random import Random
from time import process_time

import pytest

from ocr.page import crashed_file
from ocr.preprocess.load import FileInfo, load_page, probe
from ocr.reading import Refused
from ocr.worker_pool import Crash
from tests.faults.hostile import entries, jpegs, pdf_content, pdf_things, pngs, tiffs
from tests.faults.hostile.__main__ import line, made, new
from tests.faults.hostile.corpus import Make, corpus
from tests.faults.hostile.meter import Cost
from tests.faults.hostile.pdf_parts import zeros
from tests.faults.hostile.trial import SAMPLES, Limits, Verdict, same_neighbours, trial

QUICK = (
    "double_flate_bomb-2000.pdf",
    "circular_tree-2.pdf",
    "large_progressive-13000.jpg",
    "text_bomb-1000.png",
    "circle-2.tif",
    "deflate_bomb-500.tif",
    "pipe.jpg",
    "link-0.jpg",
    "line\nbreak.pdf",
)
"""Names in the corpus that take seconds."""


def test_the_corpus_has_at_least_300_files_each_by_a_name_of_its_own() -> None:
    specimens = list(corpus())
    assert len({(one.family, one.name) for one in specimens}) == len(specimens) >= 300
    assert {one.family for one in specimens} == {"pdf", "jpg", "png", "tif", "odd"}


def test_a_name_always_makes_the_same_file_and_no_two_the_same(tmp_path: Path) -> None:
    def contents(folder: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in made(folder, "changed-")}

    first = contents(tmp_path / "first")
    assert first == contents(tmp_path / "second") and len(set(first.values())) == len(first) == 20


def detail(path: Path) -> str:
    """Why a file is refused, by its first page where it has any."""
    info = probe(path)
    outcome = load_page(path, 0, info.sha256) if isinstance(info, FileInfo) else info
    assert isinstance(outcome, Refused), outcome
    return outcome.detail


@pytest.mark.parametrize(
    ("make", "strength", "expected"),
    [
        (pdf_content.path_operators, 60_000, "too_complex"),
        (pdf_things.huge_picture, 13_000, "too_large 13000 13000"),
        (jpegs.many_scans, 1_000, "too_complex"),
        (jpegs.large_progressive, 7_000, "too_large 70"),
        (pngs.palette, 3, "too_large 9000 9000"),
        (tiffs.many_directories, 60_000, "too_many_pages 60000"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_can_be_seen_beforehand_is_refused_in_words(
    make: Make, strength: int, expected: str, tmp_path: Path
) -> None:
    path = tmp_path / "hostile"
    path.write_bytes(make(Random(7), strength))
    began = process_time()
    assert detail(path).startswith(expected)
    assert process_time() - began < 10


def test_a_copy_that_failed_and_is_all_zeros_is_no_reason_to_search_for_a_minute(tmp_path: Path) -> None:
    path = tmp_path / "zeros.jpg"
    entries.sparse(path, entries.HEADS[".jpg"], 200 << 20)
    began = process_time()
    assert detail(path) in ("damaged", "undecodable", "cut_short")
    assert process_time() - began < 5


def test_a_palette_with_transparent_colours_is_laid_on_paper_reduced(tmp_path: Path) -> None:
    path = tmp_path / "palette.png"
    before = pngs.chunk(b"PLTE", b"\0\0\0\xff\xff\xff"), pngs.chunk(b"tRNS", b"\0")
    path.write_bytes(pngs.png(8000, 8000, zeros(8001 * 8000), *before, colour=pngs.PALETTE))
    info = probe(path)
    sheet = load_page(path, 0, info.sha256) if isinstance(info, FileInfo) else info
    assert not isinstance(sheet, Refused) and sheet.pixels.shape == (4000, 4000) and sheet.pixels.min() == 255


def test_a_name_of_bytes_can_be_reported() -> None:
    said = line(Verdict(Path("\udcff\udcfe.tif"), ("other_format",), Cost(0.1, 5.0, 1)), Limits())
    assert said.encode("utf-8") and ".tif" in said


def test_a_file_that_hangs_its_reader_is_not_read_by_the_supervisor(tmp_path: Path) -> None:
    hanging, crashing = tmp_path / "hanging", tmp_path / "crashing"
    for path in (hanging, crashing):
        path.write_bytes(b"the same")
    died = crashed_file(crashing, Crash("died", "killed by SIGSEGV"))
    timed_out = crashed_file(hanging, Crash("timed_out", "took longer than 60 s"))
    assert died.scan == crashed_file(hanging, Crash("died", "")).scan, "known by its content"
    assert timed_out.scan != died.scan and timed_out.scan != crashed_file(crashing, Crash("timed_out", "")).scan


def test_hostile_files_keep_to_their_limits_and_harm_no_neighbour(tmp_path: Path) -> None:
    limits = Limits()
    hostile = [path for name in QUICK for path in made(tmp_path / "files", name)]
    alone = trial([], SAMPLES[:1], limits, new(tmp_path / "alone"))
    found = trial(hostile, SAMPLES[:1], limits, new(tmp_path / "among"))
    assert [verdict for verdict in found.verdicts if not verdict.within(limits)] == []
    assert same_neighbours(found, alone) == (2, [])
    outcomes = {verdict.path.name: verdict.outcomes for verdict in found.verdicts}
    assert outcomes["double_flate_bomb-2000.pdf"][0].startswith("out_of_memory: ")
    assert outcomes["pipe.jpg"] == outcomes["link-0.jpg"] == ("unreadable_file: no_file",)
