"""`migcards duplicates`: cards that may have been scanned twice."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.context import language_option, store
from migcards.cli.shared.output import json_option, print_columns, print_json
from ocr.file_names import shown_path
from review.decisions.duplicates import ListedPair, waiting_pairs
from store.engine import read_only
from store.scans import places_of
from texts import Language, say


@click.command()
@json_option
@language_option
def duplicates(as_json: bool, language: Language) -> None:
    """List the cards that may have been scanned twice and wait for a person to compare them.

    They are compared and decided on the page "Scanned twice" of `migcards serve`.
    As JSON (--json): a list of objects with pair, card, other (the earlier card), file, other_file, by_number, distance
    (share of the signatures' bits that differ, null where not found by ink) and since.
    """
    with Session(read_only(store())) as session:
        pairs = waiting_pairs(session, limit=100_000)
        files = places_of(session, {card for pair in pairs for card in (pair.card_id, pair.other_id)})
    if as_json:
        print_json(
            [
                {
                    "pair": pair.id, "card": pair.card_id, "other": pair.other_id, "file": files[pair.card_id],
                    "other_file": files[pair.other_id], "by_number": pair.by_number, "distance": pair.distance,
                    "since": pair.found_at,
                }
                for pair in pairs
            ]
        )  # fmt: skip
        return
    if not pairs:
        click.echo(say("duplicates_list.empty", language))
        return
    rows = [
        (str(pair.id), *(shown_path(files[card]) for card in (pair.card_id, pair.other_id)), _found(pair, language))
        for pair in pairs
    ]
    print_columns(say("duplicates_list.columns", language).split("|"), rows)


def _found(pair: ListedPair, language: Language) -> str:
    """How a pair was found."""
    by_number = [say("duplicates_list.by_number", language)] if pair.by_number else []
    by_ink = [] if pair.distance is None else [f"{say('duplicates_list.by_ink', language)} {100 * pair.distance:.0f} %"]
    return ", ".join(by_number + by_ink)
