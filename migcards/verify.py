"""Whether the originals are those that the cards were read from, and the networks those that read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocr.extract.network import version_of
from ocr.file_names import as_path, as_text
from store.archive import is_whole, originals
from store.copy import StepProgress
from store.engine import read_only
from store.tables import FittedNetwork, Scan
from store.verify import Finding, verify_cards, verify_tables

StageProgress: TypeAlias = Callable[[str, int, int], object]
"""Told a stage of the work, what is done of it and how much there is to do."""

_SHELVES = 256  # parts into which originals are divided by the first two digits of their hash; one is held at a time


def verify_store(
    engine: Engine, archive: Path | None, progress: StageProgress = lambda stage, done, total: None
) -> Iterator[Finding]:
    """Hold originals, tables and counts against each other, as they are at one moment.

    Parameters
    ----------
    archive
        Folder of originals by content hash, if there is one.
    progress
        Told the stage, ``cards`` or ``originals``, what is done of it and how much there is to do.
    """
    with Session(read_only(engine)) as session:
        yield from verify_tables(session)
        yield from verify_networks(session)
        yield from verify_cards(session, partial(progress, "cards"))
        yield from verify_originals(session, archive, partial(progress, "originals"))


def verify_originals(
    session: Session, archive: Path | None, progress: StepProgress = lambda done, total: None
) -> Iterator[Finding]:
    """Hold every original against its hash, in the archive or where it lay when it was read.

    Parameters
    ----------
    session
        Its transaction may have begun long before: files that came into the archive since are looked up in a new one.
    """
    unknown: dict[str, Path] = {}
    for number in range(_SHELVES):
        prefix = f"{number:02x}"
        kept = dict(originals(archive, prefix)) if archive else {}
        read_from, scanned = _scans(session, prefix)
        for sha256, path in kept.items():
            if not is_whole(path, sha256):
                yield Finding("original_damaged", {"file": as_text(path)})
            if sha256 not in scanned:
                unknown[sha256] = path
        for sha256, places in read_from.items():
            if sha256 not in kept:
                yield from _where_they_lay(sha256, places)
        progress(number + 1, _SHELVES)
    yield from _still_unknown(session, unknown)


def verify_networks(session: Session) -> Iterator[Finding]:
    """Whether the networks that were fitted here are what their versions say."""
    for version in session.scalars(select(FittedNetwork.version).order_by(FittedNetwork.version)).all():
        model = session.scalars(select(FittedNetwork.model).where(FittedNetwork.version == version)).one()
        if version_of(model) != version:
            yield Finding("network", {"version": version})


def _scans(session: Session, prefix: str) -> tuple[dict[str, set[str]], set[str]]:
    """Where the files lay whose hash begins so and that cards were read from; and all hashes that are known."""
    query = select(Scan.sha256, Scan.path, Scan.outcome).where(Scan.sha256.between(prefix, f"{prefix}g"))
    places: defaultdict[str, set[str]] = defaultdict(set)
    scanned = set()
    for sha256, path, outcome in session.execute(query.order_by(Scan.sha256, Scan.page)):
        scanned.add(sha256)
        if outcome == "read":
            places[sha256].add(path)
    return places, scanned


def _where_they_lay(sha256: str, places: set[str]) -> Iterator[Finding]:
    there = [path for path in sorted(places) if as_path(path).is_file()]
    if not any(is_whole(as_path(path), sha256) for path in there):
        kind = "original_changed" if there else "original_missing"
        yield Finding(kind, {"file": (there or sorted(places))[0], "sha256": sha256})


def _still_unknown(session: Session, unknown: dict[str, Path]) -> Iterator[Finding]:
    """Files of the archive that no scan knows, also not one that was saved meanwhile."""
    with Session(session.get_bind()) as now:
        for sha256, path in unknown.items():
            if now.scalar(select(Scan.id).where(Scan.sha256 == sha256).limit(1)) is None:
                yield Finding("original_unknown", {"file": as_text(path)})
