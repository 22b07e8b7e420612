"""What was put in force, one after the other: calibrations, each with the network it was measured with.

The newest holds, and each can be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.confidence.calibration import Calibration, load_calibration
from ocr.errors import BadInputError, StoreError
from store.tables import AppliedCalibration


@dataclass(frozen=True)
class InForce:
    """The calibration that holds, since when, and the network it belongs to.

    Attributes
    ----------
    since
        None where none was ever applied in this store.
    network
        Version of a network that was fitted here (`store.networks`); None for the one that comes with the program.
    """

    calibration: Calibration
    since: datetime | None
    network: str | None = None


@dataclass(frozen=True)
class Applied:
    """One entry of the history.

    Attributes
    ----------
    previous
        Fingerprint of what was in force before.
    shipped
        Whether it went back to the calibration that comes with the program.
    """

    number: int
    applied_at: datetime
    made: date
    data: str
    fingerprint: str
    previous: str
    shipped: bool
    network: str | None


def in_force(session: Session) -> InForce:
    """The calibration in force: the last applied, else the one that comes with the program.

    Raises
    ------
    StoreError
        The calibration in the store cannot be understood by this version.
    """
    row = _newest(session)
    return InForce(load_calibration(), None) if row is None else InForce(_parsed(row), row.applied_at, row.network)


def apply_calibration(session: Session, calibration: Calibration) -> None:
    """Put a calibration in force for the network that is; the caller commits."""
    row = _newest(session)
    _append(session, calibration, row, network=row.network if row else None, returns_to=row.id if row else None)


def apply_network(session: Session, version: str, calibration: Calibration) -> None:
    """Put a network and the calibration that was measured with it in force; the caller commits."""
    row = _newest(session)
    _append(session, calibration, row, network=version, returns_to=row.id if row else None)


def undo_calibration(session: Session) -> Calibration:
    """Put back in force what held before, with its network; the caller commits. A second time goes one further back.

    Returns
    -------
    Calibration
        What holds now.

    Raises
    ------
    BadInputError
        Nothing was applied that could be taken back.
    """
    row = _newest(session)
    if row is None or row.content is None:
        raise BadInputError("The calibration that comes with the program is in force: there is nothing to take back.")
    target = session.get(AppliedCalibration, row.returns_to) if row.returns_to is not None else None
    if target is None or target.content is None:
        back = load_calibration()
        _append(session, back, row, network=None, returns_to=None, shipped=True)
        return back
    back = _parsed(target)
    _append(session, back, row, network=target.network, returns_to=target.returns_to)
    return back


def history(session: Session) -> list[Applied]:
    """All that was put in force, oldest first."""
    rows = session.scalars(select(AppliedCalibration).order_by(AppliedCalibration.id))
    return [
        Applied(r.id, r.applied_at, r.made, r.data, r.fingerprint, r.previous, r.content is None, r.network)
        for r in rows
    ]


def _newest(session: Session) -> AppliedCalibration | None:
    return session.scalars(select(AppliedCalibration).order_by(AppliedCalibration.id.desc()).limit(1)).first()


def _append(
    session: Session,
    calibration: Calibration,
    before: AppliedCalibration | None,
    *,
    network: str | None,
    returns_to: int | None,
    shipped: bool = False,
) -> None:
    row = AppliedCalibration(
        applied_at=datetime.now(UTC),
        made=calibration.made,
        data=calibration.data,
        fingerprint=calibration.fingerprint,
        previous=load_calibration().fingerprint if before is None else before.fingerprint,
        returns_to=returns_to,
        content=None if shipped else calibration.model_dump_json(),
        network=network,
    )
    session.add(row)
    session.flush()


def _parsed(row: AppliedCalibration) -> Calibration:
    if row.content is None:
        return load_calibration()
    try:
        return Calibration.model_validate_json(row.content)
    except ValidationError as error:
        message = f"Calibration {row.id} in the store is of another version. Run `migcards tune --undo` or tune anew."
        raise StoreError(message) from error
