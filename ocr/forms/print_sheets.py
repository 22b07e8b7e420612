"""Blank cards for the press: several on a sheet, running serials, cut marks, all vector."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from reportlab.pdfgen.canvas import Canvas

from ocr.errors import BadInputError
from ocr.forms.definition import Form
from ocr.forms.drawing import ArtworkPen, draw_form
from ocr.forms.printed_words import POINTS_PER_MM
from ocr.forms.serial import serial_number

PAPERS = {"a4": (210.0, 297.0), "a3": (297.0, 420.0), "sra3": (320.0, 450.0)}
Size: TypeAlias = tuple[float, float]
"""Width and height, or x and y, in millimetres."""

GUTTER_MM = 4.0
MARK_GAP_MM, MARK_MM = 1.0, 2.0
"""Cut marks begin this far from a card and are this long, so that those between two cards touch neither."""
MARGIN_MM = 7.0


def layout(card: tuple[float, float], paper: tuple[float, float]) -> tuple[Size, list[Size]]:
    """Place as many cards on a sheet as fit upright with room for cut marks.

    Returns
    -------
    tuple
        The sheet's width and height in mm, turned whichever way holds more cards, and the cards' top left corners.

    Raises
    ------
    BadInputError
        Not even one card fits.
    """
    best: tuple[Size, list[Size]] | None = None
    for sheet in (paper, paper[::-1]):
        columns, rows = (
            int((side - 2 * MARGIN_MM + GUTTER_MM) // (length + GUTTER_MM))
            for side, length in zip(sheet, card, strict=True)
        )
        places = list(_grid(card, sheet, columns, rows))
        if best is None or len(places) > len(best[1]):
            best = ((sheet[0], sheet[1]), places)
    if best is None or not best[1]:
        raise BadInputError(f"A card of {card[0]:g} x {card[1]:g} mm does not fit on this paper; choose a larger one.")
    return best


def _grid(
    card: tuple[float, float], sheet: tuple[float, ...], columns: int, rows: int
) -> Iterator[tuple[float, float]]:
    used = (columns * card[0] + (columns - 1) * GUTTER_MM, rows * card[1] + (rows - 1) * GUTTER_MM)
    left, top = ((side - length) / 2 for side, length in zip(sheet, used, strict=True))
    for row in range(rows):
        for column in range(columns):
            yield left + column * (card[0] + GUTTER_MM), top + row * (card[1] + GUTTER_MM)


def print_cards(forms: tuple[Form, ...], count: int, first_serial: int, paper: str, out: Path) -> int:
    """Write a PDF of blank cards; with two forms each serial gets both sides, on consecutive sheets.

    Returns
    -------
    int
        Number of pages.

    Raises
    ------
    BadInputError
        The serials run out, the forms differ in size, or a card does not fit on the paper.
    """
    if count < 1 or first_serial < 1 or first_serial + count - 1 > 99_999_999:
        raise BadInputError(f"Serials {first_serial} to {first_serial + count - 1} do not lie within 1 to 99999999.")
    if len({form.size for form in forms}) > 1:
        raise BadInputError("The two sides of a card must have the same size.")
    sheet, places = layout(forms[0].size, PAPERS[paper])
    canvas = Canvas(str(out), pagesize=tuple(side * POINTS_PER_MM for side in sheet))
    canvas.setTitle(" + ".join(form.title_ru for form in forms))
    pages = 0
    for start in range(0, count, len(places)):
        batch = range(start, min(start + len(places), count))
        for form in forms:
            for place, n in zip(places, batch, strict=False):
                _card(canvas, sheet, place, form, serial_number(first_serial + n))
            canvas.showPage()
            pages += 1
    canvas.save()
    return pages


def _card(canvas: Canvas, sheet: tuple[float, float], place: tuple[float, float], form: Form, serial: str) -> None:
    x, y = place
    draw_form(ArtworkPen(canvas, x * POINTS_PER_MM, (sheet[1] - y) * POINTS_PER_MM), form, serial)
    marks = ArtworkPen(canvas, 0.0, sheet[1] * POINTS_PER_MM)
    for start, end in cut_marks(place, form.size):
        marks.line(start, end, 0.1, "#000000")


def cut_marks(
    place: tuple[float, float], card: tuple[float, float]
) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Ends, in mm on the sheet, of the eight lines along which a card is cut."""
    (x, y), (w, h) = place, card
    near, far = MARK_GAP_MM, MARK_GAP_MM + MARK_MM
    for cx, sx in ((x, -1), (x + w, 1)):
        for cy, sy in ((y, -1), (y + h, 1)):
            yield (cx + sx * near, cy), (cx + sx * far, cy)
            yield (cx, cy + sy * near), (cx, cy + sy * far)
