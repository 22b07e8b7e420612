"""Fits the network for lines."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
import torch
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from torch import Tensor, nn
from tqdm import tqdm

from ocr.extract.framing import ROWS
from ocr.lexicon.posteriors import BLANK, COLUMN
from training.distort import Mask
from training.fit import DECAY, allowed, average
from training.lines import HAND, Hands, line_sample
from training.networks import LineNetwork

CHUNK = 2_000
BATCH = 48
KIND_WEIGHT = 0.1


@dataclass(frozen=True, eq=False)
class Lines:
    """Strips with their texts as columns, the index of their alphabet and their kind of writing."""

    strips: list[Mask]
    texts: list[list[int]]
    alphabets: NDArray[np.int64]
    kinds: NDArray[np.int64]


_hands: Hands


def _begin(hands: Hands) -> None:
    global _hands
    _hands = hands


def _chunk(seed: int) -> list[tuple[Mask, str, int, int]]:
    rng = np.random.default_rng([seed, 23])
    return [line_sample(_hands, rng) for _ in range(CHUNK)]


def make_lines(hands: Hands, count: int, seed: int, workers: int) -> Lines:
    """Samples; the same whatever the number of workers."""
    chunks = range(seed * 10_000, seed * 10_000 + max(1, count // CHUNK))
    with get_context("fork").Pool(workers, _begin, (hands,)) as pool:
        made = [
            s for part in tqdm(pool.imap(_chunk, chunks), total=len(chunks), desc="lines", mininterval=10) for s in part
        ]
    return lines_of(made)


def lines_of(made: list[tuple[Mask, str, int, int]]) -> Lines:
    """Samples side by side; those too narrow for their text are left out."""
    fitting = [
        m for m in made if m[0].shape[1] // 4 >= len(m[1]) + sum(a == b for a, b in zip(m[1], m[1][1:], strict=False))
    ]
    return Lines(
        [strip for strip, _, _, _ in fitting],
        [[COLUMN[c] for c in text] for _, text, _, _ in fitting],
        np.array([alphabet for _, _, alphabet, _ in fitting]),
        np.array([kind for _, _, _, kind in fitting]),
    )


def line_masks() -> Tensor:
    """Bool (alphabets, classes): those of boxes, and the space."""
    mask = allowed().clone()
    mask[:, COLUMN[" "]] = True
    return mask


def padded(strips: list[Mask]) -> Tensor:
    """Strips side by side in one tensor (N, 1, ROWS, W), W a multiple of four."""
    width = -(-max(s.shape[1] for s in strips) // 4) * 4
    out = np.zeros((len(strips), 1, ROWS, width), np.float32)
    for row, strip in zip(out, strips, strict=True):
        row[0, :, : strip.shape[1]] = strip / np.float32(255)
    return torch.from_numpy(out)


def batches(lines: Lines, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Indices of batches of about the same width, in random order."""
    order = rng.permutation(len(lines.strips))
    widths = np.array([s.shape[1] for s in lines.strips])
    groups = []
    for start in range(0, len(order), 40 * BATCH):
        part = order[start : start + 40 * BATCH]
        part = part[np.argsort(widths[part], kind="stable")]
        groups += [part[i : i + BATCH] for i in range(0, len(part) - BATCH + 1, BATCH)]
    return (groups[i] for i in rng.permutation(len(groups)))


def varied(strips: Tensor, rng: np.random.Generator) -> Tensor:
    """The same strips a pixel up or down, and now and then with a part hidden."""
    strips = torch.roll(strips, int(rng.integers(-1, 2)), 2)
    for _ in range(int(rng.integers(0, 3))):
        x, w = int(rng.integers(strips.shape[3])), int(rng.integers(1, 5))
        strips[int(rng.integers(len(strips))) :: 3, :, :, x : x + w] *= 0.2
    return strips


def fit_lines(
    network: LineNetwork, lines: Lines, rate: float, passes: int, seed: int, report: Callable[[nn.Module], str]
) -> LineNetwork:
    """Fit a network further; the mean of its last weights is returned.

    Parameters
    ----------
    rate
        Highest rate of learning, reached after an eighth of the steps.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 29])
    network = copy.deepcopy(network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    mean = copy.deepcopy(network)
    mask, steps = line_masks(), passes * (len(lines.strips) // BATCH)
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, steps, pct_start=0.12)
    for turn in range(passes):
        network.train()
        for chosen in (bar := tqdm(list(batches(lines, rng)), desc=f"pass {turn + 1} of {passes}", mininterval=20)):
            loss = _loss(network, lines, chosen, mask, rng)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimiser.step()
            schedule.step()
            average(mean, network, min(DECAY, (schedule.last_epoch + 1) / (schedule.last_epoch + 10)))
            bar.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
        mean.eval()
        tqdm.write(f"pass {turn + 1}: {report(mean)}")
    return mean


def _loss(
    network: LineNetwork, lines: Lines, chosen: NDArray[np.int64], mask: Tensor, rng: np.random.Generator
) -> Tensor:
    strips = [lines.strips[i] for i in chosen]
    x = varied(padded(strips), rng).contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        characters, kinds = network(x)
    kind = torch.from_numpy(lines.kinds[chosen])
    alphabets = torch.from_numpy(lines.alphabets[chosen])
    logp = torch.log_softmax(characters.float().masked_fill(~mask[alphabets][:, None], -1e4), 2)
    lengths = torch.tensor([min(logp.shape[1], -(-s.shape[1] // 4)) for s in strips])
    texts = [lines.texts[i] for i in chosen]
    flat = torch.tensor([c for text in texts for c in text])
    ctc = nn.functional.ctc_loss(
        logp.transpose(0, 1), flat, lengths, torch.tensor([len(t) for t in texts]), blank=BLANK, zero_infinity=True
    )
    return ctc + KIND_WEIGHT * nn.functional.cross_entropy(kinds.float(), kind)


@torch.no_grad()
def read_lines(network: nn.Module, lines: Lines) -> list[list[int]]:
    """Likeliest columns of each line, blanks dropped and neighbours joined."""
    mask = line_masks()
    found: list[list[int]] = [[] for _ in lines.strips]
    order = np.argsort([s.shape[1] for s in lines.strips], kind="stable")
    for start in range(0, len(order), 64):
        part = order[start : start + 64]
        logits, _ = network(padded([lines.strips[i] for i in part]))
        best = logits.masked_fill(~mask[torch.from_numpy(lines.alphabets[part])][:, None], -1e4).argmax(2).numpy()
        for i, row in zip(part, best, strict=True):
            row = row[: -(-lines.strips[i].shape[1] // 4)]
            found[i] = [int(c) for c, before in zip(row, [BLANK, *row[:-1]], strict=True) if c not in (BLANK, before)]
    return found


def error_rate(network: nn.Module, lines: Lines) -> str:
    """Characters and lines read wrong, in words."""
    hand = lines.kinds == HAND
    read = read_lines(network, lines)
    pairs = [(r, t) for r, t, h in zip(read, lines.texts, hand, strict=True) if h]
    edits = sum(Levenshtein.distance(r, t) for r, t in pairs)
    return f"CER {edits / sum(len(t) for _, t in pairs):.4f}, exact {np.mean([r == t for r, t in pairs]):.4f}"
