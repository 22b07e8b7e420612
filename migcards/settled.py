"""Pages with what people settled on them: from operation, or from labelled scans."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from learning.lessons import SettledPage
from migcards.originals import places_of
from ocr.evaluation.run import job_of
from ocr.evaluation.truth import read_truth
from ocr.page import PageJob
from store.settled_fields import settled_cards


def settled_in_store(session: Session, archive: Path | None) -> Iterator[SettledPage]:
    """Pages of operation, read from the archive or else from where they lay; those that are gone are left out."""
    for card in settled_cards(session):
        path = next(iter(places_of(card.scan, card.path, archive)), None)
        if path is not None:  # a changed file is found out when it is loaded
            yield SettledPage(
                PageJob(path, card.scan.sha256, card.scan.page), card.sure, card.decided, card.accepted, card.stood
            )


def settled_in_folder(scans: Path) -> Iterator[SettledPage]:
    """Pages of labelled scans: all that is known of them teaches and judges.

    Raises
    ------
    BadInputError
        There is no truth, or a scan that it names is not there.
    """
    for truth in read_truth(scans):
        job = job_of(scans, truth)
        if truth.expect == "read":
            known = {name: field.value for name, field in truth.fields.items() if field.state != "several"}
            sure = {name: value for name, value in known.items() if truth.fields[name].state == "filled" and value}
            yield SettledPage(job, sure, known, {}, frozenset(known))
