"""From scans of handwritten migration cards to statistics, in three lines.

>>> from migcards import Refused, read_cards
>>> for card in read_cards("scans"):
...     print(card.reason if isinstance(card, Refused) else card.field("sex").value)
F
too_dark

`read_cards` reads files and folders. Of every page comes a `CardReading`, with a `FieldReading` for each field of the
card (its value, the probability that it is right, and why a person must look, where one must), or a `Refused`, with the
reason for which the sheet has to be scanned again.

`load_forms` tells which cards are known and what their fields are called. `open_store` opens a database, SQLite or
PostgreSQL, and `save` keeps readings in it, as `migcards run` does: what the machine would not vouch for then waits for
people (`migcards serve`). `build_table` counts one of the standard tables from what holds, `build_pivot` a table of
any parameters by any others, and `as_frame` makes a pandas DataFrame of either.

What goes wrong is a `MigcardsError` that says what to do; a page that cannot be read is no error but a `Refused`.

The cards name people. Names, birth dates and passports are in the readings like everything else: keep them out of logs,
notebooks and anything that leaves the office. The store holds them apart, and no table counts them.

Scripts are in the folder examples, the command line is `migcards --help`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from migcards.api import as_frame, build_pivot, build_table, load_forms, open_store, read_cards, save
    from ocr.errors import MigcardsError
    from ocr.forms.definition import Form as Form
    from ocr.reading import CardReading, FieldReading, Refused
    from reports.table import Table

    __version__: str

__all__ = [
    "CardReading",
    "FieldReading",
    "MigcardsError",
    "Refused",
    "Table",
    "__version__",
    "as_frame",
    "build_pivot",
    "build_table",
    "load_forms",
    "open_store",
    "read_cards",
    "save",
]
"""What `help(migcards)` shows; `Form`, which can be imported too, would add 600 lines of pydantic to it."""

_ELSEWHERE = {
    "CardReading": "ocr.reading",
    "FieldReading": "ocr.reading",
    "Form": "ocr.forms.definition",
    "MigcardsError": "ocr.errors",
    "Refused": "ocr.reading",
    "Table": "reports.table",
}
"""Modules of the names that are not functions of `migcards.api`."""


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that `import migcards` costs nothing."""
    if name == "__version__":
        return import_module("importlib.metadata").version("migcards")
    if name not in _ELSEWHERE and name not in __all__:
        raise AttributeError(f"module 'migcards' has no attribute {name!r}")
    return getattr(import_module(_ELSEWHERE.get(name, "migcards.api")), name)


def __dir__() -> list[str]:
    return sorted({*__all__, *_ELSEWHERE})
