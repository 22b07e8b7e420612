"""A card interpreted again with other texts: with what was truly written, or with another reader's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from ocr.confidence.acceptance import Uncalibrated
from ocr.extract.reader import Raw
from ocr.extract.tesseract import TesseractReader
from ocr.forms.definition import Entry, Form
from ocr.interpret import ZoneReading, interpret
from ocr.page import PageJob, crops_of_page, load_engine
from ocr.reading import CardReading, FieldState


@dataclass(frozen=True)
class BesideJob:
    """A page that was read, to be read again."""

    page: PageJob
    reading: CardReading


def interpret_again(form: Form, reading: CardReading, raws: Mapping[str, Raw], today: date) -> dict[str, str | None]:
    """Values of a card's fields when some of them are read otherwise and all others as they were."""
    seen = [
        ZoneReading(
            form.by_name[r.field],
            raws.get(r.field, Raw(r.state, r.raw, r.probability)),
            r.reader,
            r.reader_version,
            r.quad,
        )
        for r in reading.fields
    ]
    fields, _ = interpret(form, seen, Uncalibrated(), today)
    return {field.field: field.value for field in fields}


def decode_written(form: Form, reading: CardReading, written: Mapping[str, str], today: date) -> dict[str, str | None]:
    """Values that today's dictionaries and grammars give to exactly what was written.

    What they get wrong here no reader can get right through them: the floor of the error.
    """
    raws = {
        name: Raw(FieldState.READ, text, 1.0) if text else Raw(FieldState.EMPTY, "", 1.0)
        for name, text in written.items()
    }
    return interpret_again(form, reading, raws, today)


def read_beside(job: BesideJob, forms_dir: Path, today: date) -> dict[str, str]:
    """Read a page's handwritten texts with Tesseract and today's text decoding; marks and stamps stay as they were.

    Returns
    -------
    dict
        Value by field, empty where there is none; nothing where the page can no longer be found.
    """
    found = crops_of_page(job.page, load_engine(forms_dir))
    if found is None:
        return {}
    form, cut = found
    crops = [crop for crop in cut if crop.spec.entry is Entry.HAND and crop.spec.kind.is_text]
    raws = dict(zip((crop.spec.name for crop in crops), _tesseract().read(crops), strict=True))
    values = interpret_again(form, job.reading, raws, today)
    return {name: values[name] or "" for name in raws}


@lru_cache(maxsize=1)
def _tesseract() -> TesseractReader:
    return TesseractReader()
