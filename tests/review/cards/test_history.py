"""Whatever happens in whatever order, the records are the same as those of an undisturbed run."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from review.decisions.decision_log import decide, undo
from store.engine import open_store
from store.records import rebuild_records
from store.tables import Card, Decision, Issue, Record, Scan, Waiting
from tests.store.cards import card, scan
from tests.store.test_cards import refuse, save

FIELDS = {"sex": ("M", "F", "?"), "residence_region": ("TJ-SU", "TJ-KT", ""), "surname": ("САИДОВ", "САИДОВА")}


@dataclass(frozen=True)
class Step:
    """Something that a program or a person does to card `n`; a killed step is never committed."""

    what: Literal["save", "refuse", "decide", "undo"]
    n: int
    field: str
    choice: int
    version: str
    killed: bool


steps = st.lists(
    st.builds(
        Step,
        what=st.sampled_from(["save", "save", "refuse", "decide", "decide", "undo"]),
        n=st.integers(1, 3),
        field=st.sampled_from(sorted(FIELDS)),
        choice=st.integers(0, 2),
        version=st.sampled_from(["1", "2"]),
        killed=st.booleans(),
    ),
    max_size=25,
)


def do(session: Session, step: Step) -> None:
    """Carry a step out; what a person does to a card that is not there yet is refused."""
    card_id = session.scalar(select(Card.id).join(Scan).where(Scan.sha256 == scan(step.n).sha256))
    if step.what == "save":
        review = {"sex": ("not_sure",), "surname": ("corrected",)} if step.version == "1" else {}
        save(session, card(step.n, version=step.version, review=review))
    elif step.what == "refuse":
        refuse(session, step.n)
    elif card_id is not None and step.what == "decide":
        values = FIELDS[step.field]
        decide(session, card_id, step.field, values[step.choice % len(values)], person="p", kind="key")
    elif card_id is not None:
        made = session.scalars(select(Decision.id).where(Decision.card_id == card_id).order_by(Decision.id)).all()
        if made:
            try:
                undo(session, made[-1 - step.choice % len(made)], "p")
            except BadInputError:
                session.rollback()


def derived(engine: Engine) -> dict[str, Any]:
    """What is derived, by scan instead of by number, without moments."""
    with Session(engine) as session:
        scans = {
            card_id: (sha256, outcome)
            for sha256, outcome, card_id in session.execute(
                select(Scan.sha256, Scan.outcome, Card.id).outerjoin(Card, Card.scan_id == Scan.id)
            )
        }
        return {
            table.__tablename__: sorted(
                repr((scans[row["card_id"]], {k: v for k, v in row.items() if k not in ("card_id", "since")}))
                for row in session.execute(select(table.__table__)).mappings()
            )
            for table in (Record, Waiting, Issue)
        }


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store to copy: quicker than migrating each."""
    path = tmp_path_factory.mktemp("empty") / "cards.db"
    engine = open_store(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    engine.dispose()
    return path


def stores(empty: Path, folder: str, number: int) -> Iterator[Engine]:
    for n in range(number):
        path = Path(folder) / f"{n}.db"
        shutil.copy(empty, path)
        yield open_store(f"sqlite:///{path}")


def run(engine: Engine, todo: Sequence[Step]) -> None:
    for step in todo:
        with Session(engine) as session:
            do(session, step)
            if not step.killed:
                session.commit()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_kills_reruns_and_the_order_of_cards_leave_no_trace(empty: Path, history: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        disturbed, calm = stores(empty, folder, 2)
        run(disturbed, history)
        run(disturbed, [step for step in history if step.what == "save" and not step.killed])  # the folder again
        committed = [step for step in history if not step.killed]
        run(calm, sorted(committed, key=lambda step: step.n))
        expected = derived(calm)
        assert derived(disturbed) == expected
        with Session(disturbed) as session, session.begin():
            rebuild_records(session)
        assert derived(disturbed) == expected
        disturbed.dispose()
        calm.dispose()


def test_two_people_and_a_rebuild_at_once(engine: Engine) -> None:
    """Decisions of two writers on one card all count, and the record is that of the last."""
    with Session(engine) as session, session.begin():
        card_id = save(session, card(1, review={"sex": ("not_sure",), "education": ("not_sure",)}))
    start, errors = threading.Barrier(3), []

    def work(person: str, field: str, values: Sequence[str]) -> None:
        start.wait()
        try:
            for value in values:
                with Session(engine) as session, session.begin():
                    if person:
                        decide(session, card_id, field, value, person=person, kind="key")
                    else:
                        rebuild_records(session)
        except Exception as error:
            errors.append(error)

    jobs = [("p", "sex", "FMFMF"), ("q", "education", "13571"), ("", "", "12345")]
    threads = [threading.Thread(target=work, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with closing(Session(engine)) as session:
        record = session.get_one(Record, card_id)
        assert (record.sex, record.education) == ("F", "1")
        assert session.scalar(select(func.count()).select_from(Decision)) == 10
