"""`migcards verify`: whether originals, database and counts agree."""

from __future__ import annotations

from collections.abc import Sequence

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from migcards.cli.shared.context import language_option, settings, store
from migcards.cli.shared.findings import counts, findings
from migcards.cli.shared.output import json_option, print_json
from ocr.errors import StoreError
from store.records import CHUNK, refresh
from texts import Language, say


@click.command()
@click.option("--rebuild", is_flag=True, help="Derive anew the records and waiting fields that contradict their card.")
@json_option
@language_option
@click.pass_context
def verify(context: click.Context, rebuild: bool, as_json: bool, language: Language) -> None:
    """Hold originals, database and counts against each other: a line for each contradiction, with what to do.

    Nothing is altered, but with --rebuild: what follows from readings and decisions (records, waiting fields, broken
    rules) is derived anew where it contradicts them. Best while nothing is read or keyed. The exit code is 6 where
    something is wrong.

    As JSON (--json): counts (sheets, read, refused, and the rows of every table), findings (a list of objects with
    kind, message, and what it is about), rebuilt (a list of cards).
    """
    engine, found = store(), []
    for finding, message in findings(engine, settings().archive, language):
        found.append((finding, message))
        if not as_json:
            click.echo(message)
    derived = [int(finding.places["card"]) for finding, _ in found if finding.kind == "derived"]
    cards = sorted(set(derived)) if rebuild else []
    _rebuild(engine, cards)
    if as_json:
        told = [{"kind": finding.kind, "message": message, **finding.places} for finding, message in found]
        print_json({"counts": counts(engine), "findings": told, "rebuilt": cards})
    else:
        click.echo(say("verify.counts", language, **counts(engine)))
        click.echo(say("verify.wrong" if found else "verify.right", language, count=len(found)))
        if cards:
            click.echo(say("verify.rebuilt", language, count=len(cards)))
    if len(found) > (len(derived) if rebuild else 0):
        context.exit(StoreError.exit_code)


def _rebuild(engine: Engine, cards: Sequence[int]) -> None:
    for start in range(0, len(cards), CHUNK):
        with Session(engine) as session, session.begin():
            refresh(session, cards[start : start + CHUNK])
