"""The recipe by which the shipped networks are made, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from fixtures.fontglyphs import FontHand, FontSource, load_fonts
from fixtures.handwriting import Habit, Hand
from training.fit import fit_boxes, make_samples, right, test_images
from training.fit_lines import error_rate, fit_lines, make_lines
from training.letters import MILD, STRONG, Bank
from training.lines import Hands
from training.networks import BoxNetwork, LineNetwork
from training.pictures import PARTS, Pictures

STAMPED_SHARE = 0.3
"""Of dates among what the network for stamps is fitted to; the rest is handwriting, so that it forgets no strokes."""

SOURCES = ("comnist", "sse", "paper", "mnist", "semeion")


@dataclass(frozen=True)
class Recipe:
    """How many samples are made and how often each is seen."""

    boxes: int = 750_000
    box_passes: int = 4
    mild_boxes: int = 400_000
    mild_passes: int = 2
    lines: int = 90_000
    line_passes: int = 5
    more_lines: int = 64_000
    more_passes: int = 2
    stamps: int = 60_000
    stamp_passes: int = 1
    seed: int = 1


@dataclass(frozen=True)
class Folders:
    """Where letters, handwriting fonts and typefaces lie."""

    letters: Path
    fonts: Path
    typefaces: Path


def part_of(pictures: Pictures, part: str, without: tuple[str, ...] = ()) -> Pictures:
    """Pictures of one part, without those of some sources."""
    return pictures.where((pictures.parts == part) & ~np.isin(pictures.sources, without))


def boxes(
    pictures: Pictures, folders: Folders, recipe: Recipe, workers: int, without: tuple[str, ...] = ()
) -> BoxNetwork:
    """Fit the network for boxes; after each pass its rates on the part for calibration are told."""
    bank = Bank.of(part_of(pictures, "fit", without), folders.fonts)
    check = part_of(pictures, "calibrate")

    def report(network: nn.Module) -> str:
        return told(network, check)

    torch.manual_seed(recipe.seed)
    network = BoxNetwork()
    for mix, rate, count, passes, seed in (
        (STRONG, 4e-3, recipe.boxes, recipe.box_passes, recipe.seed),
        (MILD, 1.2e-3, recipe.mild_boxes, recipe.mild_passes, recipe.seed + 1),
    ):
        samples = make_samples(bank, mix, count, seed, workers)
        network = fit_boxes(network, samples, rate, passes, seed, report)
    return network


def lines(pictures: Pictures, folders: Folders, recipe: Recipe, workers: int) -> tuple[LineNetwork, LineNetwork]:
    """Fit the networks for lines written by hand and for dates on stamps; the second goes on from the first."""
    check = make_lines(Hands(Bank.of(part_of(pictures, "calibrate"), None), (), ()), 2000, 900, workers)
    torch.manual_seed(recipe.seed)
    fitted = [LineNetwork()]
    for rate, count, passes, stamped, seed in (
        (2.5e-3, recipe.lines, recipe.line_passes, 0.0, recipe.seed),
        (1.2e-3, recipe.more_lines, recipe.more_passes, 0.0, recipe.seed + 1),
        (1.0e-3, recipe.stamps, recipe.stamp_passes, STAMPED_SHARE, recipe.seed + 2),
    ):
        samples = make_lines(hands(part_of(pictures, "fit"), folders, stamped), count, seed, workers)
        fitted.append(fit_lines(fitted[-1], samples, rate, passes, seed, lambda network: error_rate(network, check)))
    return fitted[-2], fitted[-1]


def hands(pictures: Pictures, folders: Folders, stamped: float) -> Hands:
    """Hands of letters, of the fonts kept for training, and of type; with a share of dates on stamps."""
    rng = np.random.default_rng(5)
    families = load_fonts(folders.fonts, "train").families
    fonts: tuple[Hand, ...] = tuple(FontSource((f,)).hand(rng) for f in families for _ in range(4))
    even = Habit(0.0, 1.0, 0.02, 0.0)
    types: tuple[Hand, ...] = tuple(FontHand(f, even, f.name) for f in load_fonts(folders.typefaces).families)
    return Hands(Bank.of(pictures, folders.fonts), fonts, types, stamped)


def rates(network: nn.Module, pictures: Pictures) -> dict[str, float]:
    """Share of pictures whose likeliest character in their alphabet is right, by source; paper also by case."""
    found = {}
    for source in SOURCES:
        of_source = pictures.where(pictures.sources == source)
        if not of_source.images:
            continue
        hits = right(network, *test_images(of_source))
        found[source] = float(hits.mean())
        if source == "paper":
            small = np.char.islower(of_source.labels)
            found["paper, capitals"], found["paper, small"] = float(hits[~small].mean()), float(hits[small].mean())
    return found


def told(network: nn.Module, pictures: Pictures) -> str:
    """`rates` in words."""
    return ", ".join(f"{name} {rate:.2%}" for name, rate in rates(network, pictures).items())


def write_part(pictures: Pictures, part: str, folder: Path) -> None:
    """Write one part's pictures for ``python -m fixtures make --glyphs``; photographed ones are left out there."""
    if part not in PARTS:
        raise ValueError(f"{part} is none of {', '.join(PARTS)}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, sources in {
        "letters": ("comnist", "qmnist"),
        "paper": ("paper",),
        "digits": ("mnist", "semeion"),
    }.items():
        chosen = pictures.where((pictures.parts == part) & np.isin(pictures.sources, sources))
        side = max(max(image.shape) for image in chosen.images)
        images = np.zeros((len(chosen.images), side, side), np.uint8)
        for canvas, image in zip(images, chosen.images, strict=True):
            canvas[: image.shape[0], : image.shape[1]] = image
        case = np.where(np.char.islower(chosen.labels), "lower", "upper")
        np.savez_compressed(
            folder / f"{name}.npz",
            images=images,
            labels=np.char.upper(chosen.labels),
            writers=chosen.writers,
            case=case,
        )
