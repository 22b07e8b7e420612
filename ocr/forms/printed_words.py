"""The words that a form prints, where they stand and how much room they take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from ocr.forms.definition import FieldKind, FieldSpec, Form, Option, Rect, Text
from ocr.geometry import MM_PER_INCH

FONTS_DIR = Path(__file__).parents[1] / "data" / "fonts"
POINTS_PER_MM = 72 / MM_PER_INCH

CAPITALS = 0.73
"""Height of capitals, as a share of the font size, of DejaVu Sans Condensed."""

TOUCH_MM = 0.2
"""Words and cells may overlap by so much: less is not seen in print."""

_FONT, _BOLD = "MigcardsSans", "MigcardsSansBold"


@dataclass(frozen=True)
class PrintedWords:
    """Words on a form and the field whose label they are; empty for words that belong to no field."""

    text: Text
    field: str = ""


def font_of(text: Text) -> str:
    """Name of the font that the words are set in, registered with reportlab."""
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(_FONT, FONTS_DIR / "DejaVuSansCondensed.ttf"))
        pdfmetrics.registerFont(TTFont(_BOLD, FONTS_DIR / "DejaVuSansCondensed-Bold.ttf"))
    return _BOLD if text.bold else _FONT


def label_of(spec: FieldSpec) -> Text | None:
    """The field's label where one is printed, Russian and, if there is one, Tajik."""
    if spec.label_at is None:
        return None
    label = f"{spec.label_ru} / {spec.label_tg}" if spec.label_tg else spec.label_ru
    return Text(at=spec.label_at, text=label, size=spec.label_size)


def label_of_option(option: Option) -> Text | None:
    """The option's label where one is printed: beside its box, or in it where it is a word to mark."""
    if not option.print_label:
        return None
    box = option.box
    if option.style == "word":
        at = (box.x + box.w / 2, box.bottom - box.h * 0.3)
        return Text(at=at, text=option.label, size=option.size, align="centre")
    return Text(at=option.label_at or (box.right + 1.0, box.bottom - 0.8), text=option.label, size=option.size)


def printed_words(form: Form) -> Iterator[PrintedWords]:
    """All words of a form but the labels of words to mark, which stand in their own boxes."""
    yield from (PrintedWords(text) for text in form.texts)
    for spec in form.fields:
        labels = [label_of(spec), *(label_of_option(option) for option in spec.options if option.style == "box")]
        yield from (PrintedWords(label, spec.name) for label in labels if label is not None)


def extent(text: Text) -> Rect:
    """The rectangle of the words' capitals, millimetres."""
    width = pdfmetrics.stringWidth(text.text, font_of(text), text.size) / POINTS_PER_MM
    height = CAPITALS * text.size / POINTS_PER_MM
    x = text.at[0] - {"left": 0.0, "centre": 0.5, "right": 1.0}[text.align] * width
    return Rect(x=min(max(0.0, x), 420.0), y=max(0.0, text.at[1] - height), w=max(0.1, min(width, 420.0)), h=height)


def printed_over(form: Form) -> Iterator[tuple[PrintedWords, str]]:
    """Words that stand where something is to be written, marked or scanned, each with the name of that field."""
    for words in printed_words(form):
        place = extent(words.text)
        inner = Rect(x=place.x, y=place.y, w=max(0.1, place.w - TOUCH_MM), h=max(0.1, place.h - TOUCH_MM))
        for spec in form.fields:
            if any(inner.overlaps(room) for room in _kept_free(spec)):
                yield words, spec.name


def _kept_free(spec: FieldSpec) -> tuple[Rect, ...]:
    """Where nothing may be printed: cells, lines and boxes to write in, and barcodes; stamps may cover words."""
    if spec.kind.is_marks:
        return tuple(option.box for option in spec.options)
    written = spec.kind.is_text and spec.entry == "hand"
    return (spec.box,) if written or spec.kind is FieldKind.BARCODE else ()
