"""The ways in which personal answers were written, each once, so that a name is found though it is spelt otherwise.

A store of a million cards has some hundred thousand spellings: these are looked through, the cards are not. From
spellings cards are found by an index. Nothing is taken out again, since readings and decisions are not either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ocr.lexicon.normalise import fold_words
from store.engine import insert_new
from store.tables import Decision, PersonalDecision, PersonalReading, PersonalSpelling, Reading

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def key_of(value: str) -> str:
    """What a spelling is compared by: its words folded; empty where it is neither words nor a date.

    Numbers of documents have no key: each has its own, and one sign makes another document.
    """
    if _DATE.fullmatch(value):
        return value
    return "" if any(sign.isdigit() for sign in value) else " ".join(fold_words(value))


def keep_spellings(session: Session, said: Iterable[tuple[str, str | None]]) -> None:
    """Keep how answers are written that are not known yet; (field, value) of personal fields."""
    rows = [row for row in (_row(field, value or "") for field, value in sorted(set(said), key=str)) if row["key"]]
    if rows:
        insert_new(session, PersonalSpelling, rows, PersonalSpelling.field)


def rebuild_spellings(session: Session) -> None:
    """Derive the table anew from readings and decisions."""
    session.execute(delete(PersonalSpelling))
    read = select(Reading.field, PersonalReading.value).join(Reading, Reading.id == PersonalReading.reading_id)
    made = select(Decision.field, PersonalDecision.value).join(Decision, Decision.id == PersonalDecision.decision_id)
    for query in (read, made):
        keep_spellings(session, [(field, value) for field, value in session.execute(query.distinct())])


def _row(field: str, value: str) -> dict[str, Any]:
    key = key_of(value)
    return {"field": field, "value": value, "key": key, "tail": key[::-1]}
