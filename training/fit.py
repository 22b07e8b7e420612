"""Fits the network for boxes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from ocr.extract.framing import INNER, SIDE, centred
from ocr.lexicon.posteriors import COLUMN
from training.letters import MASK_NAMES, Bank, Mix, alphabet_of, masks, sample
from training.networks import BoxNetwork
from training.pictures import Pictures

CHUNK = 12_500
Samples = tuple[Tensor, Tensor, Tensor]
"""Images uint8 (N, 32, 32), columns (N,), alphabets (N,)."""

DECAY = 0.999
"""Of the running mean of the weights that is kept in the end (Polyak averaging)."""

_source: tuple[Bank, Mix]


def _begin(bank: Bank, mix: Mix) -> None:
    global _source
    _source = bank, mix


def _chunk(seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    rng = np.random.default_rng([seed, 17])
    made = [sample(*_source, rng) for _ in range(CHUNK)]
    images = np.stack([image for image, _, _ in made])
    return images, np.array([column for _, column, _ in made]), np.array([mask for _, _, mask in made])


def make_samples(bank: Bank, mix: Mix, count: int, seed: int, workers: int) -> Samples:
    """Make samples; the same whatever the number of workers."""
    chunks = range(seed * 10_000, seed * 10_000 + max(1, count // CHUNK))
    with get_context("fork").Pool(workers, _begin, (bank, mix)) as pool:
        made = list(tqdm(pool.imap(_chunk, chunks), total=len(chunks), desc="samples", mininterval=10))
    images, columns, alphabets = (torch.from_numpy(np.concatenate(part)) for part in zip(*made, strict=True))
    return images, columns, alphabets


def allowed() -> Tensor:
    """Bool (alphabets, classes)."""
    by_name = masks()
    return torch.from_numpy(np.stack([by_name[name] for name in MASK_NAMES]))


def jitter(images: Tensor, generator: torch.Generator) -> Tensor:
    """The same pictures moved a pixel or so: cheap variety for samples that are seen several times."""
    dx, dy = torch.randint(-1, 2, (2,), generator=generator).tolist()
    return torch.roll(images, (dy, dx), (2, 3))


def fit_boxes(
    network: BoxNetwork, samples: Samples, rate: float, passes: int, seed: int, report: Callable[[nn.Module], str]
) -> BoxNetwork:
    """Fit a network further; the mean of its last weights is returned.

    Parameters
    ----------
    rate
        Highest rate of learning, reached after a seventh of the steps.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network = copy.deepcopy(network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    mean = copy.deepcopy(network)
    images, columns, alphabets = samples
    batch, mask = 256, allowed()
    steps = passes * (len(images) // batch)
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=0.03)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, steps, pct_start=0.15)
    for turn in range(passes):
        network.train()
        order = torch.randperm(len(images), generator=generator)
        bar = tqdm(range(0, len(images) - batch + 1, batch), desc=f"pass {turn + 1} of {passes}", mininterval=20)
        for start in bar:
            chosen = order[start : start + batch]
            x = jitter(images[chosen][:, None].float().div_(255), generator).contiguous(
                memory_format=torch.channels_last
            )
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = network(x)
            loss = masked_loss(logits.float(), columns[chosen], mask[alphabets[chosen]])
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


def masked_loss(logits: Tensor, columns: Tensor, mask: Tensor) -> Tensor:
    """Cross entropy among the characters of each sample's alphabet, targets smoothed by 2 % within it."""
    logp = torch.log_softmax(logits.masked_fill(~mask, -1e4), 1)
    hit = logp.gather(1, columns[:, None]).squeeze(1)
    even = (logp * mask).sum(1) / mask.sum(1)
    return -(0.98 * hit + 0.02 * even).mean()


@torch.no_grad()
def average(mean: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the mean towards the network."""
    for kept, new in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
        if kept.is_floating_point():
            kept.lerp_(new, 1 - decay)
        else:
            kept.copy_(new)


def test_images(pictures: Pictures) -> tuple[Tensor, Tensor, Tensor]:
    """Undistorted pictures framed as in reading: images, columns, alphabets."""
    images = np.stack([centred(image, INNER / max(image.shape)) for image in pictures.images])
    columns = np.array([COLUMN[str(label).upper()] for label in pictures.labels])
    rng = np.random.default_rng(0)
    alphabets = np.array([1 if str(label).isdigit() else alphabet_of(str(label), rng) for label in pictures.labels])
    assert images.shape[1:] == (SIDE, SIDE)
    return torch.from_numpy(images), torch.from_numpy(columns), torch.from_numpy(alphabets)


@torch.no_grad()
def right(network: nn.Module, images: Tensor, columns: Tensor, alphabets: Tensor) -> NDArray[np.bool_]:
    """Whether the likeliest character of the alphabet is the right one, (N,)."""
    mask = allowed()
    found = []
    for start in range(0, len(images), 512):
        part = slice(start, start + 512)
        logits = network(images[part][:, None].float() / 255).masked_fill(~mask[alphabets[part]], -1e4)
        found.append(logits.argmax(1) == columns[part])
    return torch.cat(found).numpy()


def save(network: nn.Module, path: Path) -> None:
    """Keep the weights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), path)
