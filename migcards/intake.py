"""What an operator names, as scan files one after another: files, folders, patterns, zip files and addresses."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from migcards.addresses import files_at, is_address, place_of
from migcards.patterns import Failed, is_pattern, matching
from migcards.scan_file import ScanFile, refused_file
from migcards.zips import ZIP, members
from ocr.errors import BadInputError
from ocr.file_names import as_text
from ocr.preprocess.discover import EXTENSIONS, files_below, is_named
from ocr.reading import Refusal

Listing = Callable[[], Iterator[ScanFile]]

NAMED_SO = EXTENSIONS | {ZIP}


def found(addresses: Sequence[str], spool: Path | None) -> Iterator[ScanFile]:
    """Scan files that these addresses name, each once and in natural order; reading may begin with the first.

    Named files count always; in folders, patterns, zip files and at addresses pictures, PDFs and zip files by their
    extension. Members of zip files and what lies at addresses are copied into `spool` before they are handed out. What
    cannot be had is handed out as refused.

    Parameters
    ----------
    addresses
        Paths of files and folders; patterns with ``*``, ``?``, ``[…]`` and ``**``; addresses that fsspec knows.
    spool
        The archive of originals, if there is one.

    Raises
    ------
    BadInputError
        At once: there is no such file, folder or address, or it needs an archive and there is none.
    ToolMissingError
        At once: a library for such addresses is not installed.
    StoreError
        Later: the archive cannot be written.
    """
    listings = [_listing(address, spool) for address in addresses]
    return _each_once(listings, overlapping=len(addresses) > 1 or any(map(is_pattern, addresses)))


def _each_once(listings: Sequence[Listing], overlapping: bool) -> Iterator[ScanFile]:
    seen: set[tuple[str, Path]] = set()  # a folder alone names nothing twice, and may hold millions
    for listing in listings:
        for file in listing():
            if (file.name, file.path) not in seen:  # members of one zip file may share a name
                yield file
            if overlapping:
                seen.add((file.name, file.path))


def _listing(address: str, spool: Path | None) -> Listing:
    """What lists an address, which is looked at now."""
    if is_address(address):
        archive = _needed(spool, address)
        return partial(files_at, place_of(address), archive)
    path = Path(address).absolute()
    if path.is_dir():
        _check_listable(path)
        return partial(_spread, lambda failed: [path], spool)
    if path.exists():
        if is_named(path.name, {ZIP}):
            _needed(spool, address)
        return partial(file_or_members, path, spool)
    if not is_pattern(address):
        raise BadInputError(f"{as_text(address)} does not exist.")
    if next(matching(str(path), lambda error: None), None) is None:
        raise BadInputError(f"{as_text(address)} matches nothing.")
    return partial(_spread, partial(matching, str(path)), spool)


def _needed(spool: Path | None, address: str) -> Path:
    if spool is None:
        raise BadInputError(
            f"{as_text(address)} needs a place for its originals. Set `archive` in migcards.toml to a folder."
        )
    return spool


def _check_listable(folder: Path) -> None:
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise BadInputError(f"{as_text(folder)} cannot be listed: {error.strerror}.") from error


def _spread(named: Callable[[Failed], Iterable[Path]], spool: Path | None) -> Iterator[ScanFile]:
    """Scans among files and folders that are named and in all below them; at last folders that cannot be listed."""
    failed: list[OSError] = []
    archive = spool and spool.absolute()
    for path in named(failed.append):
        inside = archive is not None and path.is_relative_to(archive)
        for file in files_below(path, failed.append, NAMED_SO) if path.is_dir() else [path]:
            if is_named(file.name, NAMED_SO) and (inside or archive not in file.parents):
                yield from file_or_members(file, spool)
    for error in failed:
        yield refused_file(as_text(error.filename), Refusal.UNAVAILABLE, _why(error))


def file_or_members(path: Path, spool: Path | None) -> Iterator[ScanFile]:
    """A file on this machine; of a zip file its members, as `found` has them."""
    name = as_text(path)
    if not is_named(path.name, {ZIP}) or not path.is_file():
        yield ScanFile(path, name)
    elif spool is None:
        yield refused_file(name, Refusal.UNAVAILABLE, "no_archive")
    else:
        yield from members(path, name, spool)


def _why(error: OSError) -> str:
    match error:
        case PermissionError():
            return "forbidden"
        case FileNotFoundError():
            return "gone"
    return "system_error"
