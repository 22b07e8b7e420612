"""Pictures of single characters for training: loaded, cleaned and split so that no hand is on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]

PARTS = ("fit", "calibrate", "dev")
"""Weights are fitted on ``fit``; probabilities and thresholds on ``calibrate``; ``dev`` is for reporting alone."""

CALIBRATE_SHARE = 0.12


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures of characters cut to their ink.

    Attributes
    ----------
    images
        uint8 (h, w) each, 255 = ink.
    labels
        (N,) one character each; small letters where a small letter is known to be written.
    sources
        (N,) ``comnist``, ``qmnist``, ``paper``, ``mnist`` or ``semeion``.
    writers
        (N,) name of the writer; empty where unknown.
    parts
        (N,) one of `PARTS`.
    """

    images: tuple[Mask, ...]
    labels: NDArray[np.str_]
    sources: NDArray[np.str_]
    writers: NDArray[np.str_]
    parts: NDArray[np.str_]

    def where(self, chosen: NDArray[np.bool_]) -> Pictures:
        """The chosen pictures alone."""
        kept = np.flatnonzero(chosen)
        return Pictures(
            tuple(self.images[i] for i in kept),
            self.labels[kept],
            self.sources[kept],
            self.writers[kept],
            self.parts[kept],
        )


def load_pictures(folder: Path) -> Pictures:
    """Read letters.npz, paper_letters.npz and digits.npz of a folder.

    Photographed letters (writers ``sse-…``) are left out: they stand in grid cells whose lines would be copied along.

    Raises
    ------
    FileNotFoundError
        One of them is missing.
    """
    loaded = [_load(folder / f"{name}.npz") for name in ("letters", "paper_letters", "digits")]
    return Pictures(
        tuple(image for each in loaded for image in each.images),
        *(
            np.concatenate([getattr(each, name) for each in loaded])
            for name in ("labels", "sources", "writers", "parts")
        ),
    )


def _load(file: Path) -> Pictures:
    with np.load(file) as data:
        count = len(data["labels"])
        of_case = data["case"] if "case" in data else np.full(count, "upper")
        labels = np.where(of_case == "lower", np.char.lower(data["labels"]), data["labels"])
        writers = data["writers"] if "writers" in data else np.full(count, "", "<U12")
        sources = data["sources"] if "sources" in data else np.array([_source(w) for w in writers])
        parts = _parts(data["split"], labels, sources, writers)
        wanted = sources != "sse"
        images = [clean(image) if of else None for image, of in zip(data["images"], wanted, strict=True)]
    kept = [i for i, image in enumerate(images) if image is not None]
    found = tuple(image for image in images if image is not None)
    return Pictures(found, labels[kept], sources[kept], writers[kept], parts[kept])


def _source(writer: str) -> str:
    return writer.split("-")[0] if writer else "paper"


def is_for_calibration(writer: str) -> bool:
    """Whether a writer of the training split is one of those kept for calibration, by name."""
    return crc32(writer.encode()) % 1000 < 1000 * CALIBRATE_SHARE


def _parts(split: Any, labels: Any, sources: Any, writers: Any) -> NDArray[np.str_]:
    """Part of each picture: dev as given; of train, whole writers or the end of each unbroken run go to calibrate.

    Where writers are unknown, pictures of one label and source lie one writer after the other, so that only the hand
    at the cut can be on both sides.
    """
    parts = np.where(split == "dev", "dev", "fit").astype("<U9")
    for writer in np.unique(writers[writers != ""]):
        if is_for_calibration(str(writer)) and writer != "qmnist":
            parts[(writers == writer) & (parts == "fit")] = "calibrate"
    for label in np.unique(labels):
        for source in np.unique(sources):
            run = np.flatnonzero((labels == label) & (sources == source) & (parts == "fit") & (writers == ""))
            parts[run[len(run) - round(CALIBRATE_SHARE * len(run)) :]] = "calibrate"
    return parts


def clean(image: Mask) -> Mask | None:
    """Cut a picture to its ink, 255 = ink; None where there is none. Pictures with dark ink are turned round."""
    if np.median(image) > 127:
        image = 255 - image
    rows, columns = np.flatnonzero(image.max(axis=1) > 60), np.flatnonzero(image.max(axis=0) > 60)
    if not len(rows) or len(rows) * len(columns) < 8:
        return None
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].copy()
