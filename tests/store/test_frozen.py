"""The frozen record: whole, the same for the same state, and nothing in it that says whose card a row is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError, StoreError
from ocr.forms.codebook import Name, Variable, VariableKind, codebook
from ocr.forms.definition import FieldKind, FieldSpec, Form, Rect
from review.decisions.decision_log import decide
from store.cards import save_card
from store.engine import open_store, read_only
from store.frozen import NOT_ASKED, FrozenRecord, freeze, open_frozen, state_of, statistical_columns
from store.scans import ReadCard
from store.tables import Record
from tests.reports.conftest import record
from tests.reports.demo import empty_store, population
from tests.reports.test_by_variable import ANSWERS, children
from tests.store.cards import card, form, reading
from tests.store.test_cards import save

SECRET = "СИРРӢ"
SAID = {
    name: f"{SECRET}-{name}" for name, one in codebook().variable.items() if one.kind is not VariableKind.STATISTICAL
}
"""A word on the card for every variable that identifies somebody or numbers the card."""


def frozen(engine: Engine, folder: Path) -> FrozenRecord:
    with Session(read_only(engine)) as session:
        return freeze(session, folder / "record.parquet")


def rows(made: FrozenRecord) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(made.path).to_pylist()
    return found


def words(made: FrozenRecord) -> str:
    """All that the file says: its columns, values and what it says of itself."""
    table = pq.read_table(made.path)
    return repr((table.to_pydict(), table.schema.names, table.schema.metadata))


def with_own(kind: VariableKind, name: str, **more: Any) -> Form:
    """The departure card with one more field."""
    about = Variable(kind=kind, label=Name(ru=name, tg=name, en=name))
    spec = FieldSpec(
        name=name, kind=FieldKind.LINE, box=Rect(x=1, y=1, w=2.5, h=4), label_ru=name, variable=about, **more
    )
    return form("revised-departure").model_copy(update={"fields": (*form("revised-departure").fields, spec)})


def keep(session: Session, n: int, own: Form, name: str, value: str) -> None:
    fields = (*card(n).fields, reading(name, value, (), "1", "made-up"))
    seen = replace(card(n), version=own.version, fields=fields)
    save_card(
        session, ReadCard(seen, Form.model_validate(own.model_dump()), f"{n}.png", 300.0, (100, 100)), run_id=None
    )


def test_nothing_personal_is_in_the_file(store_url: str, tmp_path: Path) -> None:
    engine = open_store(store_url)
    with Session(engine) as session, session.begin():
        first = save(session, card(1, values=SAID | {"birth_date": "1987-06-05"}))
        save(session, card(2, values=SAID, side="return"))
        keep(session, 3, with_own(VariableKind.STATISTICAL, "employer"), "employer", SECRET)
        keep(session, 4, with_own(VariableKind.PERSONAL, "phone"), "phone", SECRET)
        decide(session, first, "surname", f"{SECRET}-keyed", person=SECRET, kind="key", reason=SECRET)
        serial = session.scalar(select(Record.serial).where(Record.card_id == first))
    made = frozen(engine, tmp_path)
    said = words(made)
    assert made.rows == 4
    assert "TJ-SU-01" in said, "the values are looked at"
    for secret in (SECRET, "1987", serial or "?", ".png", "box/", "employer", "phone"):
        assert secret not in said, secret
    engine.dispose()


def test_the_columns_are_those_of_the_codebook_and_no_others(tmp_path: Path) -> None:
    made = frozen(empty_store(), tmp_path)
    derived = {"crossing_first", "crossing_last", "crossing_month", "age", "age_group"}
    names = pq.read_schema(made.path).names
    assert set(names) == derived | set(statistical_columns())
    personal = [one for one in codebook().variable.items() if one[1].kind is not VariableKind.STATISTICAL]
    assert personal and not {text for name, one in personal for text in (name, one.column)} & set(names)
    left_out = {column.name for column in Record.__table__.c} - set(names)
    assert left_out == {"card_id", "batch_id", "form", "serial", "pending", "crossing_date"}


@pytest.mark.parametrize("kind", [VariableKind.STATISTICAL, VariableKind.PERSONAL])
def test_an_own_coded_variable_is_there_with_what_it_means(store_url: str, tmp_path: Path, kind: VariableKind) -> None:
    engine, own = open_store(store_url), Form.model_validate(children(kind).model_dump())
    with Session(engine) as session, session.begin():
        for n, answer in enumerate(ANSWERS, start=1):
            why = ("not_sure",) if answer is None else ()
            seen = replace(card(n), fields=(*card(n).fields, reading("children", answer, why, "1", "made-up")))
            save_card(session, ReadCard(seen, own, f"{n}.png", 300.0, (100, 100)), run_id=None)
        save(session, card(99))
    made = frozen(engine, tmp_path)
    if kind is VariableKind.PERSONAL:
        assert made.own == {} and "children" not in words(made)
    else:
        assert [row["children"] for row in rows(made)] == [*ANSWERS, NOT_ASKED]
        assert made.own["children"].about.label.en == "children"
    engine.dispose()


def test_what_is_personal_on_one_form_is_left_out_though_another_says_otherwise(store_url: str, tmp_path: Path) -> None:
    engine = open_store(store_url)
    with Session(engine) as session, session.begin():
        keep(session, 1, with_own(VariableKind.PERSONAL, "rooms", alphabet="digits", quantity=True), "rooms", "3")
        later = with_own(VariableKind.STATISTICAL, "rooms", alphabet="digits", quantity=True)
        keep(session, 2, later.model_copy(update={"version": "later"}), "rooms", "3")
    assert frozen(engine, tmp_path).own == {}
    engine.dispose()


def test_the_same_state_makes_the_same_bytes_on_both_databases(store_url: str, tmp_path: Path) -> None:
    engine = open_store(store_url)
    with Session(engine) as session, session.begin():
        days = ("2016-03-04", "2015-01-01", "", "2016-03-04")
        ids = [save(session, card(n, values={"crossing_date": day})) for n, day in enumerate(days, start=1)]
    one, two = (frozen(engine, tmp_path / name) for name in ("one", "two"))
    assert one.sha256 == two.sha256 and one.path.read_bytes() == two.path.read_bytes()
    assert [row["crossing_month"] for row in rows(one)] == [None, "2015-01", "2016-03", "2016-03"]
    with Session(engine) as session, session.begin():
        before = state_of(session)
        decide(session, ids[0], "sex", "F", person="p", kind="correct")
        assert state_of(session) != before
    after = frozen(engine, tmp_path / "three")
    assert after.state != one.state and after.sha256 != one.sha256
    assert [row["sex"] for row in rows(after)] == ["M", "M", "F", "M"]
    engine.dispose()


def test_half_known_days_and_ages_are_groups(tmp_path: Path) -> None:
    engine = empty_store()
    with Session(engine) as session, session.begin():
        spans = [(date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 1, 1), date(2026, 12, 31)), (None, None)]
        made = [
            record(n, crossing_first=first, crossing_last=last, crossing_date=None, age=None, age_group=group)
            for n, ((first, last), group) in enumerate(zip(spans, ("15-17", None, "65-120"), strict=True), start=1)
        ]
        session.execute(insert(Record), made)
    found = {(row["crossing_month"], row["age"], row["age_group"]) for row in rows(frozen(engine, tmp_path))}
    assert found == {("2026-03", "15-17*", "15-17"), ("2026*", None, None), (None, "65-120*", "65-120")}


def test_memory_does_not_grow_with_the_cards_and_every_card_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.frozen.ROWS", 64)
    engine = empty_store()
    with Session(engine) as session, session.begin():
        session.execute(insert(Record), list(population(1_000)))
    made = frozen(engine, tmp_path)
    assert pq.read_metadata(made.path).num_row_groups == 16, "written in parts"
    with Session(engine) as session:
        assert made.rows == session.scalar(select(func.count()).select_from(Record)) == 1_000


def test_a_file_that_cannot_be_written_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = empty_store()
    with Session(engine) as session, session.begin():
        session.execute(insert(Record), list(population(10)))
    before = frozen(engine, tmp_path).path.read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.write_batch", full)
    with pytest.raises(StoreError, match="No space left"):
        frozen(engine, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["record.parquet"]
    assert (tmp_path / "record.parquet").read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"PAR1 but no more"])
def test_what_is_no_frozen_record_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.parquet"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match="is no frozen record: `migcards freeze FILE`"):
        open_frozen(path)
    with pytest.raises(BadInputError, match="is no frozen record"):
        open_frozen(tmp_path / "nowhere.parquet")


def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    assert frozen(empty_store(), tmp_path).path.stat().st_mode & 0o077 == 0
