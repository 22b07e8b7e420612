"""The account of sheets adds up, whatever became of them, and agrees with plain SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.orm import Session

from ocr.forms.cover_sheet import CoverSheet
from ocr.reading import Refusal, Refused
from reports.build import build
from reports.table import Cell, Table
from store.batches import batch_of
from store.cards import save_card, start_run
from store.engine import open_store
from store.records import refresh
from store.scans import ReadCard, save_refused
from store.tables import Card, Scan
from tests.store.cards import card, form, scan, with_levels

YEAR = (date(2016, 1, 1), date(2016, 12, 31))
KINDS = {
    "cover sheets of batches": "outcome = 'cover'",
    "blank sheets and back sides": """outcome = 'back' OR (outcome = 'refused' AND rescanned_by IS NULL
        AND reason IN ('blank', 'back_side'))""",
    "not read, to be scanned again": """outcome = 'refused' AND rescanned_by IS NULL
        AND reason NOT IN ('blank', 'back_side')""",
    "second scans of what counts already": """rescanned_by IS NOT NULL OR (outcome = 'read' AND NOT EXISTS
        (SELECT 1 FROM records r JOIN cards c ON c.id = r.card_id WHERE c.scan_id = scans.id))""",
    "cards of other forms": "id IN (SELECT c.scan_id FROM cards c JOIN records r ON r.card_id = c.id "
    "WHERE r.direction = '')",
    "cards with a crossing date in the period": "id IN (SELECT c.scan_id FROM cards c JOIN records r "
    "ON r.card_id = c.id WHERE r.direction <> '' AND r.crossing_first >= '2016-01-01' "
    "AND r.crossing_last <= '2016-12-31')",
    "cards with a crossing date in other periods": "id IN (SELECT c.scan_id FROM cards c JOIN records r "
    "ON r.card_id = c.id WHERE r.direction <> '' AND (r.crossing_last < '2016-01-01' "
    "OR r.crossing_first > '2016-12-31'))",
    "cards without a settled crossing date": "id IN (SELECT c.scan_id FROM cards c JOIN records r "
    "ON r.card_id = c.id WHERE r.direction <> '' AND r.crossing_first IS NULL)",
}
"""What a sheet is, and the condition in plain SQL."""


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    engine = open_store(store_url)
    with Session(engine) as session, session.begin():
        fill(session)
    yield engine
    engine.dispose()


def fill(session: Session) -> None:
    """Sheets of every kind, with and without a batch, a folder, a checkpoint and a month."""
    runs = [start_run(session, folder, "") for folder in ("left", "right")]
    march = batch_of(session, CoverSheet("26-MARCH", "TJ-A2", "D", date(2016, 3, 1), date(2016, 3, 9), 9, ""), "p")
    april = batch_of(session, CoverSheet("26-APRIL", "TJ-R1", "D", date(2016, 4, 1), date(2016, 4, 1), 9, ""), "p")
    early = batch_of(session, CoverSheet("14-EARLY", "", "D", date(2014, 4, 1), date(2014, 4, 1), 9, ""), "p")
    waits = {"crossing_date": ("not_sure",)}
    cards = [
        (card(1), march, runs[0]),
        (card(2, values={"crossing_date": "2016-04-05", "checkpoint": ""}), april, runs[1]),
        (card(3, review={"sex": ("not_sure",)}), None, None),
        (card(4, side="return"), None, runs[1]),
        (card(5, values={"crossing_date": "2014-04-01", "checkpoint": ""}), early, runs[0]),
        (card(6, review=waits), march, runs[0]),
        (card(7, values={"crossing_date": ""}, review={"checkpoint": ("not_sure",)}), None, None),
        (with_levels(card(8, review=waits), crossing_date={"month": "2016-05"}), None, runs[0]),
        (with_levels(card(9, review=waits), crossing_date={"month": "2015-05"}), None, runs[0]),
        (replace(card(1), scan=scan(101)), march, runs[1]),  # the same number again
        (replace(card(12), direction=""), None, runs[0]),
        (card(13), april, runs[0]),  # a later scan takes its place
        (card(14), april, runs[1]),
    ]
    ids = []
    for n, (seen, batch, run) in enumerate(cards):
        made = ReadCard(seen, form(seen.form), f"{n}.png", 300.0, (1748, 2480), batch_id=batch)
        ids.append(save_card(session, made, run_id=run))
    session.execute(update(Card).where(Card.id == ids[11]).values(replaced_by=ids[12]))
    refresh(session, ids)
    refused = (Refusal.BLURRED, Refusal.BLURRED, Refusal.BLANK, Refusal.BACK_SIDE, Refusal.TOO_DARK)
    for n, reason in enumerate(refused, start=200):
        save_refused(session, Refused(scan(n), reason, ""), run_id=runs[n % 2], path=f"{n}.png")
    refusals = session.scalars(select(Scan).where(Scan.outcome == "refused").order_by(Scan.id)).all()
    refusals[0].rescanned_by = session.scalars(select(Scan.id).order_by(Scan.id)).first()
    refusals[1].batch_id, refusals[2].batch_id = april, march
    moment = datetime.fromisoformat("2026-11-01T00:00+00:00")
    for n, outcome in ((300, "cover"), (301, "back")):
        about: dict[str, Any] = {"path": f"{n}.png", "loaded_at": moment, "outcome": outcome, "batch_id": march}
        session.execute(insert(Scan).values(sha256=scan(n).sha256, page=0, **about))


def lines(table: Table) -> list[tuple[str, int, tuple[Cell, ...]]]:
    return [(row.label.en, row.level, cells) for row, cells in zip(table.rows, table.cells, strict=True)]


def plain(store: Engine, condition: str) -> int:
    with store.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM scans WHERE {condition}")).scalar_one())


def test_the_parts_of_the_account_are_the_whole(store: Engine) -> None:
    with Session(store) as session:
        found = lines(build(session, "T13", *YEAR))
    by_kind = {label: cells[0] for label, level, cells in found if level == 2}
    assert found[0][2] == (plain(store, "1 = 1"), 100.0) == (20, 100.0)
    assert by_kind == {label: plain(store, condition) for label, condition in KINDS.items()}
    assert sum(map(int, by_kind.values())) == 20 and all(by_kind.values()), "something of everything"  # type: ignore[arg-type]


def test_reasons_and_what_is_open_add_up_to_what_they_are_parts_of(store: Engine) -> None:
    with Session(store) as session:
        found = lines(build(session, "T13", *YEAR))
    parts: dict[str, dict[str, int]] = {}
    for label, level, cells in found:
        if level == 2:
            whole, parts[label] = label, {}
        elif level == 3:
            parts[whole][label] = int(cells[0] or 0)
    numbers = {label: int(cells[0] or 0) for label, level, cells in found if level == 2}
    assert all(sum(own.values()) == numbers[label] for label, own in parts.items() if own)
    assert parts["not read, to be scanned again"] == {"blurred": 1, "too dark": 1}
    assert parts["second scans of what counts already"] == {
        "not read, but read when it was scanned again": 1,
        "a card of which the new scan counts": 1,
        "a card that another scan counts already": 1,
    }
    assert parts["cards with a crossing date in the period"]["awaiting review in at least one field"] == 2


def test_every_row_adds_up_and_every_way_holds_all_sheets(store: Engine) -> None:
    with Session(store) as session:
        table = build(session, "T15", *YEAR)
        whole = [cells[0] for _, level, cells in lines(build(session, "T13", *YEAR)) if level == 2]
    assert len(table.columns) == 1 + len(KINDS)
    heads = [(label, cells) for label, level, cells in lines(table) if level == 1]
    assert heads == [
        (name, (20, *whole))
        for name in ("By batch", "By border crossing point", "By folder of scans", "By month of crossing")
    ]
    sums: dict[str, list[int]] = {}
    for label, level, cells in lines(table):
        numbers = [int(cell or 0) for cell in cells]
        assert numbers[0] == sum(numbers[1:]), label
        if level == 1:
            under = label
        else:
            sums[under] = [a + b for a, b in zip(sums.get(under, [0] * len(numbers)), numbers, strict=True)]
    assert all(found == [20, *map(int, whole)] for found in sums.values())  # type: ignore[arg-type]


def test_a_sheet_lies_where_its_card_or_its_batch_says(store: Engine) -> None:
    with Session(store) as session:
        table = build(session, "T15", *YEAR)
    ways: dict[str, dict[str, int]] = {}
    for label, level, cells in lines(table):
        if level == 1:
            ways[label] = own = {}
        else:
            own[label] = int(cells[0] or 0)
    assert ways["By batch"] == {"26-APRIL": 4, "26-MARCH": 6, "others, not of this period": 1, "not known": 9}
    assert ways["By folder of scans"] == {"left": 10, "right": 6, "others, not of this period": 0, "not known": 4}
    assert ways["By month of crossing"] == {
        "March 2016": 9, "April 2016": 3, "May 2016": 1, "December 2016": 1, "others, not of this period": 2,
        "not known": 4,
    }  # fmt: skip
    points = ways["By border crossing point"]
    assert sum(points.values()) == 20 and points["not known"] == 6
    assert {name for name in points if name.startswith("Dushanbe")}
