"""Made-up records with every odd answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.recount.words import AGES, DICTIONARIES, names_in

FIRST_YEAR, YEARS = 2013, 6


def odd_records(cards: int, seed: int) -> pd.DataFrame:
    """Records in which every answer of every column stands beside any answer of the others."""
    rng = np.random.default_rng(seed)
    columns = {name: _drawn(rng, answers, cards) for name, answers in _answers().items()}
    own: Any = [str(district)[:5] if len(district or "") > 4 else None for district in columns["district"]]
    columns["region"] = np.where(rng.random(cards) < 0.5, own, columns["region"])  # else few districts lie in theirs
    frame = pd.DataFrame(columns | {"direction": rng.choice(["D", "D", "A", ""], cards)}, dtype=object)
    return frame.assign(**_crossed(rng, cards))


def _answers() -> dict[str, list[str | None]]:
    odd: dict[str, list[str | None]] = {name: ["", "?", None, "TJ-XX"] for name in DICTIONARIES}
    odd["occupation"] += ["7*", "71*", "X*", "9", "9*"]
    odd["district"] += ["TJ-SU*", "TJ-KT*"]
    odd["destination"] += ["RU*", "KZ*"]
    odd["country"] += ["RU"] * 200
    coded: dict[str, list[str | None]] = {name: [*names_in(of), *odd[name]] for name, of in DICTIONARIES.items()}
    return coded | {"age_group": [*(f"{a}-{b}" for a, b in AGES), "", "?", "<0", ">110", None]}


def _drawn(rng: np.random.Generator, answers: list[str | None], number: int) -> Any:
    return np.array(answers, object)[rng.integers(0, len(answers), number)]


def _crossed(rng: np.random.Generator, cards: int) -> dict[str, Any]:
    """Days on which each may have been stamped: one, those of a month or a year, or any."""
    day = np.datetime64(f"{FIRST_YEAR}-01-01") + rng.integers(0, 365 * YEARS, cards).astype("timedelta64[D]")
    known = rng.choice(["no", "year", "month", "day"], cards, p=[0.04, 0.04, 0.08, 0.84])
    first, last = day.copy(), day.copy()
    for unit, name in (("Y", "year"), ("M", "month")):
        whole = day.astype(f"datetime64[{unit}]")
        first = np.where(known == name, whole.astype(day.dtype), first)
        last = np.where(known == name, (whole + 1).astype(day.dtype) - 1, last)
    nothing = np.datetime64("NaT")
    return {
        "crossing_first": np.where(known == "no", nothing, first).astype("datetime64[s]"),
        "crossing_last": np.where(known == "no", nothing, last).astype("datetime64[s]"),
    }
