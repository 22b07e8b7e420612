"""Fits the network further on some hundred or thousand lessons, without letting it forget what it knew."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn

from learning.fit import Pace, average, batches, loss_of
from learning.networks import ReadingNetwork
from learning.sample import Sample
from learning.varied import varied

SEEN, FEWEST_PASSES, MOST_PASSES = 24_000, 3, 24
"""Strips that are seen in all, and how often each of them is at least and at most."""

RATE = 4e-4

PULL = 1e-3
"""Share of the way back to where they came from that weights go at each step."""

_DECAY = 0.99


def further(
    base: ReadingNetwork, lessons: Sequence[Sample], seed: int, progress: Callable[[int, int], None]
) -> ReadingNetwork:
    """A network fitted further; the mean of its last weights.

    Each step pulls the weights back towards those of the base (Li et al., ICML 2018), whose running statistics stay:
    some hundred cards of one office say little of all that may be written, and their batches less.

    Parameters
    ----------
    progress
        Told the steps done, and of how many.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 41])
    network = copy.deepcopy(base)
    mean = copy.deepcopy(base)
    passes = int(np.clip(round(SEEN / len(lessons)), FEWEST_PASSES, MOST_PASSES))
    pace = Pace(passes, RATE, 0.1, 0.0)
    optimiser = torch.optim.AdamW(network.parameters(), pace.rate, weight_decay=0.0)
    steps, done = passes * len(batches(lessons, np.random.default_rng(0))), 0
    for _ in range(passes):
        _train_but_statistics(network)
        seen = [sample for sample in (varied(lesson, rng) for lesson in lessons) if sample.fits]
        for chosen in batches(seen, rng):
            for group in optimiser.param_groups:
                group["lr"] = pace.rate * pace.at(done / steps)
            loss = loss_of(network, [seen[i] for i in chosen], rng)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimiser.step()
            _pull(network, base)
            average(mean, network, min(_DECAY, (done + 1) / (done + 10)))
            done += 1
            progress(min(done, steps), steps)
    return mean.eval()


def _train_but_statistics(network: nn.Module) -> None:
    network.train()
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.eval()


@torch.no_grad()
def _pull(network: nn.Module, base: nn.Module) -> None:
    for weight, origin in zip(network.parameters(), base.parameters(), strict=True):
        weight.lerp_(origin, PULL)
