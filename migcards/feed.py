"""What is to be read next: files are looked into a little ahead of the pages, all in one stream of jobs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import NamedTuple, TypeAlias

from sqlalchemy.orm import Session

from migcards.in_order import KnownPage, OrderedSaver
from migcards.saver import Ingestion
from migcards.scan_file import ScanFile
from ocr.page import PageJob, PageResult
from ocr.preprocess.load import FileInfo
from ocr.reading import Refused
from ocr.scan import ScanId
from store.engine import read_only
from store.scans import forget, known_scans, unavailable_before


class FileJob(NamedTuple):
    """A file to look into, and its place among the files of the run."""

    file: ScanFile
    place: int


Job: TypeAlias = FileJob | PageJob
"""A file to look into, or a page to read."""

GROUP, FEW_PAGES = 32, 8
"""Files whose pages are looked up in the store together, unless fewer pages than that wait to be read."""


class Feed:
    """The jobs of a run, one after another; None when there is none until a file has been looked into.

    Parameters
    ----------
    files
        Taken as they are needed.
    saving
        Gets a place for every page in the order of files and pages, and at once what need not be read.
    ahead
        Files and pages at most that wait between looking and reading.

    Attributes
    ----------
    files_taken, pages_found
        So far.
    """

    def __init__(self, files: Iterable[ScanFile], how: Ingestion, saving: OrderedSaver, ahead: int) -> None:
        self.files, self.how, self.saving, self.ahead = iter(files), how, saving, ahead
        self.files_taken, self.pages_found, self.exhausted = 0, 0, False
        self._probing = 0
        self._looked_into: dict[int, tuple[ScanFile, FileInfo | Refused]] = {}
        self._turn = 0
        self._pages: deque[PageJob] = deque()
        self._page_next = False

    def __iter__(self) -> Iterator[Job | None]:
        return self

    def __next__(self) -> Job | None:
        """The next job. Files and pages take turns until enough pages wait, so that reading begins with the first."""
        while True:
            if self._pages and (self._page_next or len(self._pages) >= self.ahead):
                self._page_next = False
                return self._pages.popleft()
            waiting = self._probing + len(self._looked_into)
            file = next(self.files, None) if waiting < self.ahead and not self.exhausted else None
            if file is not None:
                self._page_next = True
                job = FileJob(file, self.files_taken)
                self.files_taken += 1
                self._probing += 1
                if file.refused is None:
                    return job
                self.looked_into(job, file.refused)
            elif waiting < self.ahead and not self.exhausted:
                self.exhausted = True
                self._sort_in()
            elif self._pages:
                return self._pages.popleft()
            elif self._probing:
                return None
            else:
                raise StopIteration

    def looked_into(self, job: FileJob, info: FileInfo | Refused) -> None:
        """Take what was found in a file that was handed out."""
        self._probing -= 1
        self._looked_into[job.place] = job.file, info
        self._sort_in()

    def _sort_in(self) -> None:
        """Give pages their places, as soon as all files before theirs have been looked into."""
        ready: list[tuple[ScanFile, FileInfo | Refused]] = []
        while self._turn + len(ready) in self._looked_into:
            ready.append(self._looked_into[self._turn + len(ready)])
        if ready and (len(ready) >= GROUP or len(self._pages) < FEW_PAGES or not self._probing):
            for place in range(self._turn, self._turn + len(ready)):
                del self._looked_into[place]
            self._turn += len(ready)
            self._find_pages(ready)

    def _find_pages(self, ready: Sequence[tuple[ScanFile, FileInfo | Refused]]) -> None:
        hashes = {_hash(info) for _, info in ready}
        with Session(read_only(self.how.engine)) as session:
            known = known_scans(session, hashes, forms=self.how.forms_fingerprint, again=self.how.again)
            stale = unavailable_before(session, _present(ready))
        if stale:
            with Session(self.how.engine) as session, session.begin():
                forget(session, stale)
        for file, info in ready:
            for page in range(1 if isinstance(info, Refused) else info.pages):
                self._place(PageJob(file.path, _hash(info), page, file.name), info, known)

    def _place(self, job: PageJob, info: FileInfo | Refused, known: dict[ScanId, int | None]) -> None:
        scan, place = ScanId(job.sha256, job.page), self.pages_found
        self.pages_found += 1
        if scan in known or not self.saving.expect(scan, place):
            self.saving.add(place, KnownPage(scan, job.called, known.get(scan)))
        elif isinstance(info, Refused):
            self.saving.add(place, PageResult(job, info, None, None))
        else:
            self._pages.append(job)


def _present(ready: Sequence[tuple[ScanFile, FileInfo | Refused]]) -> dict[str, str]:
    """Hash of what lies at each name now; of folders and zip files in which something does, none."""
    files = {file.name: _hash(info) for file, info in ready if not _is_away(info)}
    above = (accumulate(name.split("/")[:-1], "{}/{}".format) for name in files)
    return dict.fromkeys(chain.from_iterable(above), "") | files


def _hash(info: FileInfo | Refused) -> str:
    return info.scan.sha256 if isinstance(info, Refused) else info.sha256


def _is_away(info: FileInfo | Refused) -> bool:
    return isinstance(info, Refused) and info.reason.transient
