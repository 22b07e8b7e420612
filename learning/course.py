"""From settled cards to a network that reads this office's hands better, judged on cards that were kept back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from learning.export import export
from learning.further import further
from learning.judged import Figure, Judged, figures, is_kept_back, judged, total
from learning.lessons import Lesson, SettledPage, lessons_of
from learning.networks import WEIGHTS, load
from learning.quantise import quantise
from learning.shown import shown_to_network
from ocr import worker_pool
from ocr.errors import BadInputError
from ocr.extract.network import MODEL, MODELS

FEWEST = 200
"""Lessons without which nothing is learnt."""

_SHOWN = 60
"""Pages by which the numbers within the network are measured."""

Progress = Callable[[str, int, int], None]
"""Told the stage, what is done of it, and of how much."""


@dataclass(frozen=True)
class Crew:
    """Who works: forms, processes that read, seconds a page may take, the day, and who is told how far it is."""

    forms_dir: Path
    workers: int
    timeout_s: float
    today: date
    progress: Progress


@dataclass(frozen=True)
class Course:
    """What became of it.

    Attributes
    ----------
    model
        The network that reads.
    lessons
        Fields that it was fitted to.
    kept_back
        Cards that judged it.
    figures
        Handwritten fields on them, right before and after.
    after
        The fields of these cards as the new network reads them.
    """

    model: bytes
    lessons: int
    kept_back: int
    figures: tuple[Figure, ...]
    after: tuple[Judged, ...]

    @property
    def is_better(self) -> bool:
        """Whether more fields came out right than by the network that it began from."""
        of_all = total(self.figures)
        return of_all.after > of_all.before


def learn(pages: Sequence[SettledPage], base: Path, crew: Crew, folder: Path, seed: int = 1) -> Course:
    """Fit the network that comes with the program further on what people settled.

    Parameters
    ----------
    base
        Folder of the network that reads now, against which the new one is held.
    folder
        Where the network is written.

    Raises
    ------
    BadInputError
        There is too little to learn from, or no card to judge by.
    """
    teaching = [page for page in pages if not is_kept_back(page.scan)]
    back = [page for page in pages if is_kept_back(page.scan) and page.known]
    lessons = _lessons(teaching, crew)
    if len(lessons) < FEWEST or not back:
        raise BadInputError(
            f"There are {len(lessons)} handwritten answers to learn from and {len(back)} cards to judge by; it takes "
            f"{FEWEST} and 1 at least. Key more fields twice, or label more cards."
        )
    network = further(
        load(MODELS / WEIGHTS), [one.sample for one in lessons], seed, partial(crew.progress, "learn.fitting")
    )
    export(network, folder / MODEL)
    shown = shown_to_network([page.job for page in teaching[:_SHOWN]], folder, crew.forms_dir)
    quantise(folder / MODEL, shown, folder / MODEL)
    before, after = (_judged(back, network, crew) for network in (base, folder))
    model = (folder / MODEL).read_bytes()
    return Course(model, len(lessons), len(back), figures(before, after), tuple(after))


def _lessons(pages: Sequence[SettledPage], crew: Crew) -> list[Lesson]:
    """Lessons of all pages, in an order that does not depend on who was first."""
    found: list[Lesson] = []
    work = partial(lessons_of, forms_dir=crew.forms_dir)
    results = worker_pool.run(pages, work, workers=crew.workers, timeout_s=crew.timeout_s, on_crash=lambda *_: [])
    for done, (_, lessons) in enumerate(results, 1):
        found += lessons
        crew.progress("learn.looking", done, len(pages))
    return sorted(found, key=lambda one: (one.scan.sha256, one.scan.page, one.field))


def _judged(pages: Sequence[SettledPage], network: Path, crew: Crew) -> list[Judged]:
    crew.progress("learn.judging", 0, len(pages))
    found = judged(pages, network, crew.forms_dir, crew.workers, crew.timeout_s, crew.today)
    crew.progress("learn.judging", len(pages), len(pages))
    return found
