"""Commands of the training."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import click
import onnxruntime
import torch

from fixtures.fonts import FONTS, fetch_fonts
from learning.export import export
from learning.networks import WEIGHTS, ReadingNetwork, save
from learning.quantise import quantise as in_whole_numbers
from learning.shown import shown_to_network
from ocr.extract.network import MODEL, MODELS
from ocr.forms.definition import FORMS_DIR
from ocr.page import PageJob
from ocr.preprocess.discover import discover
from ocr.preprocess.load import probe
from ocr.reading import Refused
from training.card import data_versions
from training.pictures import PARTS, load_pictures
from training.recipe import Folders, Recipe, checks, make_network, rates, write_part

TYPEFACES = (
    "pt-serif", "roboto", "pt-mono", "roboto-slab", "oswald", "tinos", "ibm-plex-mono", "fira-sans-condensed",
)  # fmt: skip
BUILD = Path("build")
NETWORK = BUILD / "network"

letters_option = click.option(
    "--letters", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True,
    help="Folder with letters.npz, paper_letters.npz, digits.npz and lines_latin.npz.",
)  # fmt: skip


@click.group()
def main() -> None:
    """Train the handwriting recogniser and measure it."""


def _folders(letters: Path) -> Folders:
    fetch_fonts(BUILD / "fonts", FONTS)
    fetch_fonts(BUILD / "typefaces", TYPEFACES)
    return Folders(letters, BUILD / "fonts", BUILD / "typefaces")


@main.command()
@letters_option
@click.option("-o", "out", type=click.Path(path_type=Path), default=NETWORK, show_default=True)
@click.option("--seed", default=Recipe.seed, show_default=True)
@click.option("--threads", default=1, show_default=True, help="One makes sums come out alike everywhere.")
def train(letters: Path, out: Path, seed: int, threads: int) -> None:
    """Fit the network and write it with its figures; about an hour and a half on one core."""
    workers, folders, recipe = os.cpu_count() or 1, _folders(letters), replace(Recipe(), seed=seed)
    pictures = load_pictures(letters)
    torch.set_num_threads(threads)
    meanwhile = checks(pictures, folders, "calibrate", 300, workers)

    def report(name: str, network: ReadingNetwork) -> None:
        save(network, out / WEIGHTS)
        click.echo(f"{name}: {json.dumps(rates(network, meanwhile), ensure_ascii=False)}")

    network = make_network(pictures, folders, recipe, workers, report)
    export(network, out / MODEL)
    made = {
        "made": date.today().isoformat(), "torch": torch.__version__, "recipe": asdict(recipe),
        "data": data_versions(letters), "kept out": rates(network, checks(pictures, folders, "dev", 1500, workers)),
    }  # fmt: skip
    (out / "made.json").write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")
    click.echo(json.dumps(made, ensure_ascii=False, indent=1))


@main.command()
@click.argument("scans", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--network", type=click.Path(path_type=Path, exists=True), default=NETWORK, show_default=True)
@click.option("-o", "out", type=click.Path(path_type=Path, file_okay=False), default=MODELS, show_default=True)
def quantise(scans: Path, network: Path, out: Path) -> None:
    """Write the network as reading uses it, in whole numbers, by what it is shown while SCANS are read."""
    shown = shown_to_network(list(_pages(scans)), network, FORMS_DIR)
    in_whole_numbers(network / MODEL, shown, out / MODEL)
    shutil.copy(network / WEIGHTS, out / WEIGHTS)
    made = json.loads((network / "made.json").read_text("utf-8"))
    made["quantised"] = {"made": date.today().isoformat(), "onnxruntime": onnxruntime.__version__, "shown": len(shown)}
    (out / "made.json").write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")


@main.command()
@letters_option
@click.option("--part", type=click.Choice(PARTS), required=True)
@click.option("-o", "out", type=click.Path(path_type=Path), required=True)
def glyphs(letters: Path, part: str, out: Path) -> None:
    """Write the pictures of one part for the card generator."""
    write_part(load_pictures(letters), part, out)


def _pages(scans: Path) -> Iterator[PageJob]:
    """All pages of a folder that can be opened."""
    for path in discover([scans]):
        found = probe(path)
        if not isinstance(found, Refused):
            yield from (PageJob(path, found.sha256, page) for page in range(found.pages))
