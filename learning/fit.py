"""Fits the network."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import cos, pi

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from learning.networks import ReadingNetwork
from learning.sample import Sample, masks
from ocr.extract.framing import PARTS_OF_CELL, ROWS, STRIDE, windows
from ocr.lexicon.posteriors import BLANK

BATCH = 48
KIND_WEIGHT = 0.1

DECAY = 0.999
"""Of the running mean of the weights that is kept in the end (Polyak averaging)."""

_NEVER = -1e4
_SIZES, _ROUND = (BATCH, 32, 24, 16, 8), 48
"""Samples in a batch, and columns by which its width grows: of few shapes the processor's plans are made once."""


@dataclass(frozen=True)
class Pace:
    """How fast is learnt: the rate rises at first and then falls along half a cosine to a share of its highest."""

    passes: int
    rate: float
    rise: float
    final: float

    def at(self, progress: float) -> float:
        """Share of the highest rate when a share (0..1) of the steps is done."""
        if progress < self.rise:
            return 0.04 + 0.96 * progress / self.rise
        fallen = min(1.0, (progress - self.rise) / (1 - self.rise))
        return self.final + (1 - self.final) * (1 + cos(pi * fallen)) / 2


def fit(
    network: ReadingNetwork,
    samples: Callable[[int], Sequence[Sample]],
    pace: Pace,
    seed: int,
    report: Callable[[int, ReadingNetwork], None],
) -> ReadingNetwork:
    """Fit the network further; the mean of its last weights is returned.

    Parameters
    ----------
    samples
        What is seen in each pass, by its number.
    report
        Called after each pass with its number and the mean of the weights.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 29])
    network = copy.deepcopy(network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    mean = copy.deepcopy(network)
    seen = samples(0)
    optimiser = torch.optim.AdamW(network.parameters(), pace.rate, weight_decay=0.02)
    steps = pace.passes * len(batches(seen, np.random.default_rng(0)))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: pace.at(step / steps))
    for turn in range(pace.passes):
        network.train()
        for chosen in (bar := tqdm(batches(seen, rng), desc=f"pass {turn + 1} of {pace.passes}", mininterval=20)):
            loss = loss_of(network, [seen[i] for i in chosen], rng)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimiser.step()
            schedule.step()
            average(mean, network, min(DECAY, (schedule.last_epoch + 1) / (schedule.last_epoch + 10)))
            bar.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
        mean.eval()
        report(turn, mean)
        if turn + 1 < pace.passes:
            seen = samples(turn + 1)
    return mean


def batches(samples: Sequence[Sample], rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Indices of batches of about the same width, in random order; wide strips come in smaller batches."""
    order = rng.permutation(len(samples))
    widths = np.array([sample.strip.shape[1] for sample in samples])
    groups = []
    for start in range(0, len(order), 40 * BATCH):
        part = order[start : start + 40 * BATCH]
        part = part[np.argsort(widths[part], kind="stable")]
        while len(part) >= 8:
            widest = widths[part[min(BATCH, len(part)) - 1]]
            size = next((n for n in _SIZES if n * widest <= BATCH * 320 and n <= len(part)), 8)
            groups.append(part[:size])
            part = part[size:]
    return [groups[i] for i in rng.permutation(len(groups))]


def stacked(samples: Sequence[Sample]) -> tuple[Tensor, Tensor]:
    """Strips side by side (N, 1, ROWS, W) in 0..1, W a multiple of `_ROUND`, and the windows of their cells."""
    width = -(-max(sample.strip.shape[1] for sample in samples) // _ROUND) * _ROUND
    cells = max(1, *(len(sample.edges) - 1 for sample in samples))
    strips = np.zeros((len(samples), 1, ROWS, width), np.float32)
    pooled = np.zeros((len(samples), PARTS_OF_CELL * cells, width // STRIDE), np.float32)
    for row, weights, sample in zip(strips, pooled, samples, strict=True):
        row[0, :, : sample.strip.shape[1]] = sample.strip / np.float32(255)
        if sample.edges:
            own = windows(sample.edges, sample.strip.shape[1])
            weights[: len(own), : own.shape[1]] = own
    return torch.from_numpy(strips), torch.from_numpy(pooled)


def _varied(strips: Tensor, rng: np.random.Generator) -> Tensor:
    """The same strips a pixel up or down, and now and then with a part hidden."""
    strips = torch.roll(strips, int(rng.integers(-1, 2)), 2)
    for _ in range(int(rng.integers(0, 3))):
        x, w = int(rng.integers(strips.shape[3])), int(rng.integers(1, 5))
        strips[int(rng.integers(len(strips))) :: 3, :, :, x : x + w] *= 0.2
    return strips


def loss_of(network: ReadingNetwork, samples: Sequence[Sample], rng: np.random.Generator) -> Tensor:
    """What is to become less, over some samples that are varied a little."""
    strips, pooled = stacked(samples)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        x = _varied(strips, rng).contiguous(memory_format=torch.channels_last)
        along, cells, kinds = network(x, pooled)
    kind = torch.tensor([sample.kind for sample in samples])
    loss = KIND_WEIGHT * nn.functional.cross_entropy(kinds.float(), kind)
    for logits, of_kind, is_comb in ((along, _of_lines, False), (cells, _of_combs, True)):
        chosen = [i for i, sample in enumerate(samples) if bool(sample.edges) == is_comb]
        if chosen:
            part = [samples[i] for i in chosen]
            loss = loss + of_kind(in_alphabet(logits[chosen], part), part) * len(part) / len(samples)
    return loss


def _of_lines(logp: Tensor, samples: Sequence[Sample]) -> Tensor:
    """Connectionist temporal classification (Graves et al., ICML 2006)."""
    lengths = torch.tensor([min(logp.shape[1], s.steps) for s in samples])
    flat = torch.tensor([c for s in samples for c in s.columns])
    return nn.functional.ctc_loss(
        logp.transpose(0, 1), flat, lengths, torch.tensor([len(s.columns) for s in samples]), blank=BLANK,
        zero_infinity=True,
    )  # fmt: skip


def _of_combs(logp: Tensor, samples: Sequence[Sample]) -> Tensor:
    """Cross entropy of cells, targets smoothed by 2 % within the alphabet."""
    real = torch.zeros(logp.shape[:2], dtype=torch.bool)
    targets = torch.zeros(logp.shape[:2], dtype=torch.long)
    for i, sample in enumerate(samples):
        real[i, : len(sample.columns)] = True
        targets[i, : len(sample.columns)] = torch.tensor(sample.columns)
    mask = torch.from_numpy(masks()[[sample.alphabet for sample in samples]])[:, None]
    mask = mask.expand(-1, logp.shape[1], -1)[real]
    hit = logp[real].gather(1, targets[real][:, None]).squeeze(1)
    even = (logp[real] * mask).sum(1) / mask.sum(1)
    return -(0.98 * hit + 0.02 * even).mean()


def in_alphabet(logits: Tensor, samples: Sequence[Sample]) -> Tensor:
    """Logarithms of probabilities within each sample's alphabet, (N, T, classes) like the logits."""
    allowed = torch.from_numpy(masks()[[sample.alphabet for sample in samples]])
    return torch.log_softmax(logits.float().masked_fill(~allowed[:, None], _NEVER), 2)


@torch.no_grad()
def average(mean: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the mean towards the network."""
    for kept, new in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
        if kept.is_floating_point():
            kept.lerp_(new, 1 - decay)
        else:
            kept.copy_(new)


@torch.no_grad()
def read(network: nn.Module, samples: Sequence[Sample]) -> Iterator[tuple[Sample, list[int], NDArray[np.float32]]]:
    """Each sample with its likeliest columns, as `Sample.columns`, and how sure each was (of a comb's cells; of lines
    at each step)."""
    order = np.argsort([s.strip.shape[1] for s in samples], kind="stable")
    for start in range(0, len(order), 32):
        part = [samples[i] for i in order[start : start + 32]]
        along, cells = (in_alphabet(logits, part) for logits in network(*stacked(part))[:2])
        for i, sample in enumerate(part):
            logp = cells[i, : len(sample.columns)] if sample.edges else along[i, : sample.steps]
            chances = logp.exp().max(1)
            best = chances.indices.tolist()
            if not sample.edges:
                best = [c for c, before in zip(best, [BLANK, *best[:-1]], strict=True) if c not in (BLANK, before)]
            yield sample, best, chances.values.numpy()
