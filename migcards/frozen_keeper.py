"""The frozen record that pivot tables are counted over: made when it is asked for, and anew once the store went on."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from pathlib import Path
from threading import Lock, Thread

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocr.errors import BadInputError, MigcardsError
from reports.cube import Cube
from store.engine import read_only
from store.frozen import FrozenRecord, freeze, open_frozen, state_of

FRESH_S = 600.0
"""How old a frozen record gets at least before the pages make the next one."""

KEPT = 2
"""Files that are kept: whoever still counts over the one before is not disturbed."""

_PREFIX, _SUFFIX = "record-", ".parquet"
_LOG = logging.getLogger("migcards.frozen")


class FrozenKeeper:
    """Keeps the newest frozen records of a store in a folder, each named by its hash.

    Parameters
    ----------
    in_memory
        Whether many tables will be counted over each (`reports.cube.Cube`).
    """

    def __init__(self, engine: Engine, folder: Path, *, in_memory: bool = False) -> None:
        self._engine, self._folder, self._in_memory = engine, folder, in_memory
        self._making = Lock()
        self._cube: Cube | None = None
        self._checked = 0.0

    def now(self) -> Cube:
        """The record as it is now; made if the store went on since the last."""
        with self._making, Session(read_only(self._engine)) as session:
            state = state_of(session)
            if self._cube is None or self._cube.frozen.state != state:
                self._cube = Cube(self.kept(session) or self._made(session), in_memory=self._in_memory)
            self._checked = time.monotonic()
            return self._cube

    def lately(self) -> Cube:
        """The record as it was lately: nobody waits but the first; one that is old is made anew meanwhile."""
        cube = self._cube
        if cube is None:
            return self.now()
        if time.monotonic() - self._checked > FRESH_S and not self._making.locked():
            Thread(target=self._renew, name="frozen", daemon=True).start()
        return cube

    def kept(self, session: Session) -> FrozenRecord | None:
        """The record as a session sees it, if it was made already."""
        state = state_of(session)
        return next((one for one in self._files() if one.state == state), None)

    def _renew(self) -> None:
        try:
            self.now()
        except MigcardsError as error:  # the record before serves on; the next who asks tries again
            _LOG.warning("%s", error)

    def _made(self, session: Session) -> FrozenRecord:
        new = freeze(session, self._folder / f"new{_SUFFIX}")
        path = self._folder / f"{_PREFIX}{new.sha256[:12]}{_SUFFIX}"
        new.path.replace(path)
        path.touch()
        for old in self._paths()[KEPT:]:
            old.unlink(missing_ok=True)
        return replace(new, path=path)

    def _files(self) -> list[FrozenRecord]:
        found = []
        for path in self._paths():
            try:
                found.append(open_frozen(path))
            except BadInputError:  # of another version, or half a file of a disk that was full
                continue
        return found

    def _paths(self) -> list[Path]:
        """The newest first."""
        paths = self._folder.glob(f"{_PREFIX}*{_SUFFIX}")
        return sorted(paths, key=lambda path: path.stat().st_mtime_ns, reverse=True)
