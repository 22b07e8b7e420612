"""Read a folder of scans with two processes into an SQLite database.

    python examples/folder_to_sqlite.py SCANS cards.db

Running it again changes nothing. The same database serves `migcards queue`, `migcards serve` and `migcards report`.
"""

from __future__ import annotations

import sys

from migcards import Refused, open_store, read_cards, save


def main(scans: str, database: str) -> None:
    """Read all pages below a folder."""
    store = open_store(f"sqlite:///{database}")
    cards = read_cards(scans, store=store, workers=2, progress=lambda done, total: print(f"{done} of {total}"))
    save(store, cards)
    refused = [card for card in cards if isinstance(card, Refused)]
    print(f"{len(cards) - len(refused)} cards in {database}, {len(refused)} sheets to scan again")


if __name__ == "__main__":  # needed: the processes import this file
    main(*sys.argv[1:])
