"""Pages with what people settled on them: from operation, or from labelled scans."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from learning.lessons import SettledPage
from ocr.errors import BadInputError
from ocr.evaluation.truth import read_truth
from ocr.file_names import as_path
from ocr.page import PageJob
from ocr.preprocess.content import file_hash
from store.archive import find
from store.settled_fields import settled_cards


def settled_in_store(session: Session, archive: Path | None) -> Iterator[SettledPage]:
    """Pages of operation, read from the archive or else from where they lay; those that are gone are left out."""
    for card in settled_cards(session):
        kept = find(archive, card.scan.sha256) if archive else None
        path = kept or as_path(card.path)
        if path.is_file():  # a changed file is found out when it is loaded
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
        path = scans / truth.scan
        if not path.is_file():
            raise BadInputError(f"{path}, named by the truth, does not exist.")
        if truth.expect == "read":
            known = {name: field.value for name, field in truth.fields.items() if field.state != "several"}
            sure = {name: value for name, value in known.items() if truth.fields[name].state == "filled" and value}
            job = PageJob(path, file_hash(path), truth.page)
            yield SettledPage(job, sure, known, {}, frozenset(known))
