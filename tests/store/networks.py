"""A network for tests: the shipped one under another version."""

from __future__ import annotations

from datetime import UTC, date, datetime

from ocr.confidence.calibration import Calibration, load_calibration
from ocr.confidence.fit import carried_over
from ocr.extract.network import MODEL, MODELS, version_of
from store.networks import KnownNetwork

OTHER = (MODELS / MODEL).read_bytes() + b"\xa2\x06\x00"  # a field of protobuf that nothing knows and nothing reads
VERSION = version_of(OTHER)
FIGURES = [{"kind": "comb name", "fields": 40, "before": 30, "after": 36}]


def calibration() -> Calibration:
    """That of the shipped network, for the other one."""
    moved = carried_over(load_calibration(), dict.fromkeys(("handwriting", "stamp", "printed"), VERSION))
    return moved.model_copy(update={"made": date(2026, 1, 2), "data": "box 7"})


def network() -> KnownNetwork:
    """What the store knows of it."""
    return KnownNetwork(VERSION, datetime(2026, 1, 2, tzinfo=UTC), "box 7", 400, 20, FIGURES, calibration())
