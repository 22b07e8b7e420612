"""Where along a line each character stands, by a network that reads lines already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from learning.fit import in_alphabet, stacked
from learning.sample import Sample
from learning.viterbi import viterbi
from ocr.extract.framing import STRIDE


def aligned(network: nn.Module, samples: Sequence[Sample]) -> Iterator[tuple[int, NDArray[np.float64], float]]:
    """The number of each line, the columns around which its characters stand, and how well the network agrees.

    Returns
    -------
    iterator of (int, ndarray, float)
        Place in `samples`; columns of the strip (characters,); mean logarithm of the probability of the steps that
        hold them.
    """
    order = np.argsort([s.strip.shape[1] for s in samples], kind="stable")
    for start in range(0, len(order), 16):
        part = [samples[i] for i in order[start : start + 16]]
        with torch.no_grad():
            along, _, _ = network(*stacked(part))
            chances = in_alphabet(along, part).numpy()
        for i, sample, logp in zip(order[start : start + 16], part, chances, strict=True):
            places, agreed = viterbi(logp[: sample.steps].astype(np.float64), sample.columns)
            yield int(i), (places + 0.5) * STRIDE, agreed
