"""How many files there are to read, counted beside the reading of the first: a share is slow to list."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from migcards.addresses import is_address
from migcards.patterns import is_pattern
from migcards.zips import ZIP
from ocr.preprocess.discover import EXTENSIONS, files_below, is_named


class FileCount:
    """Counts the files of folders in a thread of its own; what zip files and addresses hold shows as they are read."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self.number: int | None = None
        threading.Thread(target=self._count, args=(addresses,), daemon=True).start()

    def __call__(self) -> int | None:
        """The number of files; None as long as nobody knows."""
        return self.number

    def _count(self, addresses: Sequence[str]) -> None:
        numbers = [_number(address) for address in addresses]
        self.number = None if None in numbers else sum(number or 0 for number in numbers)


def _number(address: str) -> int | None:
    if is_address(address) or is_named(address, {ZIP}):
        return None
    path = Path(address)
    if not path.is_dir():
        return None if is_pattern(address) else 1
    number = 0
    for file in files_below(path, lambda error: None, EXTENSIONS | {ZIP}):
        if is_named(file.name, {ZIP}):
            return None
        number += 1
    return number
