"""Which card is meant by what people type."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from store.tables import Card, Scan


def card_named(session: Session, name: str) -> tuple[Card, Scan]:
    """The card whose number, serial or scan's hash begins so.

    Raises
    ------
    BadInputError
        There is none, or there are several.
    """
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
