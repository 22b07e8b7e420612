"""Cards of which a population is made: read by the real readers, keyed to the end at the real desk, truth known."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from benchmarks.keyers import Habits, work
from benchmarks.labelled import cover_sheet, read_labelled
from ocr.batch_evidence import weigh
from ocr.confidence.values import canonical
from ocr.evaluation.truth import PageTruth
from ocr.forms.codebook import Purpose
from ocr.forms.definition import FieldKind, Form, load_forms
from ocr.reading import CardReading
from review.assignment.policy import DeskRules
from review.assignment.progress import KEYED
from store.card_state import UNKNOWN, StoredReading
from store.cards import save_cards
from store.doubts import OUT_OF_TURN, ColumnDoubt
from store.engine import open_store
from store.record_values import own_values, record_values
from store.records import CHUNK, CardNow, cards_now
from store.scans import ReadCard
from store.tables import Decision

Row = Mapping[str, Any]
"""A record: values by column."""


@dataclass(frozen=True, eq=False)
class Donor:
    """One card.

    Attributes
    ----------
    kind
        Of hands: the folder it lay in.
    doubts
        Columns that the machine did not settle.
    keyed, true
        The record after people keyed all that waited, and the one that is true.
    keys
        How often each field was keyed.
    errors
        Fields whose value is wrong in the end.
    """

    kind: str
    form: Form
    readings: Mapping[str, StoredReading]
    doubts: Sequence[ColumnDoubt]
    keyed: Row
    true: Row
    keys: Mapping[str, int]
    errors: frozenset[str]

    def fields(self, *purposes: Purpose) -> list[str]:
        """Names of the fields that are keyed for one of some purposes."""
        return [spec.name for spec in self.form.fields if spec.about.purpose in purposes]


class Labelled(NamedTuple):
    """A card that was read, with its truth and the kind of hand."""

    kind: str
    truth: PageTruth
    reading: CardReading


def donors_from(folders: Sequence[Path], today: date, seed: int) -> list[Donor]:
    """Read labelled cards, each in the batch of its day, and let made-up people key them until nothing waits."""
    forms, chance = {form.id: form for form in load_forms()}, np.random.default_rng(seed)
    cards = []
    for folder in folders:
        for truth, reading in read_labelled(folder, today):
            if truth.form == reading.form:
                form = forms[reading.form]
                inside = weigh(reading, form, cover_sheet(truth, form, 1, chance), 0.0, today)
                cards.append(Labelled(folder.name, truth, inside))
    with tempfile.TemporaryDirectory() as place:
        engine = open_store(f"sqlite:///{Path(place) / 'cards.db'}")
        saved = _saved(engine, cards, forms)
        meant = {card_id: _meant(one.truth, forms[one.reading.form]) for card_id, one in saved.items()}
        with Session(engine) as session:
            before = _cards(session, list(saved))
        read = {card.head.id: {name: r.value or "" for name, r in card.readings.items()} for card in before}
        work(engine, meant, read, DeskRules(control_share=0.0), Habits(), random.Random(seed))
        with Session(engine) as session:
            decided = select(Decision.card_id, Decision.field).where(Decision.kind.in_(KEYED))
            keys = Counter(session.execute(decided).tuples())
            after = _cards(session, list(saved))
        engine.dispose()
    counted = [card for card in after if not card.is_duplicate]
    return [_donor(saved[card.head.id].kind, card, meant[card.head.id], keys) for card in counted]


def _saved(engine: Engine, cards: Sequence[Labelled], forms: Mapping[str, Form]) -> dict[int, Labelled]:
    with Session(engine) as session, session.begin():
        read = [ReadCard(one.reading, forms[one.reading.form], one.truth.scan, 300, (9, 9)) for one in cards]
        return dict(zip(save_cards(session, read, run_id=None), cards, strict=True))


def _meant(truth: PageTruth, form: Form) -> dict[str, str]:
    """What is true of each field of a form; what nobody wrote is empty, and two marks where one may be say nothing."""
    values = {spec.name: truth.fields[spec.name].value for spec in form.fields if spec.name in truth.fields}
    several = {name for name, value in values.items() if "|" in value and form.by_name[name].kind is FieldKind.ONE_OF}
    return dict.fromkeys(form.by_name, "") | values | dict.fromkeys(several, UNKNOWN)


def _cards(session: Session, ids: Sequence[int]) -> list[CardNow]:
    chunks = (ids[i : i + CHUNK] for i in range(0, len(ids), CHUNK))
    return [card for chunk in chunks for card in cards_now(session, chunk, lock=False)]


def _donor(kind: str, card: CardNow, true: Mapping[str, str], keys: Mapping[tuple[int, str], int]) -> Donor:
    form, values = card.form, card.state.values
    own_keys = {name: keys[card.head.id, name] for name in values if keys[card.head.id, name]}
    errors = frozenset(
        name
        for name, value in values.items()
        if value is None or canonical(form.by_name[name], value) != canonical(form.by_name[name], true[name])
    )
    doubts = [doubt for doubt in card.doubts if doubt.known != OUT_OF_TURN]
    keyed, truly = record_of(form, values), record_of(form, true)
    return Donor(kind, form, card.readings, doubts, keyed, truly, own_keys, errors)


def record_of(form: Form, values: Mapping[str, str | None]) -> Row:
    """The record that follows from the values of all fields."""
    return {**record_values(form, values, {}), **own_values(form, values, {}), "direction": form.direction}
