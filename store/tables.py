"""The tables. SQLite and PostgreSQL have the same schema; every change of it is a migration.

What is kept for ever: `scans`, `cards`, `readings`, `decisions` and `calibrations`, of which the last three are
append-only, as all of `APPEND_ONLY_TABLES` are (the database refuses UPDATE and DELETE on them). What a personal field
says (names, passport, full birth date) lies only in `PERSONAL_TABLES`: whoever may not select from these sees that a
name was read, not the name. What is derived and can be rebuilt at any time: `records`, `waiting`, `doubts`, `issues`,
`suspicions`, `audit_results`, `personal_spellings`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

PERSONAL_TABLES = ("personal_readings", "personal_decisions", "personal_spellings")
APPEND_ONLY_TABLES = (
    "readings",
    "decisions",
    "batch_closings",
    "calibrations",
    "control_items",
    "networks",
    "refusals",
    "duplicate_pairs",
    "pair_decisions",
    "sampling_levels",
    "personal_readings",
    "personal_decisions",
)


class Utc(TypeDecorator[datetime]):
    """A moment, always aware and in UTC, also on SQLite, which knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments: nobody would know what they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")
Verbatim = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared sign by sign on both databases, so that what begins alike stands together in an index."""

JsonOrNull = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Id = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Base of all tables; the naming convention lets migrations find constraints on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text(), datetime: Utc(), list[Any]: Json, dict[str, Any]: Json}  # noqa: RUF012


def table(kind: type[Base]) -> Table:
    """The table of a class, for inserts of many rows, which cost half of what they do through the mapper."""
    return Base.metadata.tables[kind.__tablename__]


class Run(Base):
    """One run over a folder or a list of files; one without an end was broken off."""

    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    folder: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    started: Mapped[datetime]
    finished: Mapped[datetime | None]


class Batch(Base):
    """A counted bundle of cards from one checkpoint, direction and day or days, as its cover sheet says.

    What the cover sheet leaves out is empty or NULL. `serials` are the numbers that the bundle is to hold, as ranges
    [first, last] without check digits. Whether the batch is closed stands in `BatchClosing`.
    """

    __tablename__ = "batches"
    __table_args__ = (CheckConstraint("direction IN ('D', 'A', '')", name="direction"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    checkpoint: Mapped[str]
    direction: Mapped[str] = mapped_column(String(1))
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    expected: Mapped[int | None]
    serials: Mapped[list[Any]]
    clerk: Mapped[str]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]


class BatchClosing(Base):
    """A batch was closed since it added up, signed by a supervisor with the reason why it does not, or reopened.

    Append-only, the newest row of a batch holds. `account` is what was counted then (`store.batches.Account`).
    """

    __tablename__ = "batch_closings"
    __table_args__ = (
        CheckConstraint("kind IN ('close', 'sign', 'reopen')", name="kind"),
        CheckConstraint("(kind = 'close') = (reason = '')", name="reason"),
        Index(None, "batch_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    kind: Mapped[str] = mapped_column(String(6))
    person: Mapped[str]
    reason: Mapped[str]
    account: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class FormDefinition(Base):
    """A form exactly as it was when cards were read with it; `definition` is its canonical JSON."""

    __tablename__ = "forms"
    __table_args__ = (UniqueConstraint("form", "version", "sha256"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    form: Mapped[str]
    version: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    title: Mapped[str]
    definition: Mapped[str]


_REFUSED: dict[str, Any] = {f"{database}_where": text("outcome = 'refused'") for database in ("sqlite", "postgresql")}
"""An index of the sheets on the rescan list, which are few."""


class Scan(Base):
    """One page of one file, by content: `page` counts from 0, `width` and `height` are pixels.

    A page is a card that was read, refused with a reason, a batch's cover sheet, or the empty back of a card that was
    read. `serial` is the number on a refused sheet, where its code could be read all the same. `rescanned_by` is the
    scan that took the place of a refused one: the sheet was scanned again and read. `place` counts the pages of its run
    as they lay in the box: rows are not written in this order.
    """

    __tablename__ = "scans"
    __table_args__ = (
        UniqueConstraint("sha256", "page"),
        CheckConstraint("outcome IN ('read', 'refused', 'cover', 'back')", name="outcome"),
        CheckConstraint("(outcome = 'refused') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("rescanned_by IS NULL OR outcome = 'refused'", name="rescanned"),
        Index(None, "outcome", "run_id"),
        Index(None, "batch_id", "outcome"),
        Index("ix_scans_refused_path", "path", **_REFUSED),
        Index("ix_scans_refused_serial", "serial", **_REFUSED),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    page: Mapped[int]
    path: Mapped[str]
    dpi: Mapped[float | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    loaded_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(7))
    reason: Mapped[str | None]
    detail: Mapped[str | None]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"))
    serial: Mapped[str | None]
    rescanned_by: Mapped[int | None] = mapped_column(ForeignKey("scans.id"))
    place: Mapped[int | None]


class LoggedRefusal(Base):
    """One time that a page was not read; append-only. What became of it since stands in `Scan`.

    `forms` is the fingerprint of the forms that were known: a page of an unknown form is read again when it changes.
    """

    __tablename__ = "refusals"
    __table_args__ = (Index(None, "sha256", "page"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    refused_at: Mapped[datetime]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    page: Mapped[int]
    path: Mapped[str]
    reason: Mapped[str]
    detail: Mapped[str]
    forms: Mapped[str] = mapped_column(String(12))


class Card(Base):
    """One card: the head of its newest reading. `edition` numbers the readings of the card from 1.

    `direction` is empty for a form that is neither departure nor return. `replaced_by` is the card of a later scan that
    took this one's place, since a person had asked to scan it again: this one counts no more, and nobody keys it.
    """

    __tablename__ = "cards"
    __table_args__ = (CheckConstraint("direction IN ('D', 'A', '')", name="direction"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scans.id"), unique=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("forms.id"), index=True)
    form: Mapped[str]
    version: Mapped[str]
    direction: Mapped[str] = mapped_column(String(1))
    serial: Mapped[str | None] = mapped_column(index=True)
    rotation: Mapped[int]
    residual_mm: Mapped[float]
    broken_rules: Mapped[list[Any]]
    edition: Mapped[int]
    software: Mapped[str]
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("cards.id"), index=True)


class Reading(Base):
    """What one version of the software made of one field; append-only.

    A personal field has no `raw`, `candidates`, `value` and `levels` here: see `PersonalReading`. `score` is what the
    probability was derived from, NULL in readings from before it was kept. `levels` are what the field says at coarser
    levels (`ocr.reading.LevelReading`), finest first; NULL where it has none.
    """

    __tablename__ = "readings"
    __table_args__ = (
        UniqueConstraint("card_id", "field", "edition"),
        CheckConstraint(
            "NOT personal OR (raw IS NULL AND candidates IS NULL AND value IS NULL AND levels IS NULL)", name="personal"
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"))
    field: Mapped[str]
    edition: Mapped[int]
    personal: Mapped[bool]
    state: Mapped[str]
    raw: Mapped[str | None]
    candidates: Mapped[list[Any] | None] = mapped_column(JsonOrNull)
    value: Mapped[str | None]
    levels: Mapped[list[Any] | None] = mapped_column(JsonOrNull)
    score: Mapped[float | None]
    probability: Mapped[float]
    review: Mapped[list[Any]]
    quad: Mapped[list[Any]]
    reader: Mapped[str]
    reader_version: Mapped[str]
    software: Mapped[str]
    read_at: Mapped[datetime]


class PersonalReading(Base):
    """The content of a reading of a personal field; append-only."""

    __tablename__ = "personal_readings"

    reading_id: Mapped[int] = mapped_column(ForeignKey("readings.id"), primary_key=True, autoincrement=False)
    raw: Mapped[str]
    candidates: Mapped[list[Any]]
    value: Mapped[str | None] = mapped_column(Verbatim, index=True)
    levels: Mapped[list[Any] | None] = mapped_column(JsonOrNull)


class Decision(Base):
    """What a person decided about a field; append-only.

    `kind` says in which role: first key, verification, adjudication, audit, import, correction, reopening, or undo.
    Reopening has no value and puts the field back into the queue; an undo has none either and names in `undoes` the
    decision that it takes back. `shown` says what the person saw: ``prefilled`` where the machine's value stood there,
    ``group`` where many crops of one reading did, anything else means it did not. `policy` is the policy under which
    a key was made (`store.card_state.Policy`), '' where the decision settles the field by itself; `agrees` whether it
    was the machine's value then, NULL where nobody asked. `ticket` is that of the lease under which it was made,
    so that a decision sent twice counts once. `reading_id` is the reading it concerns. A personal field's value is in
    `PersonalDecision`.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('key', 'verify', 'adjudicate', 'audit', 'import', 'correct', 'reopen', 'undo')", name="kind"
        ),
        CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)", name="undoes"),
        CheckConstraint("(personal OR kind IN ('reopen', 'undo')) = (value IS NULL)", name="value"),
        CheckConstraint("policy IN ('', 'blind', 'double')", name="policy"),
        Index(None, "card_id", "field"),
        Index(None, "kind", "at"),
        Index(None, "person", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"))
    field: Mapped[str]
    personal: Mapped[bool]
    value: Mapped[str | None]
    person: Mapped[str]
    at: Mapped[datetime]
    seconds: Mapped[float | None]
    shown: Mapped[str]
    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str]
    policy: Mapped[str] = mapped_column(String(6), default="")
    agrees: Mapped[bool | None]
    ticket: Mapped[str | None] = mapped_column(String(32), unique=True)
    reading_id: Mapped[int | None] = mapped_column(ForeignKey("readings.id"))
    undoes: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))


class PersonalDecision(Base):
    """The value of a decision about a personal field; append-only."""

    __tablename__ = "personal_decisions"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True, autoincrement=False)
    value: Mapped[str] = mapped_column(Verbatim, index=True)


class PersonalSpelling(Base):
    """A way in which a personal answer in words, or a date, was written on any card (`store.spellings`); derived.

    `key` is what spellings are compared by, `tail` the same backwards: one mistake leaves the beginning of one of the
    two as it is.
    """

    __tablename__ = "personal_spellings"
    __table_args__ = (Index(None, "field", "key"), Index(None, "field", "tail"))

    field: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(Verbatim, primary_key=True)
    key: Mapped[str] = mapped_column(Verbatim)
    tail: Mapped[str] = mapped_column(Verbatim)


class AppliedCalibration(Base):
    """A calibration that was put in force; append-only, the newest row is the one in force.

    Without a row, and where `content` is NULL, the one that comes with the program is in force. `fingerprint` names
    the content, `previous` what was in force before it. `returns_to` is the row that comes back when it is undone, NULL
    for the one that comes with the program. `network` is the network that is in force with it, NULL for the one that
    comes with the program.
    """

    __tablename__ = "calibrations"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    applied_at: Mapped[datetime]
    made: Mapped[date]
    data: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(String(12))
    previous: Mapped[str] = mapped_column(String(12))
    returns_to: Mapped[int | None] = mapped_column(ForeignKey("calibrations.id"))
    content: Mapped[str | None]
    network: Mapped[str | None] = mapped_column(ForeignKey("networks.version"))


class FittedNetwork(Base):
    """A network that was fitted further on what people of this office decided; append-only.

    `version` is what its readings bear, `model` the file that reads. `calibration` is the one that was measured with it
    on the cards kept back, `figures` what was right there before and after, by kind (`learning.judged.Figure`).
    """

    __tablename__ = "networks"

    version: Mapped[str] = mapped_column(String(12), primary_key=True)
    made_at: Mapped[datetime]
    data: Mapped[str]
    lessons: Mapped[int]
    kept_back: Mapped[int]
    figures: Mapped[list[Any]]
    calibration: Mapped[str]
    model: Mapped[bytes] = mapped_column(LargeBinary)


class Issue(Base):
    """A rule between fields that a card breaks now; derived."""

    __tablename__ = "issues"

    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"), primary_key=True, autoincrement=False)
    rule: Mapped[str] = mapped_column(primary_key=True)
    fields: Mapped[list[Any]]


class Waiting(Base):
    """A field that waits for a person; derived. `rank` orders the queue, `why` joins the reasons with ``|``.

    `turn` says for whose key it waits: the first, that of a second person, or a supervisor's. `keyed_by` are the logins
    of those who keyed it already, each followed by ``|``. `alike` is the machine's value where a person may confirm
    many of the same at a glance (`store.card_state.WaitingField`), else NULL. `needed_for` is what the variable is
    keyed for (`ocr.forms.codebook.Purpose`), or ``audit``; `draw` its place in the order of a random
    sample (`store.draws`).
    """

    __tablename__ = "waiting"
    __table_args__ = (
        CheckConstraint("turn IN ('key', 'verify', 'adjudicate')", name="turn"),
        Index("ix_waiting_queue", "turn", "needed_for", "rank", "field", "draw", "card_id"),
        Index("ix_waiting_field", "field", "turn", "draw", "card_id"),
        Index("ix_waiting_alike", "field", "alike", "since", "card_id"),
    )

    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"), primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int]
    personal: Mapped[bool]
    why: Mapped[str]
    since: Mapped[datetime]
    quad: Mapped[list[Any]]
    turn: Mapped[str] = mapped_column(String(10))
    keyed_by: Mapped[str]
    alike: Mapped[str | None]
    needed_for: Mapped[str] = mapped_column(String(8))
    draw: Mapped[float]


class Record(Base):
    """The statistical record of one card; derived. A card that was scanned before has none: it counts once.

    In coded columns NULL is not settled yet (a person has to look), ``''`` is left empty on the card or not asked
    there, ``'?'`` is settled but not in the dictionary, a code with ``*`` behind it is the group in which the code lies
    that is not settled yet (``'7*'`` some occupation of major group 7), anything else is the code. In `crossing_date`,
    `age` (years at the crossing) and `stay_months` NULL is any of the first four. The crossing was not before
    `crossing_first` and not after `crossing_last`: both are the day where that is settled, the ends of its month or
    year where no more is, NULL where nothing is. `age_group` is settled wherever `age` is, and now and then without it;
    ``''`` is a birth date left empty, ``'?'`` one (or a crossing) that is no date, ``'<0'`` born after the crossing,
    ``'>110'`` older than people get, NULL waits for a person.
    `serial` is printed on both sides of a card and links a departure to its return. `pending` counts the fields whose
    value is not settled; one that waits for an audit alone is.
    """

    __tablename__ = "records"
    __table_args__ = (Index("ix_records_by_day", "crossing_first", "crossing_last", "direction", "pending"),)

    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"), primary_key=True, autoincrement=False)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"), index=True)
    form: Mapped[str]
    direction: Mapped[str] = mapped_column(String(1))
    serial: Mapped[str | None] = mapped_column(index=True)
    crossing_date: Mapped[date | None]
    crossing_first: Mapped[date | None]
    crossing_last: Mapped[date | None]
    checkpoint: Mapped[str | None]
    sex: Mapped[str | None]
    age: Mapped[int | None]
    age_group: Mapped[str | None]
    region: Mapped[str | None]
    district: Mapped[str | None]
    education: Mapped[str | None]
    marital_status: Mapped[str | None]
    occupation: Mapped[str | None]
    country: Mapped[str | None]
    destination: Mapped[str | None]
    purpose: Mapped[str | None]
    sector: Mapped[str | None]
    duration: Mapped[str | None]
    stay_months: Mapped[int | None]
    return_reason: Mapped[str | None]
    intends_again: Mapped[str | None]
    pending: Mapped[int]


class RecordValue(Base):
    """A variable of the record that has no column there, since an office added it (`ocr.forms.codebook`); derived.

    Only cards whose form asks it have a row. `value` as in the coded columns of `Record`; never a personal one.
    """

    __tablename__ = "record_values"
    __table_args__ = (Index(None, "variable", "value"),)

    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"), primary_key=True, autoincrement=False)
    variable: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str | None]


class Doubt(Base):
    """A column of a record, or a variable kept beside it, that the machine did not settle by itself; derived.

    `shares` are those of the column's codes by the machine alone, never a personal value. `size` and `draw` say when it
    is drawn (`store.draws`), among the cards that were read in the same month (`cohort`). `known` tells whether people
    settled it: '' not yet, ``drawn`` by a task of the queue, ``otherwise`` by a correction, in a group or by itself.
    """

    __tablename__ = "doubts"
    __table_args__ = (
        CheckConstraint("known IN ('', 'drawn', 'otherwise')", name="known"),
        Index(None, "variable", "cohort", "known", "draw"),
    )

    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"), primary_key=True, autoincrement=False)
    variable: Mapped[str] = mapped_column(primary_key=True)
    cohort: Mapped[str] = mapped_column(String(7))
    size: Mapped[float]
    draw: Mapped[float]
    known: Mapped[str] = mapped_column(String(9))
    shares: Mapped[dict[str, Any]]


_REQUESTED: dict[str, Any] = {
    f"{database}_where": text("withdrawn_at IS NULL") for database in ("sqlite", "postgresql")
}
"""An index of the requests that hold: one of a card at most."""


class RequestedCard(Base):
    """A card whose identifying fields somebody needs, so that they are keyed; `reason` says what for.

    A request that was taken back stays, with whoever did so and when; the card may be requested anew.
    """

    __tablename__ = "requested_cards"
    __table_args__ = (
        CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn"),
        Index("ix_requested_cards_card_id", "card_id", unique=True, **_REQUESTED),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"))
    person: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str]
    withdrawn_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]


class PrecisionGoal(Base):
    """How sure a number must be: all codes of a dimension, of one direction, within a share of their count.

    `first_day` and `last_day` are those of the period. Goals that were taken back have `dropped_at`.
    """

    __tablename__ = "precision_goals"
    __table_args__ = (
        CheckConstraint("within > 0 AND within < 1", name="within"),
        CheckConstraint("direction IN ('D', 'A')", name="direction"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    dimension: Mapped[str]
    direction: Mapped[str] = mapped_column(String(1))
    within: Mapped[float]
    first_day: Mapped[date]
    last_day: Mapped[date]
    person: Mapped[str]
    at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]


class SamplingLevel(Base):
    """Up to which draw a variable is keyed for the goals; append-only, the newest row of a variable holds.

    `level` is that of `store.draws`. Without a goal there is no row.
    """

    __tablename__ = "sampling_levels"
    __table_args__ = (Index(None, "variable", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    variable: Mapped[str]
    level: Mapped[float]
    at: Mapped[datetime]


class CardLikeness(Base):
    """The signature of a card's ink as it was last read, by which a second scan of it is found (`ocr.likeness`)."""

    __tablename__ = "likenesses"

    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"), primary_key=True, autoincrement=False)
    version: Mapped[str] = mapped_column(String(12))
    bits: Mapped[bytes] = mapped_column(LargeBinary)


class LikenessKey(Base):
    """A key under which a card's signature is looked up (`ocr.likeness.keys_of`); cards alike share one at least."""

    __tablename__ = "likeness_keys"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"), primary_key=True, autoincrement=False)


class DuplicatePair(Base):
    """Two cards that may be one card scanned twice; append-only.

    `card_id` was kept after `other_id`. `by_number` says whether both bore the same number when they were read,
    `distance` the share of their signatures' bits that differ where they were found by their ink, else NULL.
    """

    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        UniqueConstraint("card_id", "other_id"),
        CheckConstraint("other_id < card_id", name="order"),
        CheckConstraint("by_number OR distance IS NOT NULL", name="found"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("cards.id"), index=True)
    by_number: Mapped[bool]
    distance: Mapped[float | None]
    found_at: Mapped[datetime]


class PairDecision(Base):
    """What a person decided about two cards; append-only. An undo names in `undoes` what it takes back."""

    __tablename__ = "pair_decisions"
    __table_args__ = (
        CheckConstraint("kind IN ('same', 'different', 'undo')", name="kind"),
        CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)", name="undoes"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("duplicate_pairs.id"), index=True)
    kind: Mapped[str] = mapped_column(String(9))
    person: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("pair_decisions.id"))


class Suspicion(Base):
    """A pair that waits for a person; derived."""

    __tablename__ = "suspicions"

    pair_id: Mapped[int] = mapped_column(ForeignKey("duplicate_pairs.id"), primary_key=True, autoincrement=False)
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"), index=True)
    since: Mapped[datetime]


class AuditResult(Base):
    """What the audit found of a value that stood, or of its group at a coarser level (`store.labels`); derived.

    `level` is empty where it is the value itself. `reading_id` and `decision_id` are what was held against each other.
    """

    __tablename__ = "audit_results"

    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"), primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str] = mapped_column(primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey("readings.id"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    right: Mapped[bool]


class User(Base):
    """A person who may log in. `login` is in small letters; `password` an argon2 hash; nobody is deleted."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('operator', 'reviewer', 'supervisor', 'analyst', 'administrator')", name="role"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(String(13))
    password: Mapped[str]
    language: Mapped[str] = mapped_column(String(2))
    active: Mapped[bool]
    created: Mapped[datetime]
    failures: Mapped[int]
    locked_until: Mapped[datetime | None]


class LoginSession(Base):
    """A browser that is logged in. `key` is the SHA-256 of its cookie, so that the table opens no door."""

    __tablename__ = "login_sessions"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    csrf: Mapped[str]
    began: Mapped[datetime]
    seen: Mapped[datetime]


class Lease(Base):
    """A field that a person has before them now; nobody else gets it before `until`."""

    __tablename__ = "leases"
    __table_args__ = (Index(None, "person"),)

    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"), primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    turn: Mapped[str] = mapped_column(String(10))
    ticket: Mapped[str] = mapped_column(String(32), unique=True)
    taken: Mapped[datetime]
    until: Mapped[datetime]


class ControlItem(Base):
    """How a person keyed a field whose value was known, as measured without their knowing; append-only.

    The value itself is not kept.
    """

    __tablename__ = "control_items"
    __table_args__ = (Index(None, "person", "at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"))
    field: Mapped[str]
    person: Mapped[str]
    right: Mapped[bool]
    seconds: Mapped[float | None]
    at: Mapped[datetime]
    ticket: Mapped[str] = mapped_column(String(32), unique=True)


class Flag(Base):
    """A card that a person set aside for a supervisor; its fields wait unseen until that is resolved.

    It is resolved by a supervisor (`resolved_by`), or by the scan that was asked for (`rescanned_by`).
    """

    __tablename__ = "flags"
    __table_args__ = (
        CheckConstraint("kind IN ('rescan', 'wrong_card', 'other')", name="kind"),
        CheckConstraint("rescanned_by IS NULL OR (kind = 'rescan' AND resolved_by IS NULL)", name="rescanned"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"), index=True)
    field: Mapped[str]
    kind: Mapped[str] = mapped_column(String(10))
    note: Mapped[str]
    person: Mapped[str]
    at: Mapped[datetime]
    resolved_by: Mapped[str | None]
    resolved_at: Mapped[datetime | None]
    rescanned_by: Mapped[int | None] = mapped_column(ForeignKey("scans.id"))
