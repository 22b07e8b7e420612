"""Files that cannot be got at, are overwritten, or have names of any bytes, in runs over the made-up box."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.file_names import as_path
from store.batches import batch_now
from store.engine import open_store
from store.scans import rescan_list
from store.tables import Batch, Card, LoggedRefusal, Scan
from tests.faults.box import COVERS, FILES, fill, written
from tests.faults.commands import DONE, Place, obey_permissions, run
from tests.faults.moments import Moment, Phase, arm, count_lines

STEPS: tuple[Phase, ...] = ("looking", "looked", "reading", "read")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, fill(tmp_path / "box"), f"sqlite:///{tmp_path / 'cards.db'}")


@contextmanager
def opened(place: Place) -> Iterator[Session]:
    engine = open_store(place.url)
    with Session(engine) as session:
        yield session
    engine.dispose()


def pages(place: Place) -> set[tuple[str, int, str, str | None, str | None]]:
    """What became of each page, and the batch it lies in; not the order, for a file that was away comes later."""
    query = select(Scan.path, Scan.page, Scan.outcome, Scan.reason, Batch.number).outerjoin(Batch)
    with opened(place) as session:
        return {(Path(row[0]).name, *row[1:]) for row in session.execute(query)}


def unbroken(place: Place, folder: Path) -> Place:
    """The same box, read without trouble."""
    folder.mkdir()
    whole = Place(folder, place.scans, f"sqlite:///{folder / 'cards.db'}")
    assert run(whole).status in DONE
    return whole


def troubles(place: Place) -> list[tuple[Moment, Callable[[], object]]]:
    """One for each of some files, a cover sheet among them: gone, forbidden, hanging, or more than memory holds."""

    def gone(n: int) -> Callable[[], object]:
        return (place.scans / f"{n:02}.tif").unlink

    def forbidden(n: int) -> Callable[[], object]:
        return lambda: (place.scans / f"{n:02}.tif").chmod(0)

    def hangs(n: int) -> Callable[[], object]:
        return lambda: time.sleep(60)

    def hungry(n: int) -> Callable[[], object]:
        def strike() -> None:
            raise MemoryError

        return strike

    kinds = {
        gone: ("looking", "looked", "reading"),
        forbidden: ("looking", "looked"),
        hangs: ("looking", "reading"),
        hungry: ("looking", "reading"),
    }
    files = iter((3, 6, 8, 10, 12, 14, 13, 17, 19))
    return [(Moment(step, n), kind(n)) for kind, steps in kinds.items() for step, n in zip(steps, files, strict=False)]


def test_what_could_not_be_got_at_is_read_by_the_second_run(place: Place, tmp_path: Path) -> None:
    whole = pages(unbroken(place, tmp_path / "whole"))

    def before() -> None:
        os.environ["MIGCARDS_PAGE_TIMEOUT_S"] = "2"
        for moment, strike in troubles(place):
            arm(moment, None, strike)
        obey_permissions()

    first = run(place, before)
    assert first.status == 7 and not first.said
    with opened(place) as session:
        waiting = [item.reason for item in rescan_list(session) if item.reason.transient]
    assert {str(reason) for reason in waiting} == {"unavailable", "timed_out", "out_of_memory"} and len(waiting) == 9
    fill_again(place)
    assert run(place).status in DONE
    assert pages(place) == whole
    with opened(place) as session:
        assert [item.reason for item in rescan_list(session) if item.reason.transient] == []
        for sheet in COVERS.values():
            assert batch_now(session, sheet.number).account.difference == 0


def fill_again(place: Place) -> None:
    for path in place.scans.iterdir():
        path.chmod(0o644)
    fill(place.scans)


def test_a_folder_and_a_zip_file_that_were_away_leave_the_rescan_list(place: Place) -> None:
    """Under their own names they are refused; what lies in them takes their place."""
    locked = place.scans / "locked"
    shutil.copytree(place.scans, locked)
    with ZipFile(place.scans / "more.zip", "w") as file:
        file.writestr("1.tif", written([{"card": 77}]))
        file.writestr("1.tif", written([{"card": 77}]))  # twice, as zip files may hold a file
    for path in (locked, place.scans / "more.zip"):
        path.chmod(0)
    assert run(place, obey_permissions).status == 7
    with opened(place) as session:
        away = [Path(item.path).name for item in rescan_list(session) if item.reason.transient]
    assert sorted(away) == ["locked", "more.zip"]
    locked.chmod(0o755)
    (place.scans / "more.zip").chmod(0o644)
    assert run(place).status in DONE
    with opened(place) as session:
        assert [item for item in rescan_list(session) if item.reason.transient] == []
        assert session.scalar(select(Card.id).where(Card.serial.startswith("00000077"))) is not None


@pytest.mark.parametrize("in_place", [True, False])
def test_files_that_are_overwritten_between_any_two_steps_are_kept_as_they_were_read(
    place: Place, in_place: bool
) -> None:
    def overwrite(n: int) -> None:
        path, other = place.scans / f"{n:02}.tif", place.scans / f"{n}.new"
        (path if in_place else other).write_bytes(written([{"card": 100 + n}]))
        if not in_place:
            other.replace(path)

    def before() -> None:
        for n, step in zip(range(1, FILES + 1), cycle(STEPS), strict=False):
            arm(Moment(step, n), place.folder / f"token{n}", lambda n=n: overwrite(n))
        arm(Moment("archiving", 40), place.folder / "token", lambda: [overwrite(n) for n in range(1, FILES + 1)])
        count_lines()

    for prepare in (before, lambda: None):
        ended = run(place, prepare)
        assert ended.status in DONE and not ended.said
        kept = {path.stem: path.read_bytes() for path in place.archive.rglob("*.tif")}
        assert all(sha256(data).hexdigest() == name for name, data in kept.items())
        with opened(place) as session:
            for scan, serial in session.execute(select(Scan, Card.serial).outerjoin(Card)):
                if scan.outcome == "read":
                    assert f'"card": {int(serial[:8])}' in kept[scan.sha256].decode(), "the bytes that were decoded"
    with opened(place) as session:
        assert [item for item in rescan_list(session) if item.reason.transient] == []
        assert session.scalars(select(LoggedRefusal).where(LoggedRefusal.detail == "changed")).first() is not None
        now = {sha256(path.read_bytes()).hexdigest() for path in place.scans.iterdir()}
        assert now <= set(session.scalars(select(Scan.sha256)))


def test_every_byte_may_stand_in_a_name(tmp_path: Path) -> None:
    names = [os.fsdecode(bytes([byte])) for byte in range(1, 256) if byte != ord("/")]
    folder = tmp_path / "box"
    folder.mkdir()
    paths = [folder / f"{name}{i}{name}.tif" for i, name in enumerate(names)]
    for i, path in enumerate(paths):
        path.write_bytes(written([{"card": 1000 + i}] if i % 2 else [{"refused": "blank"}, {"card": 1000 + i}]))
    place = Place(tmp_path, folder, f"sqlite:///{tmp_path / 'cards.db'}")
    for arguments in ([str(folder)], list(map(str, paths))):  # in a folder a point begins a hidden file's name
        ended = run(place, lambda: None, "run", *arguments, "--lang", "en")
        assert ended.status in DONE and not ended.said
    assert not run(place, lambda: None, "rescan", "--lang", "en").said
    with opened(place) as session:
        found = {as_path(scan.path): scan.sha256 for scan in session.scalars(select(Scan))}
        assert found == {path: sha256(path.read_bytes()).hexdigest() for path in paths}
        assert len(session.scalars(select(Card)).all()) == len(paths)
