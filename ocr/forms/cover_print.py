"""The cover sheet of a batch as PDF: the same code twice, and the same in words."""

from __future__ import annotations

import io
from collections.abc import Iterator

from reportlab.pdfgen.canvas import Canvas

from ocr.errors import BadInputError
from ocr.forms.cover_sheet import CoverSheet, payload, write_serials
from ocr.forms.definition import Text
from ocr.forms.drawing import ArtworkPen
from ocr.forms.printed_words import POINTS_PER_MM
from texts import Language, say
from texts.formats import short_date

PAGE = (210.0, 297.0)
MARGIN_MM = 20.0
CODE_MM = 70.0
"""Side of the code: its modules are 0.8 mm at least, more than two pixels of the picture in which it is looked for."""

MAX_BYTES = 300
"""In the code at most."""

_INK = "#000000"


def cover_pdf(sheet: CoverSheet, checkpoint: str, language: Language) -> bytes:
    """One page A4 that is laid on the bundle and scanned before it.

    Parameters
    ----------
    checkpoint
        What people call the checkpoint.

    Raises
    ------
    BadInputError
        So many ranges of numbers that no code holds them.
    """
    said = payload(sheet)
    if len(said.encode()) > MAX_BYTES:
        raise BadInputError(say("cover.too_long", language))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=tuple(side * POINTS_PER_MM for side in PAGE), invariant=True)
    canvas.setTitle(f"{say('cover.title', language)} {sheet.number}")
    pen = ArtworkPen(canvas, 0.0, PAGE[1] * POINTS_PER_MM)
    pen.words(Text(at=(MARGIN_MM, 30.0), text=say("cover.title", language), size=24, bold=True), _INK)
    pen.words(Text(at=(MARGIN_MM, 44.0), text=sheet.number, size=34, bold=True), _INK)
    for place in ((MARGIN_MM, 55.0), (PAGE[0] - MARGIN_MM - CODE_MM, PAGE[1] - MARGIN_MM - CODE_MM)):
        pen.qr((*place, CODE_MM, CODE_MM), said)
    y = 140.0
    for label, value in _lines(sheet, checkpoint, language):
        pen.words(Text(at=(MARGIN_MM, y), text=label, size=12), _INK)
        for part in _folded(value or "—"):
            pen.words(Text(at=(80.0, y), text=part, size=16, bold=True), _INK)
            y += 8.0
        y += 2.0
    for i, words in enumerate(say("cover.use", language).splitlines()):
        pen.words(Text(at=(MARGIN_MM, PAGE[1] - MARGIN_MM - 30.0 + 6.0 * i), text=words, size=11), _INK)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _lines(sheet: CoverSheet, checkpoint: str, language: Language) -> Iterator[tuple[str, str]]:
    """What the sheet says: label and value, line by line."""
    yield say("cover.checkpoint", language), checkpoint
    yield say("cover.direction", language), say(f"cover.direction_{sheet.direction or 'both'}", language)
    yield say("cover.days", language), days_of(sheet)
    yield say("cover.expected", language), "" if sheet.expected is None else str(sheet.expected)
    yield say("cover.serials", language), write_serials(sheet.serials)
    yield say("cover.clerk", language), sheet.clerk


def days_of(sheet: CoverSheet) -> str:
    """The days of a batch: one, or the first and the last."""
    return " – ".join(dict.fromkeys(short_date(day) for day in (sheet.first_day, sheet.last_day) if day))


def _folded(words: str, width: int = 32) -> list[str]:
    """Words in lines of so many characters at most, broken at spaces."""
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
