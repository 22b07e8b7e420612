"""Card readings made up for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256

from sqlalchemy.orm import Session

from ocr.forms.definition import Form, load_forms
from ocr.forms.serial import serial_number
from ocr.reading import Candidate, CardReading, FieldReading, FieldState, LevelReading
from ocr.scan import ScanId
from store.records import cards_now

QUAD = ((10.0, 10.0), (90.0, 10.5), (90.0, 30.0), (10.0, 29.5))

DEPARTURE = {
    "surname": "РАҲИМЗОДА",
    "given_name": "АЛӢ",
    "birth_date": "1990-05-17",
    "sex": "M",
    "residence_region": "TJ-SU",
    "residence_district": "TJ-SU-01",
    "education": "5",
    "marital_status": "2",
    "occupation": "7112",
    "dest_country": "RU",
    "dest_region": "RU-MOW",
    "purpose": "1",
    "sector": "F",
    "duration": "4",
    "checkpoint": "TJ-A1",
    "crossing_date": "2016-03-04",
    "signature": "Y",
}
RETURN = {
    "surname": "РАҲИМЗОДА",
    "given_name": "АЛӢ",
    "birth_date": "1990-05-17",
    "sex": "M",
    "residence_region": "TJ-SU",
    "residence_district": "TJ-SU-01",
    "from_country": "RU",
    "stay_months": "9",
    "return_reason": "2",
    "intends_again": "Y",
    "crossing_date": "2016-12-20",
}


@cache
def form(name: str) -> Form:
    """A shipped form by its id."""
    return next(form for form in load_forms() if form.id == name)


def scan(n: int) -> ScanId:
    """The identity of the n-th made-up scan."""
    return ScanId(sha256(str(n).encode()).hexdigest(), 0)


def card(
    n: int = 1,
    *,
    side: str = "departure",
    values: Mapping[str, str | None] | None = None,
    review: Mapping[str, Sequence[str]] | None = None,
    broken: Sequence[str] = (),
    version: str = "1",
    reader: str = "made-up",
) -> CardReading:
    """The n-th card: all fields accepted but those in `review`; fields without a value are left empty."""
    spec = form(f"revised-{side}")
    base = DEPARTURE if side == "departure" else RETURN
    serial = serial_number(n)
    said = base | {"card_no": serial} | dict(values or {})
    return CardReading(
        scan=scan(n if side == "departure" else -n),
        form=spec.id,
        version=spec.version,
        direction=spec.direction,
        serial=serial,
        rotation=0,
        residual_mm=0.1,
        fields=tuple(
            reading(field.name, said.get(field.name, ""), tuple((review or {}).get(field.name, ())), version, reader)
            for field in spec.fields
        ),
        broken_rules=tuple(broken),
    )


def reading(name: str, value: str | None, review: tuple[str, ...], version: str, reader: str) -> FieldReading:
    """One made-up field reading."""
    return FieldReading(
        field=name,
        state=FieldState.EMPTY if value == "" else FieldState.READ if value else FieldState.UNREAD,
        raw=value or "",
        candidates=(Candidate(value, value, 0.9),) if value else (),
        value=value,
        score=0.8 if value else 0.0,
        probability=0.9 if value else 0.0,
        review=review,
        quad=QUAD,
        reader=reader,
        reader_version=version,
    )


def with_levels(made: CardReading, **groups: Mapping[str, str]) -> CardReading:
    """A card of which some fields are sure at coarser levels: the group by level, finest first."""
    fields = (
        replace(f, levels=tuple(LevelReading(level, code, 0.85, 0.99, True) for level, code in groups[f.field].items()))
        if f.field in groups
        else f
        for f in made.fields
    )
    return replace(made, fields=tuple(fields))


def current_values(session: Session, card_id: int) -> dict[str, str | None]:
    """Value of every field of a card: what people settled, else the accepted reading, else None."""
    (now,) = cards_now(session, [card_id])
    return dict(now.state.values)
