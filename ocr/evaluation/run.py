"""Read labelled scans with the pipeline, in parallel, and score them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path

from ocr import worker_pool as batch
from ocr.confidence.acceptance import AcceptancePolicy, Uncalibrated
from ocr.confidence.calibration import load_calibration
from ocr.confidence.fit import ScoredReading
from ocr.confidence.kinds import NO_TARGET_ERRORS, kind_of
from ocr.confidence.values import canonical
from ocr.errors import BadInputError
from ocr.evaluation.reread import BesideJob, read_beside
from ocr.evaluation.score import PageScore, score_page
from ocr.evaluation.truth import PageTruth
from ocr.extract.network import MODELS
from ocr.forms.codebook import Coarser
from ocr.forms.definition import FORMS_DIR, FieldSpec, load_forms
from ocr.lexicon.levels import code_at
from ocr.page import PageJob, PageResult, crashed_page, read_page
from ocr.preprocess.content import file_hash
from ocr.reading import FieldReading, FieldState, Refused, Why

Beside = Mapping[PageJob, dict[str, str]]
"""Values by field that another reader got, for each page."""

MEASURED = (FieldState.READ, FieldState.EMPTY, FieldState.CORRECTED)
"""States whose probabilities are calibrated, each in a kind of its own; all others always go to people."""

_AT_NO_LEVEL = frozenset({Why.NOT_IN_LEXICON, Why.SEVERAL_MARKS, Why.OVERRULED})
"""Reasons to wait that no score can lift: such readings teach nothing about thresholds. Nor does what is ambiguous, but
both meanings may lie in one group."""


def read_labelled(
    scans: Path,
    truths: Iterable[PageTruth],
    workers: int,
    timeout_s: float,
    forms_dir: Path,
    *,
    today: date,
    calibrated: bool = True,
    target_errors: Mapping[str, float] = NO_TARGET_ERRORS,
    network: Path = MODELS,
) -> Iterator[tuple[PageTruth, PageResult]]:
    """Read every page that has truth, with the network of a folder.

    Parameters
    ----------
    target_errors
        As in `AcceptancePolicy`.

    Raises
    ------
    BadInputError
        A scan that the truth names is not there.
    """
    jobs: dict[PageJob, PageTruth] = {}
    for truth in truths:
        jobs[job_of(scans, truth)] = truth
    acceptor = AcceptancePolicy(load_calibration(), dict(target_errors)) if calibrated else Uncalibrated()
    work = partial(read_page, acceptor=acceptor, forms_dir=forms_dir, network=network, today=today)
    for job, result in batch.run(jobs, work, workers=workers, timeout_s=timeout_s, on_crash=crashed_page):
        yield jobs[job], result


def job_of(scans: Path, truth: PageTruth) -> PageJob:
    """The page that a truth is about.

    Raises
    ------
    BadInputError
        The scan is not there.
    """
    path = scans / truth.scan
    if not path.is_file():
        raise BadInputError(f"{path}, named by the truth, does not exist.")
    return PageJob(path, file_hash(path), truth.page)


def read_all_beside(
    results: Iterable[PageResult], workers: int, timeout_s: float, forms_dir: Path, today: date
) -> Iterator[tuple[PageJob, dict[str, str]]]:
    """Read the handwriting of all pages that were read once more, with Tesseract."""
    jobs = [BesideJob(r.job, r.outcome) for r in results if not isinstance(r.outcome, Refused)]
    work = partial(read_beside, forms_dir=forms_dir, today=today)
    for job, values in batch.run(jobs, work, workers=workers, timeout_s=timeout_s, on_crash=lambda job, what: {}):
        yield job.page, values


def score_all(
    labelled: Iterable[tuple[PageTruth, PageResult]],
    forms_dir: Path = FORMS_DIR,
    beside: Beside | None = None,
    *,
    today: date,
) -> Iterator[PageScore]:
    """Score pages as they are read, with the values `beside` if another reader was asked."""
    forms = {form.id: form for form in load_forms(forms_dir)}
    for truth, result in labelled:
        others = None if beside is None else beside.get(result.job, {})
        yield score_page(truth, result.outcome, forms, others, today=today)


def samples_of(truth: PageTruth, result: PageResult, forms_dir: Path = FORMS_DIR) -> Iterator[ScoredReading]:
    """What an uncalibrated reading of a page teaches."""
    outcome = result.outcome
    if isinstance(outcome, Refused) or outcome.form != truth.form:
        return
    specs = {form.id: form for form in load_forms(forms_dir)}[outcome.form].by_name
    for reading in outcome.fields:
        known = truth.fields.get(reading.field)
        if known is None or reading.value is None:
            continue
        yield from scored(specs[reading.field], reading, known.value)


def scored(
    spec: FieldSpec, reading: FieldReading, known: str | None, *, stood: bool = False
) -> Iterator[ScoredReading]:
    """An uncalibrated reading as thresholds are set by it: that of the value, and those of its groups.

    Parameters
    ----------
    known
        The true value, None where nobody has looked.
    stood
        As in `ScoredReading`.
    """
    if reading.value is None or reading.state not in MEASURED or _AT_NO_LEVEL.intersection(reading.review):
        return
    who = reading.reader, reading.reader_version
    if Why.AMBIGUOUS not in reading.review:
        right = None if known is None else canonical(spec, reading.value) == canonical(spec, known)
        yield ScoredReading(*who, kind_of(spec, reading.state), reading.score, right, stood)
    for one in reading.levels:
        level = Coarser(one.level)
        right = None if known is None else code_at(spec, level, known) == one.code
        yield ScoredReading(*who, kind_of(spec, reading.state, level), one.score, right, stood, reading.score)
