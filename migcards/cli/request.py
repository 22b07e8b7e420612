"""`migcards request`: names and numbers of a card that somebody needs."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.cards import card_named
from migcards.cli.shared.context import language_option, settings, store
from migcards.cli.shared.reading import who
from review.assignment.policy import DeskRules
from review.cards.requests import Requesting
from review.desk import Person
from texts import Language, say


@click.command()
@click.argument("card")
@click.option("--reason", default="", help="What they are needed for; no names and no numbers of documents.")
@click.option("--take-back", is_flag=True, help="Take the request back, as long as nobody has begun to key.")
@click.option("--person", default="", help="Who asks, a supervisor; the user of this machine if it is not given.")
@language_option
def request(card: str, reason: str, take_back: bool, person: str, language: Language) -> None:
    """Have those fields of a CARD keyed that wait until somebody needs them: names, numbers of documents.

    CARD is named as for `migcards show`; on its page supervisors see who asked, when and why.
    """
    if take_back == bool(reason.strip()):
        raise click.UsageError("Give either --reason or --take-back.")
    with Session(store()) as session, session.begin():
        found, _ = card_named(session, card)
        asking = Person(person or who(), "supervisor")
        desk = Requesting(session, asking, datetime.now(UTC), DeskRules(keying=settings().keying))
        if take_back:
            desk.withdraw(found.id)
        else:
            desk.request(found.id, reason)
        done = say("request.taken_back" if take_back else "request.done", language, card=found.id)
    click.echo(done)
