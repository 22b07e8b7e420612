"""Words and names by which rows and columns are called, in English."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import ocr
from texts import say

DICTIONARIES = {
    "region": "regions", "district": "districts", "sex": "sex", "education": "education", "checkpoint": "checkpoints",
    "marital_status": "marital_status", "occupation": "isco08", "sector": "sectors", "country": "countries",
    "destination": "destinations", "purpose": "purposes", "duration": "duration",
}  # fmt: skip
"""Columns of the records by the file that names their codes."""

AGES = [(0, 14), (15, 17), (18, 19), *((a, a + 4) for a in range(20, 65, 5)), (65, 120)]
"""First and last age of the groups."""

_LEXICONS = Path(ocr.__file__).parent / "data" / "lexicons"


@cache
def word(name: str) -> str:
    """A word of the tables, in English."""
    return say(f"report.{name}", "en")


@cache
def names_in(dictionary: str) -> dict[str, str]:
    """English names by code."""
    with (_LEXICONS / f"{dictionary}.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["en"] for row in reversed([*csv.DictReader(file)]) if row["en"]}
