"""The corpus: every kind of hostile file in several strengths, each made anew from its name alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.faults.hostile import jpegs, pdf_content, pdf_structure, pdf_things, pngs, tiffs
from tests.faults.hostile.entries import ENTRIES, POLYGLOTS, polyglot

Make = Callable[[Random, int], bytes]

PDFS: Mapping[Make, tuple[int, ...]] = {
    pdf_content.path_operators: (20_000, 300_000, 3_000_000, 20_000_000),
    pdf_content.different_paths: (2_000, 20_000, 100_000, 300_000),
    pdf_content.one_long_path: (10_000, 1_000_000, 10_000_000),
    pdf_content.curves: (1_000, 30_000),
    pdf_content.nested_states: (1_000, 100_000, 2_000_000),
    pdf_content.texts: (1_000, 100_000, 1_000_000),
    pdf_content.flate_bomb: (10, 500, 2_000),
    pdf_content.double_flate_bomb: (100, 500, 2_000, 8_000),
    pdf_content.triple_flate_bomb: (500, 8_000),
    pdf_content.run_length_bomb: (10, 500, 2_000),
    pdf_content.filter_chain: (10, 1_000, 100_000),
    pdf_content.deep_brackets: (100, 10_000, 1_000_000),
    pdf_content.inline_images: (1, 100, 10_000),
    pdf_things.form_loop: (1, 2, 9),
    pdf_things.form_tree: (3, 6, 12),
    pdf_things.transparent_forms: (3, 20, 200),
    pdf_things.huge_picture: (3_000, 9_000, 13_000, 19_000),
    pdf_things.deep_picture: (2_000, 6_000, 13_000),
    pdf_things.picture_of_few_bytes: (500, 5_000, 13_000, 19_999, 60_000),
    pdf_things.many_pictures: (10, 200, 5_000),
    pdf_things.tiling: (1, 10, 1_000),
    pdf_things.shading: (100, 10_000, 300_000),
    pdf_things.functions: (1, 3, 16),
    pdf_things.programs: (10, 1_000, 100_000),
    pdf_things.drawn_font: (1, 10, 1_000),
    pdf_things.notes: (10, 1_000, 100_000),
    pdf_structure.huge_page: (2_000, 14_400, 200_000, 2**31),
    pdf_structure.odd_boxes: tuple(range(8)),
    pdf_structure.circular_tree: (1, 2, 30),
    pdf_structure.deep_tree: (100, 2_000, 20_000),
    pdf_structure.wide_tree: (5_001, 100_000),
    pdf_structure.claimed_pages: (0, -1, 5_000, 2**31 - 1),
    pdf_structure.table_loop: (1, 2, 5_000),
    pdf_structure.claimed_objects: (10**6, 2**31 - 1, 10**12),
    pdf_structure.table_stream: (1, 100, 1_000),
    pdf_structure.object_stream: (1_000, 10**6, 2**31 - 1),
    pdf_structure.object_stream_bomb: (10, 1_000, 4_000),
    pdf_structure.length_loop: tuple(range(4)),
    pdf_structure.many_objects: (10_000, 300_000),
    pdf_structure.deep_objects: (100, 10_000, 1_000_000),
    pdf_structure.long_words: (10_000, 10_000_000),
    pdf_structure.locked: (1, 3, 6),
    pdf_structure.wrong_root: tuple(range(6)),
}
JPEGS: Mapping[Make, tuple[int, ...]] = {
    jpegs.claimed_size: (101, 5_000, 12_900, 19_999, 65_535),
    jpegs.flat: (1_000, 6_000, 13_000),
    jpegs.many_scans: (10, 100, 1_000, 10_000),
    jpegs.large_progressive: (3_000, 6_300, 9_000, 13_000),
    jpegs.repeated_scans: (1, 100, 3_000),
    jpegs.odd_process: (0xC1, 0xC3, 0xC5, 0xC6, 0xC9, 0xCA, 0xCB, 0xCF),
    jpegs.bad_codes: tuple(range(4)),
    jpegs.restarts: (1_000, 100_000, 5_000_000),
    jpegs.filled: (1, 50, 200),
    jpegs.segments: (1, 100, 1_000),
    jpegs.exif_loop: (0, 3, 6, 8, 9),
    jpegs.sampling: (0x00, 0x14, 0x22, 0x41, 0x44, 0xFF),
    jpegs.twice: tuple(range(5)),
    jpegs.changed: (3, 4, 5, 10, 11, 12, 100, 101),
}
PNGS: Mapping[Make, tuple[int, ...]] = {
    pngs.large: (1_000, 5_000, 8_600, 8_700, 12_900, 13_000, 19_999, 30_000),
    pngs.laced: (1_000, 6_000, 8_000, 12_900),
    pngs.claimed: (101, 8_000, 12_900, 2**31 - 1),
    pngs.bomb: (10, 500, 4_000),
    pngs.text_bomb: (1, 60, 70, 1_000, 4_000),
    pngs.profile_bomb: (1, 60, 1_000, 4_000),
    pngs.many_texts: (100, 10_000, 300_000),
    pngs.many_pieces: (100, 10_000, 25_000),
    pngs.animation: (2, 1_000, 50_000, 2**31 - 1),
    pngs.odd_header: tuple(range(6)),
    pngs.odd_length: tuple(range(4)),
    pngs.palette: (1, 255, 256, 5_000),
    pngs.changed: (1, 2, 3, 10, 11, 100),
}
TIFFS: Mapping[Make, tuple[int, ...]] = {
    tiffs.self_loop: (1, 8, 10, 2**32 - 1),
    tiffs.circle: (2, 3, 1_000),
    tiffs.many_directories: (10, 5_000, 60_000, 300_000),
    tiffs.deeper_loop: (330, 34_665, 34_853, 40_965),
    tiffs.many_strips: (2_000, 100_000, 3_000_000),
    tiffs.strip_of: (0, 25_000_000, 2**32 - 1),
    tiffs.deflate_bomb: (10, 500, 4_000),
    tiffs.large_deflated: (3_000, 6_000, 8_600, 12_900, 13_030, 19_999),
    tiffs.word_bomb: (10, 1_000, 20_000),
    tiffs.tiles: (16, 256, 12_800, 60_000, 2**31),
    tiffs.big: (1, 30_000, 2**40, 2**63),
    tiffs.odd_bits: (1, 2, 3, 4, 5, 12, 16, 24, 32, 64),
    tiffs.odd_parts: (0, 2, 5, 9, 65_535),
    tiffs.jpeg_inside: tuple(range(6)),
    tiffs.fax: (1_000, 12_900, 19_999),
    tiffs.odd_type: tuple(range(14)),
    tiffs.changed: (1, 2, 3, 10, 11, 12),
}
NAMES = [
    b"\xff\xfe\x80.jpg",
    b"line\nbreak.pdf",
    b"\xca\xe0\xf0\xf2\xe0.tif",
    b"x" * 251 + b".png",
    b"-rf ;$(x)`y`'\".jpg",
]
"""Odd names, of files that hold noise."""


@dataclass(frozen=True)
class Specimen:
    """One hostile file: its name, the folder it belongs to, and what makes it at a path."""

    name: str
    family: str
    place: Callable[[Path], object]


def corpus() -> Iterator[Specimen]:
    """All of them."""
    families = {"pdf": PDFS, "jpg": JPEGS, "png": PNGS, "tif": TIFFS}
    for suffix, kinds in families.items():
        for make, strengths in kinds.items():
            for strength in strengths:
                name = f"{make.__name__}-{strength}.{suffix}"
                yield Specimen(name, suffix, Written(make, strength, f"{suffix} {name}"))
    for number in range(POLYGLOTS):
        suffix = ("pdf", "jpg", "png", "tif")[number % 4]
        yield Specimen(f"polyglot-{number}.{suffix}", "odd", Written(polyglot, number, f"polyglot {number}"))
    for number, odd in enumerate(NAMES):
        yield Specimen(os.fsdecode(odd), "odd", Written(_noise, number, f"name {number}"))
    for name, place in ENTRIES.items():
        yield Specimen(name, "odd", place)


@dataclass(frozen=True)
class Written:
    """Writes a file that a kind, a strength and a seed make."""

    make: Make
    strength: int
    seed: str

    def __call__(self, path: Path) -> None:
        """Write it."""
        path.write_bytes(self.make(Random(self.seed), self.strength))


def _noise(rng: Random, number: int) -> bytes:
    return jpegs.sound(rng)[: 500 * (number + 1)]
