"""The functions of the package: cards read from files, readings kept in a store, tables built of them.

Modules are imported where they are used: whoever builds a table loads no readers, and whoever reads cards no SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from threadpoolctl import threadpool_limits

from ocr.errors import BadInputError, MigcardsError
from ocr.reading import CardReading, Origin, Refused
from ocr.worker_pool import Crash, Workers, raised

if TYPE_CHECKING:
    from pandas import DataFrame
    from sqlalchemy import Engine

    from ocr.confidence.acceptance import AcceptancePolicy
    from ocr.forms.definition import Form
    from ocr.page import PageJob
    from ocr.preprocess.load import FileInfo
    from reports.table import Table

J = TypeVar("J")
R = TypeVar("R")
ScanPath: TypeAlias = str | Path
ProgressCallback: TypeAlias = Callable[[int, int], None]

PAGE_TIMEOUT_S = 60.0
"""Seconds one page may take in a worker process, as the setting `page_timeout_s` has it by default."""


def load_forms(folder: ScanPath | None = None) -> tuple[Form, ...]:
    """The card forms that are known: those that come with the program, and those of a folder besides.

    Parameters
    ----------
    folder
        With form definitions of one's own (``*.toml``, docs/forms.md).

    Raises
    ------
    BadFormError
        A definition cannot be used.

    Examples
    --------
    >>> for form in load_forms():
    ...     print(form.id, len(form.fields), "fields")
    card-2008 20 fields
    revised-back 0 fields
    revised-departure 21 fields
    revised-return 21 fields
    """
    from ocr.forms import definition

    return definition.load_forms(Path(folder) if folder is not None else definition.FORMS_DIR)


def read_cards(
    paths: ScanPath | Iterable[ScanPath],
    *,
    forms: ScanPath | None = None,
    store: Engine | None = None,
    workers: int = 1,
    progress: ProgressCallback | None = None,
) -> list[CardReading | Refused]:
    """Read scans: JPEG, PNG, TIFF or PDF, many pages or one.

    Parameters
    ----------
    paths
        One file or folder, or several. Folders are read with all below them, files in natural order.
    forms
        Folder with form definitions of one's own.
    store
        Accept values as `migcards run` does for this store: by the calibration in force there, less what its audits
        have stopped, and with the settings of the working directory. Without it by the calibration that comes with the
        program, and nothing is drawn for the audit.
    workers
        Processes that read. With 1 the cards are read in this process, where a file that crashes a decoder takes it
        down. With more, a script must begin its work under ``if __name__ == "__main__":``, as for all of Python's
        process pools.
    progress
        Called after each page with the pages read so far and the number of all.

    Returns
    -------
    list of CardReading or Refused
        One for each page, in the order of the files and their pages; a file that cannot be opened is one `Refused`.

    Raises
    ------
    BadInputError
        A path does not exist or a folder cannot be listed.
    BadFormError
        A form definition cannot be used.

    Examples
    --------
    >>> for card in read_cards("scans"):
    ...     print("refused:" if isinstance(card, Refused) else "read:", card.origin.path)
    read: scans/fault-skew.jpg
    refused: scans/refused-too-dark.png
    >>> card = read_cards("scans/fault-skew.jpg")[0]
    >>> sex = card.field("sex")
    >>> sex.value, sex.accepted, round(sex.probability, 2)
    ('F', True, 1.0)
    """
    from migcards.saver import version_with
    from ocr import page
    from ocr.forms.definition import FORMS_DIR
    from ocr.preprocess.discover import discover
    from ocr.preprocess.load import probe

    policy, audit_share, network = _acceptance(store)
    folder = FORMS_DIR if forms is None else Path(forms)
    load_forms(folder)  # a bad form ends it here, not once a page
    files = discover([Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)])
    work = partial(
        page.read_page, acceptor=policy, forms_dir=folder, audit_share=audit_share, network=network, today=date.today()
    )
    with Workers(workers, PAGE_TIMEOUT_S) as pool:
        opened = _each(files, probe, pool, page.crashed_file)
        jobs = [job for file in opened if not isinstance(file, Refused) for job in _pages(file)]
        results = iter(_each(jobs, work, pool, page.crashed_page, progress))
    software = version_with(policy)
    cards: list[CardReading | Refused] = []
    for path, file in zip(files, opened, strict=True):
        if isinstance(file, Refused):
            cards.append(replace(file, origin=Origin(path, None, None, software)))
        else:
            pages = [next(results) for _ in range(file.pages)]
            cards += [replace(p.outcome, origin=Origin(path, p.dpi, p.size, software)) for p in pages]
    return cards


def save(
    store: Engine, readings: Iterable[CardReading | Refused], *, forms: ScanPath | None = None, note: str = ""
) -> None:
    """Keep readings in a store, as `migcards run` does: what is accepted counts, the rest waits for people.

    Each page is one transaction. A page that the store has already is not kept twice.

    Parameters
    ----------
    readings
        Of `read_cards`, which notes where each came from.
    forms
        The folder that they were read with.
    note
        A word about them, kept with the run.

    Raises
    ------
    BadInputError
        A reading does not say where it came from.
    StoreError
        The database fails.

    Examples
    --------
    >>> store = open_store("sqlite:///cards.db")
    >>> save(store, read_cards("scans", store=store))
    """
    from sqlalchemy.orm import Session

    from migcards.saver import InBatch, Ingestion, Saver
    from ocr.forms.definition import FORMS_DIR
    from ocr.page import PageJob, PageResult
    from store.cards import finish_run, start_run

    policy, _, _ = _acceptance(None)  # decides nothing here: what was accepted stands in the readings
    how = Ingestion(store, policy, FORMS_DIR if forms is None else Path(forms))
    with Session(store) as session, session.begin():
        run = start_run(session, "migcards.save", note)
    savers: dict[str, Saver] = {}  # one for each version that read
    for page in readings:
        origin = page.origin
        if origin is None:
            raise BadInputError(f"The reading of {page.scan} does not say which file it came from.")
        job = PageJob(origin.path.absolute(), page.scan.sha256, page.scan.page)
        if origin.software not in savers:
            savers[origin.software] = Saver(replace(how, software=origin.software), run)
        savers[origin.software].save([InBatch(PageResult(job, page, origin.dpi, origin.size))])
    with Session(store) as session, session.begin():
        finish_run(session, run)


def open_store(url: str) -> Engine:
    """Open a database and create its tables, or bring them to this version.

    Parameters
    ----------
    url
        SQLAlchemy's address: ``sqlite:///cards.db`` or ``postgresql://user@host/name``.

    Raises
    ------
    StoreError
        The database cannot be opened, was written by a newer version, or holds somebody else's tables.
    """
    from store import engine

    return engine.open_store(url)


def build_table(
    store: Engine, table: str, first: str, last: str | None = None, *, purposes: Sequence[str] = ()
) -> Table:
    """Build one of the standard tables from what the store holds.

    Parameters
    ----------
    table
        ``T1`` and so on (docs of `migcards report`).
    first
        The period: ``2026``, ``2026-Q1``, ``2026-H1``, ``2026-03`` or ``2026-03-15``.
    last
        Where the period is longer: it goes from the first day of `first` to the last day of `last`.
    purposes
        Keeps the departures for one of these purposes of travel, by their codes: ``["1"]`` for labour migration.

    Raises
    ------
    BadInputError
        There is no such table, period or purpose, or the table is none that is made by purpose.

    Examples
    --------
    >>> table = build_table(open_store("sqlite:///cards.db"), "T13", "2012", "2026")
    >>> for row, cells in zip(table.rows[:3], table.cells):
    ...     print(row.label.en, cells[0])
    Sheets received for processing (all time) 2
    cover sheets of batches 0
    blank sheets and back sides 0
    """
    from sqlalchemy.orm import Session

    from reports.build import build
    from reports.period import parse_range
    from store.engine import read_only

    period = parse_range(first, first if last is None else last)
    with Session(read_only(store)) as session:
        return build(session, table, period.start, period.end, purposes=purposes)


def build_pivot(
    store: Engine | ScanPath,
    rows: Sequence[str],
    columns: Sequence[str] = (),
    *,
    first: str,
    last: str | None = None,
    where: Mapping[str, Sequence[str]] = MappingProxyType({}),
    measure: str = "cards",
    sort: int = 0,
    estimate: bool = False,
) -> Table:
    """Build a table of any parameters of the cards by any others.

    Parameters
    ----------
    store
        An open store, or a file that `migcards freeze` wrote, which is faster for many tables.
    estimate
        Cards in doubt count, too, each number with its margin (docs/estimation.md); takes an open store.
    rows, columns
        Names of parameters, outer first: ``region``, ``occupation:3``, ``month``, ``age:0-17,18-29,30+`` and so on
        (docs/pivot.md).
    first, last
        The period, as in `build_table`.
    where
        Keeps the cards with these codes, by parameter; ``not_stated``, ``not_classified`` and ``awaiting`` are those
        without one.
    measure
        ``cards``, ``row_share``, ``column_share``, ``share``, ``change`` or ``balance``.
    sort
        Number of the column to sort by, the largest first; below 0 the smallest first.

    Raises
    ------
    BadInputError
        There is no such parameter, code or period, or the table cannot be made of them.

    Examples
    --------
    >>> table = build_pivot(open_store("sqlite:///cards.db"), ["region"], ["sex"], first="2012", last="2026")
    >>> int(as_frame(table)["Total"].iloc[0])
    1
    """
    from tempfile import TemporaryDirectory

    from sqlalchemy.orm import Session

    from reports import pivot
    from reports.cube import Cube
    from reports.measures import Measure
    from reports.period import parse_range
    from reports.selections import read_selections
    from store.engine import read_only
    from store.frozen import freeze, open_frozen

    if measure not in {*Measure}:
        raise BadInputError(f"{measure!r} is no measure; there are {', '.join(Measure)}.")
    only = read_selections(f"{name}={code}" for name, codes in where.items() for code in codes)
    period = parse_range(first, first if last is None else last)
    asked = pivot.Pivot(period, tuple(rows), tuple(columns), only, Measure(measure), sort)
    if isinstance(store, str | Path):
        if estimate:
            raise BadInputError(
                "Estimates need the doubts, which a store has and no frozen record: give the open store."
            )
        return pivot.build_pivot(Cube(open_frozen(Path(store))), asked).table
    with TemporaryDirectory() as folder, Session(read_only(store)) as session:
        cube = Cube(freeze(session, Path(folder) / "record.parquet"))
        return pivot.build_pivot(cube, asked, estimate=session if estimate else None).table


def as_frame(table: Table, language: str = "en") -> DataFrame:
    """A table as a pandas DataFrame with its heads in one language.

    Parameters
    ----------
    language
        ``ru``, ``tg`` or ``en``.

    Returns
    -------
    pandas.DataFrame
        Numbers, ``<NA>`` where there is nothing to compute; ``frame.attrs`` holds title, period and notes.

    Raises
    ------
    ToolMissingError
        pandas is not installed; it comes with ``pip install 'migcards[frames]'``.
    BadInputError
        The tables do not have the language.

    Examples
    --------
    >>> frame = as_frame(build_table(open_store("sqlite:///cards.db"), "T13", "2012", "2026"))
    >>> int(frame["sheets"].iloc[0])
    2
    """
    from reports.writers import frame

    return frame.as_frame(table, language)


def _acceptance(store: Engine | None) -> tuple[AcceptancePolicy, float, Path]:
    """What may stand without a person, the share of it that is drawn for the audit, and the network that reads."""
    from ocr.confidence.acceptance import AcceptancePolicy
    from ocr.confidence.calibration import load_calibration
    from ocr.extract.network import MODELS

    if store is None:
        return AcceptancePolicy(load_calibration()), 0.0, MODELS
    from sqlalchemy.orm import Session

    from migcards.drift_monitor import drift_report
    from migcards.networks import network_in_force
    from migcards.settings import read_settings
    from store.calibrations import in_force
    from store.engine import read_only

    settings = read_settings()
    with Session(read_only(store)) as session:
        now = in_force(session)
        stopped = drift_report(session, now, settings.target_errors).stopped
        network = network_in_force(session)
    return AcceptancePolicy(now.calibration, settings.target_errors, stopped), settings.audit_share, network


def _pages(file: FileInfo) -> Iterator[PageJob]:
    from ocr.page import PageJob

    return (PageJob(file.path, file.sha256, page) for page in range(file.pages))


def _each(
    jobs: Sequence[J],
    work: Callable[[J], R],
    pool: Workers,
    on_crash: Callable[[J, Crash], R],
    progress: ProgressCallback | None = None,
) -> list[R]:
    """The results of all jobs in their order, made in this process or in several."""
    done: dict[J, R] = {}
    for job, result in pool.run(jobs, work, on_crash=on_crash) if pool.count > 1 else _here(jobs, work, on_crash):
        done[job] = result
        if progress is not None:
            progress(len(done), len(jobs))
    return [done[job] for job in jobs]


def _here(jobs: Sequence[J], work: Callable[[J], R], on_crash: Callable[[J, Crash], R]) -> Iterator[tuple[J, R]]:
    """Do the jobs in this process; one that fails fails alone, as in the pool.

    On one thread, as in the pool: sums over several are rounded in another order, and a reading differs in its last
    digits.
    """
    with threadpool_limits(1):
        for job in jobs:
            try:
                yield job, work(job)
            except MigcardsError:
                raise
            except Exception as error:
                yield job, on_crash(job, raised(error))
