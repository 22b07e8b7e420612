"""Labelled scans, read as the program reads them, and the batches that they may lie in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from ocr.confidence.acceptance import AcceptancePolicy
from ocr.confidence.calibration import load_calibration
from ocr.evaluation.truth import PageTruth, read_truth
from ocr.forms.codebook import Role
from ocr.forms.cover_sheet import CoverSheet
from ocr.forms.definition import Form
from ocr.page import PageJob, crashed_page, read_page
from ocr.preprocess.content import file_hash
from ocr.reading import CardReading, parse_iso
from ocr.worker_pool import Workers

BATCH_ROLES = (Role.CROSSING_DATE, Role.CHECKPOINT)
"""Of what a cover sheet speaks."""


def read_labelled(folder: Path, today: date) -> Iterator[tuple[PageTruth, CardReading]]:
    """The cards of a folder with their truth; sheets that are refused are left out."""
    truths = {(truth.scan, truth.page): truth for truth in read_truth(folder) if truth.expect == "read"}
    jobs = [PageJob(folder / scan, file_hash(folder / scan), page) for scan, page in truths]
    work = partial(read_page, acceptor=AcceptancePolicy(load_calibration()), today=today)
    with Workers(os.cpu_count() or 1, 60.0) as pool:
        for job, result in pool.run(jobs, work, on_crash=crashed_page):
            if isinstance(result.outcome, CardReading):
                yield truths[str(job.path.relative_to(folder)), job.page], result.outcome


def cover_sheet(truth: PageTruth, form: Form, days: int, rng: np.random.Generator) -> CoverSheet:
    """The cover sheet of a batch of so many days in which a card belongs."""
    said = {role: truth.fields[form.by_role[role].name].value for role in BATCH_ROLES if role in form.by_role}
    day = parse_iso(said.get(Role.CROSSING_DATE))
    cover = CoverSheet("26-AAAAAAA", said.get(Role.CHECKPOINT, "").replace("?", ""))
    if day is None:
        return cover
    first = day - timedelta(days=int(rng.integers(days)))
    return replace(cover, first_day=first, last_day=first + timedelta(days=days - 1))
