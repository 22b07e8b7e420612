"""`migcards form`: print blank cards, check a definition, look at its zones."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import click

from migcards.cli.shared.context import OUT_FILE, forms_dir, settings
from migcards.cli.shared.output import json_option, print_json
from migcards.cli.shared.pictures import load_sheet, registered_zones, write_png
from migcards.form_check import check_form
from ocr.errors import BadInputError
from ocr.forms.definition import Form, load_form, load_forms
from ocr.forms.print_sheets import PAPERS, print_cards
from ocr.zone_drawing import draw_form_zones, draw_zones


@click.group()
def form() -> None:
    """Card forms: list, print, check, preview."""


def find_form(name: str) -> Form:
    """A form by the name of its file or by its id."""
    if Path(name).suffix == ".toml":
        return load_form(Path(name))
    known = {form.id: form for form in load_forms(forms_dir())}
    if name not in known:
        raise BadInputError(f"There is no form {name!r}; there are {', '.join(known)}, or name a .toml file.")
    return known[name]


@form.command("list")
@json_option
def list_forms(as_json: bool) -> None:
    """List the known forms.

    As JSON (--json): a list of objects with id, version, side, valid_from, valid_to, title (by language) and fields.
    """
    if as_json:
        print_json(
            [
                item.model_dump(include={"id", "version", "side", "valid_from", "valid_to"})
                | {"title": {"ru": item.title_ru, "tg": item.title_tg, "en": item.title_en}, "fields": [*item.by_name]}
                for item in load_forms(forms_dir())
            ]
        )
        return
    for item in load_forms(forms_dir()):
        side, until = item.side or "", item.valid_to or ""
        click.echo(f"{item.id:20} {item.version:8} {side:10} {item.valid_from}..{until:10} {item.title_ru}")


@form.command("print")
@click.argument("names", metavar="FORM [OTHER_SIDE]", nargs=-1, required=True)
@click.option("--count", type=int, default=1, show_default=True, help="How many cards.")
@click.option("--first-serial", type=int, default=1, show_default=True, help="Serial number of the first.")
@click.option("--paper", type=click.Choice(list(PAPERS)), default="a4", show_default=True)
@click.option("-o", "out", type=OUT_FILE, required=True)
def print_command(names: tuple[str, ...], count: int, first_serial: int, paper: str, out: Path) -> None:
    """Print blank cards with running serials and cut marks as PDF.

    Name two forms to give both sides of a card the same serial, on alternating pages.
    """
    pages = print_cards(tuple(find_form(name) for name in names), count, first_serial, paper, out)
    click.echo(f"{out}: {count} cards on {pages} pages; print at 100 %, without fitting to the page.")


@form.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def check(context: click.Context, file: Path, as_json: bool) -> None:
    """Say what is wrong with a form definition, by line; exit code 3 when something is, but for a "note:".

    As JSON (--json): a list of objects with line (0: the whole file), message and stops (false for a note); empty when
    nothing is wrong.
    """
    settings()  # dictionaries of one's own
    faults = check_form(file)
    if as_json:
        print_json([asdict(fault) for fault in faults])
        context.exit(3 if any(fault.stops for fault in faults) else 0)
    for fault in faults:
        place = f"{file}:{fault.line}" if fault.line else f"{file}"
        click.echo(f"{place}: {'' if fault.stops else 'note: '}{fault.message}")
    if any(fault.stops for fault in faults):
        context.exit(3)
    click.echo(f"{file}: nothing wrong.")


@form.command("preview")
@click.argument("name", metavar="FORM")
@click.option("--scan", type=click.Path(path_type=Path), help="Draw the zones over this scan instead of the artwork.")
@click.option("-o", "out", type=OUT_FILE, required=True)
def preview(name: str, scan: Path | None, out: Path) -> None:
    """Draw a form's zones over its artwork or over a scan, as PNG."""
    wanted = find_form(name)
    if scan is None:
        write_png(out, draw_form_zones(wanted))
    else:
        sheet, located = load_sheet(scan, 0, (wanted,))
        zones = [replace(zone, words=spec.name) for spec, zone in registered_zones(located.registration)]
        write_png(out, draw_zones(sheet.pixels, zones, max(12, round(sheet.size[0] / 90))))
        click.echo(f"residual {located.registration.residual_mm:.2f} mm, {located.quality}")
    click.echo(str(out))
