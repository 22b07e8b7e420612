"""Uploads: whole or not at all, never over one another, read once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from migcards import inbox as module
from migcards import ingest as ingest_module
from migcards.inbox import ScanInboxFolder, already_read, safe_name, scans_in
from migcards.inbox_reader import InboxReader
from migcards.saver import Ingestion
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.confidence.calibration import load_calibration
from ocr.errors import BadInputError
from ocr.forms.cover_sheet import CoverSheet
from ocr.page import PageJob, PageResult
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId
from review.errors import ReviewError
from review.web.scan_inbox import InboxState, UploadLot
from store.batches import batch_now, batch_of
from store.engine import open_store
from store.tables import Run, Scan

NUMBER = "26-ABCDEFG"
LOT = UploadLot("20260504-090000-1a2b", NUMBER, False, "anna")
SAMPLE = Path(__file__).parents[2] / "fixtures" / "samples" / "refused-blank.jpg"


@pytest.fixture
def inbox(tmp_path: Path) -> ScanInboxFolder:
    return ScanInboxFolder(tmp_path / "inbox")


def send(inbox: ScanInboxFolder, name: str, data: bytes = b"x", lot: UploadLot = LOT) -> Path:
    part = inbox.receive(lot, name, len(data))
    part.write(data)
    kept = part.keep()
    part.drop()
    return inbox.folder / lot.batch / lot.id / kept


def test_files_of_one_name_lie_beside_each_other(inbox: ScanInboxFolder) -> None:
    kept = [send(inbox, "0001.jpg", data) for data in (b"one", b"two", b"three")]
    assert [path.name for path in kept] == ["0001.jpg", "0001-2.jpg", "0001-3.jpg"]
    assert [path.read_bytes() for path in kept] == [b"one", b"two", b"three"]


def test_a_file_that_did_not_come_to_its_end_is_not_there(inbox: ScanInboxFolder) -> None:
    part = inbox.receive(LOT, "0001.jpg", 100)
    part.write(b"the first half")
    place = inbox.folder / NUMBER / LOT.id
    assert list(scans_in(place)) == []
    part.drop()
    assert [path.name for path in place.iterdir()] == [module.BY]
    torn = inbox.receive(LOT, "0002.jpg", 100)
    torn.write(b"the server is killed now")
    ScanInboxFolder(inbox.folder)
    assert [path.name for path in place.iterdir()] == [module.BY], "what is left of it goes when the server starts"


@pytest.mark.parametrize(
    ("name", "size", "fault"),
    [
        ("a.exe", 1, "upload_kind"),
        ("jpg", 1, "upload_kind"),
        ("a.zip", 1, "upload_zip"),
        ("a.jpg", 2**28 + 1, "upload_large"),
        ("a.pdf", 2**32 + 1, "upload_large"),
    ],
)
def test_what_is_not_taken_is_refused_at_once(inbox: ScanInboxFolder, name: str, size: int, fault: str) -> None:
    with pytest.raises(ReviewError) as raised:
        inbox.receive(LOT, name, size)
    assert raised.value.key == fault


def test_limits_hold_for_what_comes_whatever_was_announced(
    inbox: ScanInboxFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(module.MAX_BYTES, ".jpg", 10)
    part = inbox.receive(LOT, "a.jpg", None)
    with pytest.raises(ReviewError, match="larger"):
        part.write(b"12345678901")
    part.drop()
    with pytest.raises(ReviewError, match="empty"):
        inbox.receive(LOT, "a.jpg", None).keep()
    monkeypatch.setattr(module, "MAX_FILES", 1)
    send(inbox, "a.png")
    with pytest.raises(ReviewError, match="not more than 1"):
        inbox.receive(LOT, "b.png", 1)
    monkeypatch.setattr(module, "KEEP_FREE", 2**60)
    with pytest.raises(ReviewError, match="little room"):
        inbox.receive(LOT, "b.png", 1)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\scans\\лист 1.JPG", "лист 1.JPG"),
        ("..jpg", "jpg"),
        (".hidden.jpg", "hidden.jpg"),
        ("a\nb\x7f<c>.jpg", "a_b__c_.jpg"),
        ("ё" * 300 + ".tiff", "ё" * 95 + ".tiff"),
        ("/", "scan"),
    ],
)
def test_names_are_made_safe(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept and len(os.fsencode(safe_name(sent))) < 255


def read_at_once(job: PageJob, **_: object) -> PageResult:
    refused = Refused(ScanId(job.sha256, job.page), Refusal.BLANK, "")
    return PageResult(job, refused, 300.0, (10, 10))


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where a batch is open; pages are refused as blank, unread."""
    monkeypatch.setattr(ingest_module, "read_page", read_at_once)
    url = f"sqlite:///{tmp_path / 'cards.db'}"
    engine = open_store(url)
    with Session(engine) as session, session.begin():
        batch_of(session, CoverSheet(NUMBER, expected=2), "anna")
    yield url
    engine.dispose()


def reader(inbox: ScanInboxFolder, database: str, archive: Path | None = None) -> InboxReader:
    policy = AcceptancePolicy(load_calibration())
    return InboxReader(inbox, lambda rescan: Ingestion(open_store(database), policy, archive=archive), archive)


def until_read(one: InboxReader, *, left: int = 0) -> None:
    """Let it read all that lies there but `left` files.

    Reading and waiting are of one look: of two, the file that is read in the second waits in neither.
    """
    one.start()
    end = monotonic() + 120
    while not is_idle(one.state(), left) and monotonic() < end:
        sleep(0.05)
    one.stop()
    assert is_idle(one.state(), left) and bool(one.state().failure) == bool(left)


def is_idle(state: InboxState, left: int) -> bool:
    return state.reading is None and state.files == left


def runs(database: str) -> list[str]:
    engine = open_store(database)
    with Session(engine) as session:
        found = [f"{run.folder}" for run in session.scalars(select(Run))]
    engine.dispose()
    return found


def picture(n: int) -> bytes:
    return SAMPLE.read_bytes() + bytes([n])


def test_uploads_are_read_into_their_batch_and_once(inbox: ScanInboxFolder, database: str) -> None:
    for n in range(3):
        send(inbox, f"{n}.jpg", picture(n))
    until_read(reader(inbox, database))
    engine = open_store(database)
    with Session(engine) as session:
        assert batch_now(session, NUMBER).account.blank == 3
        paths = session.scalars(select(Scan.path).order_by(Scan.id)).all()
    engine.dispose()
    assert [Path(path).name for path in paths] == ["0.jpg", "1.jpg", "2.jpg"]
    assert all(Path(path).exists() for path in paths), "without an archive the inbox keeps the originals"
    before = runs(database)
    until_read(reader(inbox, database))
    assert runs(database) == before, "a restart reads nothing again"


def test_an_archive_takes_the_originals_and_only_then_they_go(
    inbox: ScanInboxFolder, database: str, tmp_path: Path
) -> None:
    good, torn = send(inbox, "0.jpg", picture(0)), send(inbox, "1.jpg", b"this is no picture")
    archive = tmp_path / "archive"
    until_read(reader(inbox, database, archive))
    assert not good.exists() and [path.read_bytes() for path in archive.glob("*/*")] == [picture(0)]
    assert send(inbox, "0.jpg", picture(5)).name == "0-2.jpg", "or it would be taken for the one that was read"
    assert torn.exists(), "a file that cannot be opened is in no archive"
    assert already_read(good.parent) == {"0.jpg", "1.jpg"}


def test_without_a_batch_nothing_is_read_before_the_last_file(inbox: ScanInboxFolder) -> None:
    lot = UploadLot("20260504-090000-ffff", "", False, "anna")
    part = inbox.receive(lot, "0.jpg", 1)
    part.write(b"x")
    part.keep()
    assert list(inbox.lots()) == []
    inbox.finish(lot)
    (place,) = inbox.lots()
    (place / module.COMPLETE).unlink()
    os.utime(place, (0, 0))
    assert list(inbox.lots()) == [place], "the browser was closed: it is read all the same"


def test_one_that_fails_says_so_and_keeps_no_other_waiting(inbox: ScanInboxFolder, database: str) -> None:
    stray = UploadLot("20260101-000000-0000", "26-ZZZZZZZ", False, "anna")
    send(inbox, "0.jpg", picture(0), stray)
    send(inbox, "1.jpg", picture(1))
    one = reader(inbox, database)
    until_read(one, left=1)
    engine = open_store(database)
    with Session(engine) as session:
        assert batch_now(session, NUMBER).account.blank == 1
    engine.dispose()
    left = inbox.folder / stray.batch / stray.id / "0.jpg"
    assert left.exists()
    left.unlink()
    assert one.state().failure == "", "what is no longer there fails no more"


def test_an_inbox_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BadInputError, match=r"The inbox .* cannot be used"):
        ScanInboxFolder(tmp_path / "file" / "inbox")
