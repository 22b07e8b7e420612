"""Commands of the training."""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import click
import onnxruntime
import torch

from fixtures.fonts import FONTS, fetch_fonts
from ocr.extract.networks import MODELS
from training.card import data_versions
from training.export import export_boxes, export_lines
from training.fit_lines import error_rate, make_lines
from training.letters import Bank
from training.lines import Hands
from training.pictures import PARTS, load_pictures
from training.quantise import quantise as whole_numbers
from training.quantise import shown_to_networks
from training.recipe import Folders, Recipe, boxes, lines, part_of, rates, told, write_part

TYPEFACES = (
    "pt-serif", "roboto", "pt-mono", "roboto-slab", "oswald", "tinos", "ibm-plex-mono", "fira-sans-condensed",
)  # fmt: skip
BUILD = Path("build")
NETWORKS = BUILD / "networks"

letters_option = click.option(
    "--letters", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True,
    help="Folder with letters.npz, paper_letters.npz and digits.npz.",
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
@click.option(
    "-o", "out", type=click.Path(path_type=Path), default=NETWORKS, show_default=True, help="Folder of the networks."
)
@click.option("--seed", default=Recipe.seed, show_default=True)
def train(letters: Path, out: Path, seed: int) -> None:
    """Fit the networks side by side and write them with their figures; about an hour and a half on two cores."""
    folders, recipe = _folders(letters), replace(Recipe(), seed=seed)
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        jobs = [pool.submit(job, folders, recipe, out) for job in (_make_boxes, _make_lines)]
        of_boxes, of_lines = (job.result() for job in jobs)
    made = {
        "made": date.today().isoformat(), "torch": torch.__version__, "recipe": asdict(recipe),
        "data": data_versions(letters), "dev": of_boxes, "dev lines": of_lines,
    }  # fmt: skip
    (out / "made.json").write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")
    click.echo(json.dumps(made, ensure_ascii=False, indent=1))


def _make_boxes(folders: Folders, recipe: Recipe, out: Path) -> dict[str, float]:
    """Fit and write the network for boxes; its rates on dev. One thread, so that sums come out alike everywhere."""
    torch.set_num_threads(1)
    pictures = load_pictures(folders.letters)
    network = boxes(pictures, folders, recipe, os.cpu_count() or 1)
    export_boxes(network, out / "boxes.onnx")
    return rates(network, part_of(pictures, "dev"))


def _make_lines(folders: Folders, recipe: Recipe, out: Path) -> str:
    """Fit and write the networks for lines and stamps; errors on lines of dev. One thread, like `_make_boxes`."""
    torch.set_num_threads(1)
    workers, pictures = os.cpu_count() or 1, load_pictures(folders.letters)
    written, stamped = lines(pictures, folders, recipe, workers)
    export_lines(written, out / "lines.onnx")
    export_lines(stamped, out / "stamps.onnx")
    check = make_lines(Hands(Bank.of(part_of(pictures, "dev"), None), (), ()), 4000, 901, workers)
    return error_rate(written, check)


@main.command()
@click.argument("scans", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--networks", type=click.Path(path_type=Path, exists=True, file_okay=False), default=NETWORKS, show_default=True
)
@click.option("-o", "out", type=click.Path(path_type=Path, file_okay=False), default=MODELS, show_default=True)
def quantise(scans: Path, networks: Path, out: Path) -> None:
    """Write the networks as reading uses them, in whole numbers, by what they are shown while SCANS are read."""
    shown = shown_to_networks(scans, networks)
    for name, samples in shown.items():
        whole_numbers(networks / f"{name}.onnx", name, samples, out / f"{name}.onnx")
    made = json.loads((networks / "made.json").read_text("utf-8"))
    made["quantised"] = {"made": date.today().isoformat(), "onnxruntime": onnxruntime.__version__} | {
        f"{name} shown": len(samples) for name, samples in shown.items()
    }
    (out / "made.json").write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")


@main.command()
@letters_option
@click.option("--without", required=True, help="Sources left out of training, by comma: comnist,qmnist,sse or paper.")
@click.option("--samples", default=150_000, show_default=True)
def cross(letters: Path, without: str, samples: int) -> None:
    """How the network for boxes reads collections it never saw: fit without some, test on all."""
    workers = os.cpu_count() or 1
    torch.set_num_threads(workers)
    folders, pictures = _folders(letters), load_pictures(letters)
    network = boxes(
        pictures,
        folders,
        replace(Recipe(), boxes=samples, box_passes=3, mild_boxes=samples // 2, mild_passes=1),
        workers,
        tuple(without.split(",")),
    )
    click.echo(f"without {without}: {told(network, part_of(pictures, 'dev'))}")


@main.command()
@letters_option
@click.option("--part", type=click.Choice(PARTS), required=True)
@click.option("-o", "out", type=click.Path(path_type=Path), required=True)
def glyphs(letters: Path, part: str, out: Path) -> None:
    """Write the pictures of one part for the card generator."""
    write_part(load_pictures(letters), part, out)
