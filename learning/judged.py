"""What a network is worth on cards that were kept back: values right before and after, and scores with their truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from learning.lessons import SettledPage
from ocr import worker_pool
from ocr.confidence.acceptance import Uncalibrated
from ocr.confidence.fit import ScoredReading
from ocr.confidence.kinds import kind_of
from ocr.confidence.values import canonical
from ocr.evaluation.run import scored
from ocr.forms.definition import Entry, FieldSpec, load_forms
from ocr.page import PageResult, crashed_page, read_page
from ocr.reading import FieldReading, FieldState, Refused
from ocr.scan import ScanId

KEPT_BACK = 5
"""One card in so many is kept back: it judges the network and is never learnt from."""

_KEY = b"migcards learning"


@dataclass(frozen=True)
class Judged:
    """One field of a card that was kept back.

    Attributes
    ----------
    kind
        As from `ocr.confidence.kinds.kind_of`, of something written.
    right
        None where nobody has said what stands there; of values accepted unseen whether they are still read so.
    scored
        What thresholds are set by; empty where none decides about the field.
    by_hand
        Whether it is handwriting.
    """

    kind: str
    right: bool | None
    scored: tuple[ScoredReading, ...]
    by_hand: bool


@dataclass(frozen=True)
class Figure:
    """Fields of one kind on the cards that were kept back: how many, and how many right before and after."""

    kind: str
    fields: int
    before: int
    after: int


def is_kept_back(scan: ScanId) -> bool:
    """Whether a card judges instead of teaching: by a keyed hash of its scan, so for ever the same."""
    return scan.number(_KEY) % KEPT_BACK == 0


def judged(
    pages: Sequence[SettledPage], network: Path, forms_dir: Path, workers: int, timeout_s: float, today: date
) -> list[Judged]:
    """Read pages with the network of a folder and hold them against what is known of them."""
    specs = {form.id: form.by_name for form in load_forms(forms_dir)}
    of_job = {page.job: page for page in pages}
    work = partial(read_page, acceptor=Uncalibrated(), forms_dir=forms_dir, network=network, today=today)
    results = worker_pool.run(list(of_job), work, workers=workers, timeout_s=timeout_s, on_crash=crashed_page)
    found = [(of_job[job], result) for job, result in results]
    found.sort(key=lambda item: (item[0].job.sha256, item[0].job.page))
    return [one for page, result in found for one in _of_page(page, result, specs)]


def _of_page(page: SettledPage, result: PageResult, specs: Mapping[str, Mapping[str, FieldSpec]]) -> Iterator[Judged]:
    if isinstance(result.outcome, Refused):
        return
    for reading in result.outcome.fields:
        name, spec = reading.field, specs[result.outcome.form][reading.field]
        right = _is_value(spec, reading, page.known.get(name))
        same = _is_value(spec, reading, page.accepted.get(name))
        by_hand = spec.entry is Entry.HAND and spec.kind.is_text
        samples = tuple(scored(spec, reading, page.known.get(name), stood=name in page.stood))
        kind = kind_of(spec, FieldState.READ)
        if page.known.get(name) or not page.accepted.get(name):
            yield Judged(kind, right, samples, by_hand and bool(page.known.get(name)))
        else:
            yield Judged(f"{kind}, accepted", same, samples, by_hand)


def _is_value(spec: FieldSpec, reading: FieldReading, value: str | None) -> bool | None:
    return None if value is None else canonical(spec, reading.value or "") == canonical(spec, value)


def figures(before: Iterable[Judged], after: Iterable[Judged]) -> tuple[Figure, ...]:
    """Handwritten fields by kind, whose value is known: right by the one network and by the other."""
    counts: dict[str, list[int]] = {}
    for place, found in ((1, before), (2, after)):
        for one in found:
            if one.by_hand and one.right is not None:
                row = counts.setdefault(one.kind, [0, 0, 0])
                row[0] += place == 2
                row[place] += one.right
    return tuple(Figure(kind, *counts[kind]) for kind in sorted(counts))


def total(of_kinds: Iterable[Figure]) -> Figure:
    """All kinds together."""
    found = list(of_kinds)
    return Figure("all", *(sum(getattr(one, name) for one in found) for name in ("fields", "before", "after")))
