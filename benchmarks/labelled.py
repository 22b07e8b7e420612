"""Labelled scans, read as the program reads them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

from ocr.confidence.acceptance import AcceptancePolicy
from ocr.confidence.calibration import load_calibration
from ocr.evaluation.truth import PageTruth, read_truth
from ocr.page import PageJob, crashed_page, read_page
from ocr.preprocess.content import file_hash
from ocr.reading import CardReading
from ocr.worker_pool import Workers


def read_labelled(folder: Path, today: date) -> Iterator[tuple[PageTruth, CardReading]]:
    """The cards of a folder with their truth; sheets that are refused are left out."""
    truths = {(truth.scan, truth.page): truth for truth in read_truth(folder) if truth.expect == "read"}
    jobs = [PageJob(folder / scan, file_hash(folder / scan), page) for scan, page in truths]
    work = partial(read_page, acceptor=AcceptancePolicy(load_calibration()), today=today)
    with Workers(os.cpu_count() or 1, 60.0) as pool:
        for job, result in pool.run(jobs, work, on_crash=crashed_page):
            if isinstance(result.outcome, CardReading):
                yield truths[str(job.path.relative_to(folder)), job.page], result.outcome
