"""`migcards show` and `gallery`: cards and crops for eyes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click
import cv2
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from migcards.cli.common import OUT_FILE, language_option, settings, store
from migcards.cli.labels import with_label
from migcards.cli.picture import write_png
from migcards.originals import load_original, on_sheet
from migcards.page_images import cut_out, fit
from ocr.errors import BadInputError
from ocr.file_names import shown_path
from ocr.geometry import Quad, as_quad
from ocr.scan import ScanId
from ocr.zone_drawing import GREEN, GREY, ORANGE, Zone, draw_zones
from review.cards.view import CardView, FieldView, card_view
from store.engine import read_only
from store.tables import Card, PersonalReading, Reading, Scan
from texts.messages import Language, why_message

CELL = (300, 96)
COLUMNS = 5
HIDDEN = "***"
"""Stands for a value that identifies a person."""


@dataclass(frozen=True)
class CropRow:
    """One field as the store has it, with the personal part only where it was asked for."""

    card_id: int
    scan: ScanId
    path: str
    field: str
    value: str | None
    probability: float
    review: tuple[str, ...]
    quad: Quad


@click.command()
@click.argument("card")
@click.option("--personal", is_flag=True, help="Show names, birth dates and passports too.")
@click.option("-o", "out", type=OUT_FILE, help="Also draw the card as PNG.")
@language_option
def show(card: str, personal: bool, out: Path | None, language: Language) -> None:
    """Show one card: CARD is its number, its serial, or the beginning of its scan's hash."""
    with Session(read_only(store())) as session:
        found, scan = _find(session, card)
        view = card_view(session, found.id, personal=personal)
    click.echo(
        f"{found.form} {found.version}  {found.direction}  {found.serial or '—'}  "
        f"{shown_path(scan.path)}, page {scan.page + 1}"
    )
    click.echo(f"rotation {found.rotation}°, residual {found.residual_mm:.2f} mm, {scan.dpi or 0:.0f} dpi")
    for item in view.fields:
        value = _value(item, personal)
        why = "; ".join(why_message(reason, language) for reason in item.why)
        sure = "  key" if item.state == "person" else f"{item.reads[0].probability:5.2f}"
        words = "—" if value is None else with_label(item.spec, value, language)
        click.echo(f"  {item.spec.name:20} {sure}  {words:40}  {why}".rstrip())
    if out is not None:
        write_png(out, _drawn(view, personal))
        click.echo(str(out))


@click.command()
@click.argument("field")
@click.option("--limit", type=int, default=100, show_default=True)
@click.option("--surest-first", is_flag=True, help="The surest readings first instead of the least sure.")
@click.option("--personal", is_flag=True, help="Needed for names, birth dates and passports.")
@click.option("-o", "out", type=OUT_FILE, required=True)
def gallery(field: str, limit: int, surest_first: bool, personal: bool, out: Path) -> None:
    """Draw the crops of one field sorted by probability, least sure first, as PNG."""
    with Session(read_only(store())) as session:
        fields = _fields(session, Reading.field == field, personal)
    if not fields:
        raise BadInputError(f"No card in the store has a field {field!r}.")
    if not personal and any(item.value == HIDDEN for item in fields):
        raise BadInputError(f"{field} identifies people: add --personal if you may see it.")
    fields.sort(key=lambda item: item.probability, reverse=surest_first)
    cells = [_cell(item) for item in fields[:limit]]
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % COLUMNS)
    rows = [np.hstack(cells[i : i + COLUMNS]) for i in range(0, len(cells), COLUMNS)]
    write_png(out, np.vstack(rows))
    click.echo(f"{out}: {min(limit, len(fields))} of {len(fields)} crops")


def _find(session: Session, name: str) -> tuple[Card, Scan]:
    query = select(Card, Scan).join(Scan, Scan.id == Card.scan_id)
    ways = [Card.serial == name, Scan.sha256.startswith(name.split(":")[0].lower(), autoescape=True)]
    if name.isdecimal() and len(name) < 9:
        ways.insert(0, Card.id == int(name))
    for way in ways:
        rows = session.execute(query.where(way).limit(20)).all()
        if len(rows) == 1:
            return rows[0][0], rows[0][1]
        if rows:
            raise BadInputError(f"{name} fits several cards: {', '.join(str(card.id) for card, _ in rows)}; name one.")
    raise BadInputError(f"No card has the number, serial or scan {name!r}.")


def _fields(session: Session, condition: object, personal: bool) -> list[CropRow]:
    query = (
        select(Reading, PersonalReading.value, Scan)
        .join(Card, (Card.id == Reading.card_id) & (Card.edition == Reading.edition))
        .join(Scan, Scan.id == Card.scan_id)
        .outerjoin(PersonalReading, PersonalReading.reading_id == Reading.id)
        .where(condition)  # type: ignore[arg-type]
        .order_by(Reading.id)
    )
    return [
        CropRow(
            card_id=reading.card_id,
            scan=ScanId(scan.sha256, scan.page),
            path=scan.path,
            field=reading.field,
            value=(private if personal else HIDDEN) if reading.personal else reading.value,
            probability=reading.probability,
            review=tuple(reading.review),
            quad=as_quad(np.array(reading.quad)),
        )
        for reading, private, scan in session.execute(query)
    ]


def _value(item: FieldView, personal: bool) -> str | None:
    """What holds, else what was read."""
    if item.spec.personal and not personal:
        return HIDDEN
    return item.reads[0].value if item.value is None else item.value


def _drawn(view: CardView, personal: bool) -> NDArray[np.uint8]:
    sheet = load_original(view.scan, view.path, settings().archive)
    pixels = sheet.pixels.copy()
    zones = []
    for item in view.fields:
        value = _value(item, personal)
        colour = GREY if value == "" else ORANGE if item.why else GREEN
        zones.append(Zone(on_sheet(sheet, item.quad), colour, value or ""))
        if value == HIDDEN:
            cv2.fillPoly(pixels, [np.rint(zones[-1].quad).astype(np.int32)], (200, 200, 200))
    return draw_zones(pixels, zones, max(12, round(pixels.shape[1] / 80)))


def _cell(item: CropRow) -> NDArray[np.uint8]:
    """One crop upright with its value and probability beneath, uint8 (h, w, 3)."""
    width, height = CELL
    sheet = load_original(item.scan, item.path, settings().archive)
    corners = on_sheet(sheet, item.quad)
    size = fit(corners, height - 34, width - 10)
    crop = cut_out(sheet, corners, size)
    cell = np.full((height, width, 3), 255, np.uint8)
    cell[4 : 4 + size[1], 5 : 5 + size[0]] = crop if crop.ndim == 3 else cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR)
    words = f"{item.card_id}: {item.value if item.value is not None else '—'}  {item.probability:.3f}"
    colour = ORANGE if item.review else GREEN
    at = np.array([[5.0, height - 8.0], [6.0, height - 8.0], [6.0, height - 7.0], [5.0, height - 7.0]])
    return draw_zones(cell, [Zone(at, colour, words)], 15)
