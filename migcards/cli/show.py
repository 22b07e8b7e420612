"""`migcards show`: one card for eyes."""

from __future__ import annotations

from pathlib import Path

import click
import cv2
import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from migcards.cli.shared.cards import card_named
from migcards.cli.shared.context import OUT_FILE, language_option, settings, store
from migcards.cli.shared.labels import with_label
from migcards.cli.shared.output import HIDDEN, json_option, print_json
from migcards.cli.shared.pictures import write_png
from migcards.originals import load_original, on_sheet
from ocr.file_names import shown_path
from ocr.zone_drawing import GREEN, GREY, ORANGE, Zone, draw_zones
from review.cards.view import CardView, FieldView, card_view
from store.engine import read_only
from texts import Language, say, why_message
from texts.formats import write_number


@click.command()
@click.argument("card")
@click.option("--personal", is_flag=True, help="Show names, birth dates and passports too.")
@click.option("-o", "out", type=OUT_FILE, help="Also draw the card as PNG.")
@json_option
@language_option
def show(card: str, personal: bool, out: Path | None, as_json: bool, language: Language) -> None:
    """Show one card: CARD is its number, its serial, or the beginning of its scan's hash.

    As JSON (--json): card, form, version, direction, serial, scan (hash:page), file, rotation, residual_mm, dpi, and
    fields, each with field, personal, value (*** unless --personal), state, probability and why (codes).
    """
    with Session(read_only(store())) as session:
        found, scan = card_named(session, card)
        view = card_view(session, found.id, personal=personal)
    if as_json:
        print_json(_plain(view, scan.dpi, personal))
    else:
        _print(view, scan.dpi, personal, language)
    if out is not None:
        write_png(out, _drawn(view, personal))
        click.echo(str(out), err=as_json)


def _print(view: CardView, dpi: float | None, personal: bool, language: Language) -> None:
    click.echo(
        f"{view.form.id} {view.form.version}  {view.direction}  {view.serial or '—'}  "
        f"{say('show.place', language, file=shown_path(view.path), page=view.scan.page + 1)}"
    )
    residual = write_number(view.residual_mm, language, 2)
    click.echo(say("show.measures", language, rotation=view.rotation, residual=residual, dpi=f"{dpi or 0:.0f}"))
    for item in view.fields:
        value = _value(item, personal)
        why = "; ".join(why_message(reason, language) for reason in item.why)
        sure = f"{say('show.keyed', language):>5}" if item.state == "person" else f"{item.reads[0].probability:5.2f}"
        words = "—" if value is None else with_label(item.spec, value, language)
        click.echo(f"  {item.spec.name:20} {sure}  {words:40}  {why}".rstrip())


def _plain(view: CardView, dpi: float | None, personal: bool) -> dict[str, object]:
    fields = [
        {
            "field": item.spec.name, "personal": item.spec.personal, "value": _value(item, personal),
            "state": item.state, "probability": item.reads[0].probability, "why": item.why,
        }
        for item in view.fields
    ]  # fmt: skip
    return {
        "card": view.id, "form": view.form.id, "version": view.form.version, "direction": view.direction,
        "serial": view.serial, "scan": f"{view.scan.sha256}:{view.scan.page + 1}", "file": view.path,
        "rotation": view.rotation, "residual_mm": view.residual_mm, "dpi": dpi, "fields": fields,
    }  # fmt: skip


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
