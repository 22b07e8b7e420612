"""`migcards gallery`: the crops of one field for eyes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click
import cv2
import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from migcards.cli.shared.context import OUT_FILE, settings, store
from migcards.cli.shared.output import HIDDEN
from migcards.cli.shared.pictures import write_png
from migcards.originals import load_original, on_sheet
from migcards.page_images import cut_out, fit
from ocr.errors import BadInputError
from ocr.geometry import Quad, as_quad
from ocr.scan import ScanId
from ocr.zone_drawing import GREEN, ORANGE, Zone, draw_zones
from store.engine import read_only
from store.queries import newest_readings
from store.tables import Card, PersonalReading, Reading, Scan

CELL = (300, 96)
COLUMNS = 5


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


def _fields(session: Session, condition: object, personal: bool) -> list[CropRow]:
    query = (
        newest_readings(Reading, PersonalReading.value, Scan)
        .join(Scan, Scan.id == Card.scan_id)
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
