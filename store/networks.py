"""Networks that were fitted further here: kept for ever, put in force by `store.calibrations.apply_network`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.confidence.calibration import Calibration
from ocr.errors import BadInputError
from store.tables import FittedNetwork


@dataclass(frozen=True)
class KnownNetwork:
    """A network of the store without its weights; attributes as in `store.tables.FittedNetwork`."""

    version: str
    made_at: datetime
    data: str
    lessons: int
    kept_back: int
    figures: Sequence[Any]
    calibration: Calibration


def keep_network(session: Session, network: KnownNetwork, model: bytes) -> None:
    """Keep a network; one that is there already stays as it is. Nothing reads with it yet. The caller commits."""
    if session.get(FittedNetwork, network.version) is None:
        row = FittedNetwork(
            version=network.version,
            made_at=network.made_at.astimezone(UTC),
            data=network.data,
            lessons=network.lessons,
            kept_back=network.kept_back,
            figures=list(network.figures),
            calibration=network.calibration.model_dump_json(),
            model=model,
        )
        session.add(row)
        session.flush()


def networks(session: Session) -> list[KnownNetwork]:
    """All networks, oldest first."""
    kept = FittedNetwork
    columns = (kept.version, kept.made_at, kept.data, kept.lessons, kept.kept_back, kept.figures, kept.calibration)
    rows = session.execute(select(*columns).order_by(kept.made_at, kept.version)).mappings()
    return [KnownNetwork(**{**row, "calibration": Calibration.model_validate_json(row["calibration"])}) for row in rows]


def model_of(session: Session, version: str) -> bytes:
    """The file that reads.

    Raises
    ------
    BadInputError
        There is no such network.
    """
    model = session.scalar(select(FittedNetwork.model).where(FittedNetwork.version == version))
    if model is None:
        raise BadInputError(f"There is no network {version} here. `migcards learn --history` lists those there are.")
    return model
