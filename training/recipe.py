"""The recipe by which the shipped network is made, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import torch
from rapidfuzz.distance import Levenshtein
from torch import nn

from fixtures.fontglyphs import load_fonts
from learning.fit import Pace, fit, read
from learning.networks import ReadingNetwork
from learning.sample import CYRILLIC, DATE, Sample
from ocr.lexicon.posteriors import BLANK
from training.alignment import aligned
from training.combs import comb_sample
from training.hands import Hands
from training.latin import LatinLines, load_latin, varied
from training.letters import Bank
from training.lines import line_sample
from training.pictures import PARTS, Pictures
from training.respelt import AGREED, WrittenRun, by_hand, respelt, runs
from training.samples import make_samples


@dataclass(frozen=True)
class Recipe:
    """How many samples are made and how they are seen: at first and, at a rate that falls to nothing, then.

    Attributes
    ----------
    lines, combs
        Composed samples; the same ones in each of the first passes.
    more_lines, more_combs
        Composed samples of the last passes, made anew for each second one.
    latin
        How often each real line is seen in a pass, each time a little otherwise.
    words, numbers
        Samples of real letters that are alike in both alphabets, and of real numbers, made anew for each pass.
    """

    lines: int = 48_000
    combs: int = 40_000
    first: Pace = field(default_factory=lambda: Pace(2, 2.5e-3, 0.3, 0.75))
    more_lines: int = 40_000
    more_combs: int = 32_000
    words: int = 9_000
    numbers: int = 5_000
    then: Pace = field(default_factory=lambda: Pace(4, 1.6e-3, 0.03, 0.0))
    latin: int = 2
    seed: int = 1


@dataclass(frozen=True)
class Folders:
    """Where letters and lines, handwriting fonts and typefaces lie."""

    letters: Path
    fonts: Path
    typefaces: Path


def part_of(pictures: Pictures, part: str) -> Pictures:
    """Pictures of one part."""
    return pictures.where(pictures.parts == part)


Report = Callable[[str, ReadingNetwork], None]


def make_network(pictures: Pictures, folders: Folders, recipe: Recipe, workers: int, report: Report) -> ReadingNetwork:
    """Fit the network; `report` gets the name of each pass and the network so far."""
    hands = Hands.of(part_of(pictures, "fit"), folders.fonts, folders.typefaces)
    latin = load_latin(folders.letters / "lines_latin.npz", "fit")
    torch.manual_seed(recipe.seed)
    begun = begin(ReadingNetwork(), hands, latin, recipe, workers, report)
    return finish(begun, hands, latin, recipe, workers, report)


def begin(
    network: ReadingNetwork, hands: Hands, latin: LatinLines, recipe: Recipe, workers: int, report: Report
) -> ReadingNetwork:
    """The first passes: composed samples and real Latin lines."""
    composed = composed_samples(hands, recipe.lines, recipe.combs, recipe.seed, workers)

    def samples(turn: int) -> Sequence[Sample]:
        rng = np.random.default_rng([recipe.seed, 31, turn])
        return [*composed, *_again(latin.samples, recipe.latin, rng)]

    return fit(network, samples, recipe.first, recipe.seed, lambda turn, mean: report(f"first {turn}", mean))


def finish(
    network: ReadingNetwork, hands: Hands, latin: LatinLines, recipe: Recipe, workers: int, report: Report
) -> ReadingNetwork:
    """The last passes: other composed samples, and what the network itself finds in the Latin lines."""
    found = found_runs(network, latin)
    words, numbers = by_hand(found, CYRILLIC), by_hand(found, DATE)
    composed: Sequence[Sample] = ()

    def samples(turn: int) -> Sequence[Sample]:
        nonlocal composed
        if turn % 2 == 0:
            composed = ()  # room for the new ones
            composed = composed_samples(hands, recipe.more_lines, recipe.more_combs, recipe.seed + 2 + turn, workers)
        rng = np.random.default_rng([recipe.seed, 37, turn])
        real = [respelt(words, rng) for _ in range(recipe.words)]
        real += [respelt(numbers, rng) for _ in range(recipe.numbers)]
        return [*composed, *(sample for sample in real if sample.fits), *_again(latin.samples, recipe.latin, rng)]

    return fit(network, samples, recipe.then, recipe.seed + 1, lambda turn, mean: report(f"then {turn}", mean))


def composed_samples(hands: Hands, lines: int, combs: int, seed: int, workers: int) -> Sequence[Sample]:
    """Lines and combs as the hands write them."""
    return [
        *make_samples(partial(line_sample, hands), lines, seed, workers),
        *make_samples(partial(comb_sample, hands), combs, seed + 1, workers),
    ]


def _again(samples: Sequence[Sample], times: int, rng: np.random.Generator) -> Iterator[Sample]:
    """Each sample some times, a little otherwise each time."""
    made = (varied(sample, rng) for _ in range(times) for sample in samples)
    return (sample for sample in made if sample.fits)


def found_runs(network: ReadingNetwork, latin: LatinLines) -> list[tuple[str, WrittenRun]]:
    """Hands and their runs of letters that are alike in both alphabets, and of digits."""
    fitting = [i for i, sample in enumerate(latin.samples) if sample.fits]
    found = []
    for number, places, agreed in aligned(network.eval(), [latin.samples[i] for i in fitting]):
        line = fitting[number]
        if agreed >= AGREED:
            cut = runs(latin.samples[line].strip, latin.written[line], places)
            found += [(str(latin.hands[line]), run) for run in cut]
    return found


def checks(pictures: Pictures, folders: Folders, part: str, count: int, workers: int) -> dict[str, Sequence[Sample]]:
    """Samples by kind of evidence that no weight was fitted to: hands of one part, and fonts kept out of training."""
    bank = Bank.of(part_of(pictures, part), None)
    letters, fonts = Hands(bank), Hands(bank, load_fonts(folders.fonts, "dev").families)
    latin = load_latin(folders.letters / "lines_latin.npz", part).samples
    chosen = np.random.default_rng(3).permutation(len(latin))[:count]
    return {
        "real Latin lines": [latin[i] for i in chosen],
        "lines by letters": make_samples(partial(line_sample, letters), count, 900, workers),
        "lines by fonts kept out": make_samples(partial(line_sample, fonts), count, 901, workers),
        "combs by letters": make_samples(partial(comb_sample, letters), count, 902, workers),
        "combs by fonts kept out": make_samples(partial(comb_sample, fonts), count, 903, workers),
    }


def rates(network: nn.Module, samples: dict[str, Sequence[Sample]]) -> dict[str, dict[str, float]]:
    """By kind of evidence: the rate of wrong characters (CER), texts read without error, and of the characters in cells
    over 90 % sure those that are wrong."""
    found = {}
    for name, of_kind in samples.items():
        edits = length = exact = sure = wrong = 0
        for sample, best, chances in read(network, of_kind):
            truth = list(sample.columns)
            edits += Levenshtein.distance(best, truth)
            length += sum(c != BLANK for c in truth)
            exact += best == truth
            if sample.edges:
                trusted = chances > 0.9
                sure += int(trusted.sum())
                wrong += int((trusted & (np.array(best) != np.array(truth))).sum())
        found[name] = {"CER": edits / max(1, length), "exact": exact / len(of_kind)}
        if sure:
            found[name]["wrong of sure"] = wrong / sure
    return found


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
