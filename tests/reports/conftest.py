from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from store.record_values import age_group
from store.tables import Record, Scan
from tests.reports.demo import demo_session, empty_store, scan

Filler = Callable[..., Session]


def record(card_id: int, **values: Any) -> dict[str, Any]:
    """A departure of a man of 30 from Khujand to Moscow, except for what `values` say."""
    usual: dict[str, Any] = {
        "card_id": card_id, "form": "revised-departure", "direction": "D", "crossing_date": date(2026, 3, 5),
        "checkpoint": "TJ-A2", "sex": "M", "age": 30, "region": "TJ-SU", "district": "TJ-SU-01", "education": "5",
        "marital_status": "2", "occupation": "7112", "country": "RU", "destination": "RU-MOW", "purpose": "1",
        "sector": "F", "duration": "4", "stay_months": None, "return_reason": "", "intends_again": "", "pending": 0,
    }  # fmt: skip
    said = usual | values
    days = {"crossing_first": said["crossing_date"], "crossing_last": said["crossing_date"]}
    return days | {"age_group": age_group(said["age"])} | said


@pytest.fixture
def filled() -> Iterator[Filler]:
    """A function that fills a new store with records (dicts of what differs from the usual card) and scans."""
    sessions = []

    def fill(*records: dict[str, Any], scans: tuple[str | None, ...] = ()) -> Session:
        session = Session(empty_store())
        sessions.append(session)
        if records:
            session.execute(insert(Record), [record(**{"card_id": i} | r) for i, r in enumerate(records, start=1)])
        for i, reason in enumerate(scans, start=1):
            session.execute(insert(Scan), scan(i, "refused" if reason else "read", reason))
        return session

    yield fill
    for session in sessions:
        session.close()


@pytest.fixture(scope="session")
def demo() -> Iterator[Session]:
    """The made-up population, 3,000 cards."""
    session = demo_session(3_000)
    yield session
    session.close()
