"""Read labelled scans with the pipeline, in parallel, and score them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

from ocr import batch
from ocr.confidence.calibration import Sample, kind_of
from ocr.errors import BadInputError
from ocr.evaluation.score import PageScore, same_value, score_page
from ocr.evaluation.truth import PageTruth
from ocr.form import FORMS_DIR, load_forms
from ocr.pipeline import PageJob, PageResult, crashed_page, read_page
from ocr.reading import FieldState, Refused


def read_labelled(
    scans: Path,
    truths: Iterable[PageTruth],
    workers: int,
    timeout_s: float,
    forms_dir: Path,
    *,
    calibrated: bool = True,
) -> Iterator[tuple[PageTruth, PageResult]]:
    """Read every page that has truth.

    Raises
    ------
    BadInputError
        A scan that the truth names is not there.
    """
    jobs: dict[PageJob, PageTruth] = {}
    for truth in truths:
        path = scans / truth.scan
        if not path.is_file():
            raise BadInputError(f"{path}, named by the truth, does not exist.")
        jobs[PageJob(path, sha256(path.read_bytes()).hexdigest(), truth.page)] = truth
    work = partial(read_page, forms_dir=forms_dir, calibrated=calibrated)
    for job, result in batch.run(jobs, work, workers=workers, timeout_s=timeout_s, on_crash=crashed_page):
        yield jobs[job], result


def score_all(labelled: Iterable[tuple[PageTruth, PageResult]], forms_dir: Path = FORMS_DIR) -> Iterator[PageScore]:
    """Score pages as they are read."""
    forms = {form.id: form for form in load_forms(forms_dir)}
    for truth, result in labelled:
        yield score_page(truth, result.outcome, forms)


def samples_of(truth: PageTruth, result: PageResult, forms_dir: Path = FORMS_DIR) -> Iterator[Sample]:
    """What an uncalibrated reading of a page teaches: only of states that may ever be accepted."""
    outcome = result.outcome
    if isinstance(outcome, Refused) or outcome.form != truth.form:
        return
    specs = {form.id: form for form in load_forms(forms_dir)}[outcome.form].by_name
    for reading in outcome.fields:
        known = truth.fields.get(reading.field)
        if known is None or reading.value is None or reading.state not in (FieldState.READ, FieldState.EMPTY):
            continue
        kind = kind_of(specs[reading.field], reading.state)
        yield Sample(reading.reader, kind, reading.probability, same_value(reading.value, known.value))
