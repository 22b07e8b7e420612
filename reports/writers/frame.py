"""A table as a pandas DataFrame, for whoever goes on computing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocr.errors import ToolMissingError
from reports.cells import full_head
from reports.table import Table

if TYPE_CHECKING:
    from pandas import DataFrame


def as_frame(table: Table, language: str = "en") -> DataFrame:
    """A table as numbers with its heads in one language.

    Parameters
    ----------
    language
        ``ru``, ``tg`` or ``en``.

    Returns
    -------
    pandas.DataFrame
        Rows and columns in the table's order; counts ``Int64``, percentages ``Float64``, ``<NA>`` where there is
        nothing to compute. The index holds the rows' heads and the columns' names their heads, with the head that
        spans them before. ``frame.attrs`` holds ``id``, ``title``, ``period``, ``provisional`` and ``notes``.

    Raises
    ------
    ToolMissingError
        pandas is not installed.
    BadInputError
        The tables do not have the language.
    """
    try:
        import pandas as pd  # here: only those who ask for frames need it
    except ImportError as error:
        raise ToolMissingError("pandas is not installed; pip install 'migcards[frames]'.") from error
    index = pd.Index([row.label.of(language) for row in table.rows], name=table.stub.of(language))
    columns = [
        pd.Series(numbers, index=index, dtype="Float64" if column.unit.decimals else "Int64")
        for column, numbers in zip(table.columns, zip(*table.cells, strict=True), strict=True)
    ]
    frame = pd.concat(columns, axis=1, keys=[full_head(column, language) for column in table.columns])
    frame.attrs = {
        "id": table.id,
        "title": table.title.of(language),
        "period": table.period.label.of(language),
        "provisional": table.provisional,
        "notes": [note.of(language) for note in table.notes],
    }
    return frame
