"""Print a standard table of a period as a pandas DataFrame (pip install 'migcards[frames]').

python examples/table_as_frame.py cards.db T1 2026-01 2026-06
"""

from __future__ import annotations

import sys

from migcards import as_frame, build_table, open_store


def main(database: str, table: str, first: str, last: str) -> None:
    """Build the table and print it whole."""
    frame = as_frame(build_table(open_store(f"sqlite:///{database}"), table, first, last))
    print(frame.attrs["title"], "·", frame.attrs["period"])
    print(frame.to_string())


if __name__ == "__main__":
    main(*sys.argv[1:])
