"""Drawing a form: sharp vector PDF for the press. `ocr.forms.artwork` is the same drawing as pixels."""

from __future__ import annotations

import io

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from ocr.forms.definition import FieldKind, FieldSpec, Form, Text
from ocr.forms.printed_words import POINTS_PER_MM, font_of, label_of, label_of_option
from ocr.forms.serial import qr_payload


class ArtworkPen:
    """Draws in millimetres from the top left on a PDF canvas whose page may be larger than the card.

    Parameters
    ----------
    canvas
        reportlab canvas.
    left, top
        Where the card's top left corner lies, in points from the page's bottom left.
    """

    def __init__(self, canvas: Canvas, left: float, top: float) -> None:
        self.canvas, self.left, self.top = canvas, left, top

    def _xy(self, x: float, y: float) -> tuple[float, float]:
        return self.left + x * POINTS_PER_MM, self.top - y * POINTS_PER_MM

    def line(self, start: tuple[float, float], end: tuple[float, float], width: float, colour: str) -> None:
        """Straight line `width` millimetres wide."""
        self.canvas.setStrokeColor(HexColor(colour))
        self.canvas.setLineWidth(width * POINTS_PER_MM)
        self.canvas.line(*self._xy(*start), *self._xy(*end))

    def box(self, xywh: tuple[float, float, float, float], width: float, colour: str) -> None:
        """Empty rectangle."""
        x, y, w, h = xywh
        self.canvas.setStrokeColor(HexColor(colour))
        self.canvas.setLineWidth(width * POINTS_PER_MM)
        self.canvas.rect(*self._xy(x, y + h), w * POINTS_PER_MM, h * POINTS_PER_MM)

    def panel(self, xywh: tuple[float, float, float, float], colour: str) -> None:
        """Filled rectangle."""
        x, y, w, h = xywh
        self.canvas.setFillColor(HexColor(colour))
        self.canvas.rect(*self._xy(x, y + h), w * POINTS_PER_MM, h * POINTS_PER_MM, stroke=0, fill=1)

    def words(self, text: Text, colour: str) -> None:
        """Printed words."""
        self.canvas.setFillColor(HexColor(text.colour or colour))
        self.canvas.setFont(font_of(text), text.size)
        x, y = self._xy(*text.at)
        draw = {"left": "drawString", "centre": "drawCentredString", "right": "drawRightString"}[text.align]
        getattr(self.canvas, draw)(x, y, text.text)

    def qr(self, xywh: tuple[float, float, float, float], payload: str) -> None:
        """QR code at error correction level Q, filling the box without a border (keep a quiet zone around)."""
        x, y, w, h = xywh
        widget = QrCodeWidget(payload, barLevel="Q", barBorder=0)
        x0, y0, x1, y1 = widget.getBounds()
        sx, sy = w * POINTS_PER_MM / (x1 - x0), h * POINTS_PER_MM / (y1 - y0)
        drawing = Drawing(w * POINTS_PER_MM, h * POINTS_PER_MM, transform=[sx, 0, 0, sy, 0, 0])
        drawing.add(widget)
        renderPDF.draw(drawing, self.canvas, *self._xy(x, y + h))


def draw_form(pen: ArtworkPen, form: Form, serial: str | None) -> None:
    """Draw one blank card; without a serial the barcode and the printed number stay away."""
    for panel in form.panels:
        pen.panel(panel.box.xywh, panel.colour)
    for rule in form.rules:
        pen.line(rule.start, rule.end, rule.width, rule.colour or form.line_colour)
    for text in form.texts:
        pen.words(text, form.ink)
    for spec in form.fields:
        _draw_field(pen, form, spec, serial)


def _draw_field(pen: ArtworkPen, form: Form, spec: FieldSpec, serial: str | None) -> None:
    label = label_of(spec)
    if label is not None:
        pen.words(label, form.ink)
    _draw_frame(pen, form, spec)
    if spec.kind is FieldKind.BARCODE and serial:
        pen.qr(spec.box.xywh, qr_payload(form.code, form.version, serial))
    elif spec.entry == "printed" and serial:
        at = (spec.box.x + 0.5, spec.box.bottom - spec.box.h * 0.22)
        pen.words(Text(at=at, text=serial, size=min(40.0, spec.box.h * 2.2), bold=True), form.ink)
    for option in spec.options:
        if option.style == "box" and option.print_box:
            pen.box(option.box.xywh, form.line_width, form.line_colour)
        words = label_of_option(option)
        if words is not None:
            pen.words(words, form.ink)


def _draw_frame(pen: ArtworkPen, form: Form, spec: FieldSpec) -> None:
    frame, box = spec.printed_frame, spec.box
    if frame == "line":
        pen.line((box.x, box.bottom), (box.right, box.bottom), form.line_width, form.line_colour)
    elif frame != "none":
        for cell in spec.cell_boxes() if frame == "cells" else (box,):
            pen.box(cell.xywh, form.line_width, form.line_colour)


def form_pdf(form: Form, serial: str | None = None, page: tuple[float, float] | None = None) -> bytes:
    """One blank card as a one-page PDF.

    Parameters
    ----------
    page
        Width and height of the page in points, the card in its top left corner; the card's own size if not given.
    """
    width, height = page or (form.size[0] * POINTS_PER_MM, form.size[1] * POINTS_PER_MM)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width, height), invariant=1)
    draw_form(ArtworkPen(canvas, 0.0, height), form, serial)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()
