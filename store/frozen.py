"""The statistical record at one moment as one Parquet file, a row for each card, for whoever counts.

In it are the statistical columns of the codebook and an office's own coded variables. No column says which card a row
is of: neither number, name, birth date, free text, scan nor path is asked of the database. The same state of a store
makes the same bytes, so a file's hash names what was counted.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import file_digest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import FromClause, Integer, case, func, select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError, StoreError
from ocr.forms.codebook import codebook
from ocr.forms.definition import FieldSpec
from store.record_values import AGE, AGE_GROUP, GROUP, own_specs
from store.records import all_forms
from store.tables import Card, Decision, DuplicatePair, PairDecision, Reading, Record, RecordValue

CROSSING_MONTH, CROSSING_FIRST, CROSSING_LAST = "crossing_month", "crossing_first", "crossing_last"
"""Columns of the file: the month (``2026-03``; ``2026*`` where only the year is settled), and the days it may be."""

NOT_ASKED = "not asked"
"""In the column of an office's own variable, where the card's form has no such field."""

ROWS = 50_000
"""Rows that are in memory while a file is written."""

_RECORDS = Record.__table__
_STATE, _OWN = b"migcards.state", b"migcards.own"


@dataclass(frozen=True)
class StoreState:
    """The last of each that a store holds: as long as they are the same, so is the record."""

    card: int
    reading: int
    decision: int
    pair: int
    pair_decision: int


@dataclass(frozen=True)
class FrozenRecord:
    """A file that was written.

    Attributes
    ----------
    sha256
        Of the whole file.
    own
        An office's own variables by name, as the forms describe them.
    """

    path: Path
    sha256: str
    rows: int
    state: StoreState
    own: Mapping[str, FieldSpec]


def state_of(session: Session) -> StoreState:
    """Up to where a store has come."""
    kinds = (Card, Reading, Decision, DuplicatePair, PairDecision)
    return StoreState(*(session.scalar(select(func.max(kind.id))) or 0 for kind in kinds))


def freeze(session: Session, path: Path) -> FrozenRecord:
    """Write the statistical record into a new file, whole or not at all, a few rows at a time.

    Parameters
    ----------
    session
        Of an engine made `store.engine.read_only`, so that all of it is of one moment.

    Raises
    ------
    StoreError
        The file cannot be written, or the database fails.
    """
    own = own_variables_of(session)
    said = {_STATE: _as_json(asdict(state_of(session))), _OWN: _as_json([s.model_dump_json() for s in own.values()])}
    schema = pa.schema(_fields(own), metadata=said)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # nobody else may read it
        os.close(handle)
        try:
            with pq.ParquetWriter(name, schema, compression="zstd") as writer:
                for columns in _parts(session, list(own)):
                    arrays = [pa.array(columns[field.name], field.type) for field in schema]
                    writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror or error}.") from error
    return open_frozen(path)


def open_frozen(path: Path) -> FrozenRecord:
    """What a file holds that `freeze` wrote.

    Raises
    ------
    BadInputError
        It is not there, or no such file.
    """
    try:
        with path.open("rb") as file:
            sha256 = file_digest(file, "sha256").hexdigest()
        parquet = pq.read_metadata(path)
        said = parquet.metadata or {}
        state = StoreState(**json.loads(said[_STATE]))
        own = [FieldSpec.model_validate_json(spec) for spec in json.loads(said[_OWN])]
    except (OSError, pa.ArrowException, KeyError, ValueError, TypeError) as error:
        raise BadInputError(f"{path} is no frozen record: `migcards freeze FILE` writes one.") from error
    return FrozenRecord(path, sha256, parquet.num_rows, state, {spec.name: spec for spec in own})


def statistical_columns() -> tuple[str, ...]:
    """Columns of the record that the file takes as they are: those that the codebook makes tables by."""
    names = {one.column or name for name, one in codebook().dimension.items()}
    return tuple(column.name for column in _RECORDS.c if column.name in names and column.name != AGE_GROUP)


def own_variables_of(session: Session) -> dict[str, FieldSpec]:
    """Statistical variables of an office's own, as the newest form has them.

    None that any form calls personal, none that holds what people write freely, and none called like a column.
    """
    forms = [form for _, form in sorted(all_forms(session).items())]
    own = {spec.name: spec for form in forms for spec in own_specs(form)}
    other = {spec.name for form in forms for spec in form.fields if spec.personal}
    free = {spec.name for form in forms for spec in own_specs(form) if not _is_coded(spec, form.by_name)}
    return {name: own[name] for name in sorted(own) if name not in {*other, *free, *_RECORDS.c.keys()}}


def _is_coded(spec: FieldSpec, fields: Mapping[str, FieldSpec]) -> bool:
    """Whether a field can hold nothing but codes of a list and numbers."""
    if spec.specify:
        return _is_coded(fields[spec.specify], fields)
    return bool(spec.kind.is_marks or spec.lexicon or spec.about.dictionary or spec.quantity)


def _fields(own: Iterable[str]) -> list[Any]:
    coded = pa.dictionary(pa.int32(), pa.string())
    days = [pa.field(name, pa.date32()) for name in (CROSSING_FIRST, CROSSING_LAST)]
    derived = [pa.field(name, coded) for name in (CROSSING_MONTH, AGE, AGE_GROUP)]
    columns = [_field(name, coded) for name in statistical_columns()]
    return [*days, *derived, *columns, *(pa.field(name, coded) for name in own)]


def _field(name: str, coded: Any) -> Any:
    kind = _RECORDS.c[name].type
    return pa.field(name, pa.int16() if isinstance(kind, Integer) else coded)


def _parts(session: Session, own: Sequence[str]) -> Iterator[dict[str, Sequence[Any]]]:
    """Columns of some rows at a time, by day: a period then lies in few places of the file."""
    days = (_RECORDS.c.crossing_first, _RECORDS.c.crossing_last)
    columns: list[Any] = [*days, _RECORDS.c.age, _RECORDS.c.age_group]
    columns += [_RECORDS.c[name] for name in statistical_columns()]
    source: FromClause = _RECORDS
    for name in own:
        one = RecordValue.__table__.alias()
        source = source.outerjoin(one, (one.c.card_id == _RECORDS.c.card_id) & (one.c.variable == name))
        columns.append(case((one.c.card_id.is_(None), NOT_ASKED), else_=one.c.value).label(name))
    query = select(*columns).select_from(source).order_by(days[0].nulls_first(), _RECORDS.c.card_id)
    found = session.execute(query.execution_options(yield_per=ROWS))
    for rows in found.partitions():
        part = dict(zip(found.keys(), zip(*rows, strict=True), strict=True))
        months = map(_month, part[CROSSING_FIRST], part[CROSSING_LAST])
        yield part | {CROSSING_MONTH: list(months), AGE: list(map(_age, part[AGE], part[AGE_GROUP]))}


def _month(first: date | None, last: date | None) -> str | None:
    """The month in which both days lie, or their year as a group."""
    if first is None or last is None or first.year != last.year:
        return None
    return first.isoformat()[:7] if first.month == last.month else f"{first.year}{GROUP}"


def _age(age: int | None, group: str | None) -> str | None:
    """The age, or the group in which it lies."""
    return str(age) if age is not None else f"{group}{GROUP}" if group else None


def _as_json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True)
