"""`migcards batch`: counted bundles of cards, from their cover sheet to their closing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.batches import CHECKPOINTS, account_lines, name_of
from migcards.cli.shared.context import DAY, OUT_FILE, language_option, store
from migcards.cli.shared.output import json_option, print_columns, print_json
from migcards.cli.shared.reading import who
from ocr.errors import BadInputError
from ocr.forms.cover_print import cover_pdf, days_of
from ocr.forms.cover_sheet import MAX_EXPECTED, CoverSheet, new_number, parse_serials
from ocr.lexicon.lexicon import load_lexicon
from store.batches import BatchNow, batch_now, batches_now, close_batch, open_batch, reopen_batch
from store.engine import read_only
from texts import Language, say


def cover_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for what a cover sheet says, in the order of the sheet."""
    for option in reversed(
        (
            click.option("--checkpoint", default="", help="Code of the border crossing point, as TJ-A1."),
            click.option("--direction", type=click.Choice(("D", "A")), help="D departure, A return; else both."),
            click.option("--from", "first_day", type=DAY, help="First day on which the cards were filled in."),
            click.option("--to", "last_day", type=DAY, help="Last day; the first if it is not given."),
            click.option("--expected", type=click.IntRange(1, MAX_EXPECTED), help="How many cards were counted."),
            click.option("--clerk", default="", help="Who counted the cards."),
            click.option("--serials", default="", help="Numbers of the cards: 000001016-000001511, 000002006."),
        )
    ):
        function = option(function)
    return function


@click.group()
def batch() -> None:
    """Batches of cards: print cover sheets, open, account for every sheet, close."""


@batch.command("sheet")
@click.argument("number", required=False)
@cover_options
@click.option("-o", "out", type=OUT_FILE, required=True)
@language_option
def sheet(number: str | None, out: Path, language: Language, **said: Any) -> None:
    """Print a cover sheet as PDF: of the batch with this NUMBER, else of a new one.

    Laid on the bundle and scanned first, it opens the batch by itself, in whatever office it is scanned.
    """
    if number is None:
        cover = _cover(said)
    elif any(said.values()):
        raise click.UsageError("The cover sheet of a batch that is there says what is known of it: give no options.")
    else:
        with Session(read_only(store())) as session:
            cover = batch_now(session, number).sheet
    try:
        out.write_bytes(cover_pdf(cover, name_of(cover.checkpoint, language), language))
    except OSError as error:
        raise BadInputError(f"{out} cannot be written: {error.strerror}.") from error
    click.echo(say("batch.printed", language, file=out, number=cover.number))


@batch.command("open")
@cover_options
@language_option
def open_command(language: Language, **said: Any) -> None:
    """Open a batch for cards without a cover sheet; `migcards run --batch NUMBER` reads its cards."""
    cover = _cover(said)
    with Session(store()) as session, session.begin():
        open_batch(session, cover, who())
    click.echo(say("batch.opened", language, number=cover.number))


@batch.command("list")
@json_option
@language_option
def list_batches(as_json: bool, language: Language) -> None:
    """List the latest hundred batches: what was expected, what was found, and whether they are closed.

    As JSON (--json): a list of objects as `migcards batch show` writes them.
    """
    with Session(read_only(store())) as session:
        found = batches_now(session)
    if as_json:
        print_json([_as_json(one) for one in found])
    elif not found:
        click.echo(say("batch.none", language))
    else:
        print_columns(say("batch.columns", language).split("|"), [_row(one, language) for one in found])


@batch.command("show")
@click.argument("number")
@json_option
@language_option
def show(number: str, as_json: bool, language: Language) -> None:
    """Show the account of a batch: every sheet, and the numbers that make the difference.

    As JSON (--json): an object with number, state, checkpoint, direction, first_day, last_day, clerk, opened_at,
    opened_by, account (expected, read, duplicates, refused, blank, backs, rescanned, missing, double, unexpected,
    unnumbered) and closing (kind, person, reason, at; null while it is open).
    """
    with Session(read_only(store())) as session:
        found = batch_now(session, number)
    if as_json:
        print_json(_as_json(found))
        return
    for line in account_lines(found, language):
        click.echo(line)


@batch.command("close")
@click.argument("number")
@click.option("--sign", "reason", default="", help="As a supervisor, why it is closed although it does not add up.")
@click.option("--person", default="", help="Who closes it; the user of this machine if it is not given.")
@language_option
def close(number: str, reason: str, person: str, language: Language) -> None:
    """Close a batch that adds up, or sign the difference of one that does not."""
    with Session(store()) as session, session.begin():
        closed = close_batch(session, number, person or who(), reason=reason)
    click.echo(say(f"batch.state_{closed.state}", language))


@batch.command("reopen")
@click.argument("number")
@click.option("--reason", required=True, help="Why.")
@click.option("--person", default="", help="Who opens it; the user of this machine if it is not given.")
@language_option
def reopen(number: str, reason: str, person: str, language: Language) -> None:
    """Open a closed batch again; what was signed stays in the log."""
    with Session(store()) as session, session.begin():
        opened = reopen_batch(session, number, person or who(), reason=reason)
    click.echo(say(f"batch.state_{opened.state}", language))


def _cover(said: dict[str, Any]) -> CoverSheet:
    checkpoint = said["checkpoint"].upper()
    known = load_lexicon(CHECKPOINTS).entries
    if checkpoint and checkpoint not in known:
        raise BadInputError(f"There is no checkpoint {checkpoint}; there are {', '.join(known)}.")
    first, last = (_day(said[name]) for name in ("first_day", "last_day"))
    if first and last and first > last:
        raise BadInputError(f"The days end on {last}, before they begin on {first}.")
    direction: Literal["D", "A", ""] = said["direction"] or ""
    ranges = parse_serials(said["serials"])
    return CoverSheet(
        new_number(date.today()), checkpoint, direction, first, last or first, said["expected"], said["clerk"], ranges
    )


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _row(found: BatchNow, language: Language) -> tuple[str, ...]:
    account = found.account
    expected = "—" if account.expected is None else str(account.expected)
    state = say(f"batch.state_{found.state}", language)
    counts = (expected, str(account.found), str(account.to_rescan))
    return (found.sheet.number, found.sheet.checkpoint, found.sheet.direction, days_of(found.sheet), *counts, state)


def _as_json(found: BatchNow) -> dict[str, Any]:
    said = asdict(found.sheet)
    del said["serials"], said["expected"]
    closing = found.closing and {name: getattr(found.closing, name) for name in ("kind", "person", "reason", "at")}
    opened = {"opened_at": found.opened_at, "opened_by": found.opened_by}
    return said | opened | {"state": found.state, "account": asdict(found.account), "closing": closing}
