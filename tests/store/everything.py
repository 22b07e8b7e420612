"""A store with something of everything in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from ocr.confidence.calibration import Calibration
from ocr.forms.cover_sheet import CoverSheet
from ocr.reading import Refusal, Refused
from review.decisions.decision_log import decide, undo
from store.batches import batch_of, close_batch
from store.calibrations import apply_calibration, apply_network, undo_calibration
from store.cards import finish_run, save_cards, start_run
from store.networks import keep_network
from store.scans import ReadCard, save_refused
from store.tables import (
    Card,
    ControlItem,
    DuplicatePair,
    Flag,
    Lease,
    LoginSession,
    PairDecision,
    PrecisionGoal,
    RequestedCard,
    SamplingLevel,
    Scan,
    User,
)
from tests.store.cards import card, form, scan
from tests.store.networks import OTHER, network
from tests.store.signatures import ink

AT = datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def fill(engine: Engine) -> None:
    """Cards read twice, refused, decided about, undone and flagged; people, networks, calibrations."""
    with Session(engine) as session, session.begin():
        run = start_run(session, "box/\\xca", "влажная коробка 📦")
        sheet = CoverSheet("26-ABCDEFG", "TJ-A1", "D", AT.date(), AT.date(), 5, "Зарина")
        batch = batch_of(session, sheet, "p")
        for n, reason in ((91, Refusal.BLURRED), (90, Refusal.BLANK)):
            save_refused(session, Refused(scan(n), reason, "no ink"), run_id=run, path=f"{n}.png")
        why, broken = {"sex": ("not_sure",), "surname": ("not_sure",)}, ("surname_fits_sex",)
        first = save_cards(session, [read(n, review=why, broken=broken) for n in range(1, 4)], run_id=run)
        save_cards(session, [read(2, version="2"), read(1, side="return")], run_id=run)
        (audited,) = save_cards(session, [replace(read(4, review={"purpose": ("audit",)}), batch_id=batch)], run_id=run)
        decide(session, audited, "purpose", "2", person="p", kind="audit")
        again = select(Card.scan_id).where(Card.id == first[0]).scalar_subquery()
        session.execute(update(Scan).where(Scan.reason == "blurred").values(rescanned_by=again))
        close_batch(session, sheet.number, "boss", reason="четырёх карточек нет")
        finish_run(session, run)
        decide(session, first[0], "surname", "САИДОВ", person="p", kind="key", reason="сверено 🖊")
        wrong = decide(session, first[1], "sex", "F", person="q", kind="correct", seconds=2.5)
        undo(session, wrong.id, "q", reason="чужая карточка")
        keep_network(session, network(), OTHER)
        apply_calibration(session, Calibration(made=AT.date(), data="invented"))
        apply_network(session, network().version, network().calibration)
        undo_calibration(session)
        fill_goals(session, first[0])
        _people(session, first[2])


def fill_goals(session: Session, card_id: int) -> None:
    """A goal for the tables, the level that it needs, and a card whose names somebody needs."""
    span = {"first_day": AT.date(), "last_day": AT.date()}
    session.add(PrecisionGoal(dimension="region", direction="D", within=0.01, person="boss", at=AT, **span))
    session.add(SamplingLevel(variable="region", level=0.25, at=AT))
    asked = {"card_id": card_id, "person": "boss", "at": AT}
    session.add(RequestedCard(**asked, reason="не та карточка", withdrawn_by="boss", withdrawn_at=AT))
    session.add(RequestedCard(**asked, reason="запрос суда"))


def fill_pairs(engine: Engine) -> None:
    """A card that was scanned twice, about which a person decided and took it back."""
    with Session(engine) as session, session.begin():
        nameless = replace(card(5, review={"card_no": ("not_sure",)}), serial=None, scan=scan(55))
        for reading in (card(5), nameless):
            save_cards(session, [replace(read(5), reading=reading, likeness=ink(5))], run_id=None)
        pair = session.scalars(select(DuplicatePair.id)).one()
        same = PairDecision(pair_id=pair, kind="same", person="boss", at=AT, reason="")
        session.add(same)
        session.flush()
        session.add(PairDecision(pair_id=pair, kind="undo", person="boss", at=AT, reason="иначе", undoes=same.id))


def read(n: int, **how: object) -> ReadCard:
    """The n-th made-up card as it is saved."""
    made = card(n, **how)  # type: ignore[arg-type]
    return ReadCard(made, form(made.form), f"{n}.png", 300.0, (1748, 2480))


def _people(session: Session, card_id: int) -> None:
    person = User(
        login="zarina", name="Зарина", role="reviewer", password="$argon2id$", language="tg", active=True, created=AT,
        failures=0, locked_until=None,
    )  # fmt: skip
    session.add(person)
    session.flush()
    session.add(LoginSession(key="ab" * 32, user_id=person.id, csrf="c", began=AT, seen=AT))
    session.add(
        Lease(card_id=card_id, field="sex", person="zarina", turn="key", ticket="t" * 32, taken=AT, until=AT),
    )
    session.add(ControlItem(card_id=card_id, field="sex", person="p", right=True, seconds=1.5, at=AT, ticket="u"))
    note = "вторая страница приклеена ҷ"
    session.add(Flag(card_id=card_id, field="", kind="other", note=note, person="p", at=AT))
