"""A made-up population with the shares that have been published, so that pages look as they will."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, create_engine, insert
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from store.record_values import age_group
from store.tables import Base, Card, Record, Scan

# Departures by month in thousands of a year of 735 (2011), spring being the season.
SEASON = (38, 72, 118, 104, 78, 66, 58, 54, 52, 44, 31, 20)
RETURNS = (22, 16, 18, 20, 26, 34, 40, 48, 62, 84, 112, 91)
REGIONS = {"TJ-SU": (33, 18), "TJ-KT": (38, 25), "TJ-RA": (19, 13), "TJ-GB": (6, 8), "TJ-DU": (4, 5)}
COUNTRIES = {"RU": 945, "KZ": 27, "UZ": 9, "KG": 5, "BY": 3, "TR": 4, "AE": 3, "KR": 2, "DE": 1, "PL": 1}
SUBJECTS = {
    "RU-MOW": 25, "RU-MOS": 14, "RU-SPE": 9, "RU-SVE": 7, "RU-TYU": 6, "RU-SAM": 5, "RU-NVS": 5, "RU-KYA": 4,
    "RU-IRK": 3, "RU-CHE": 3, "RU-KHM": 3, "RU-VGG": 2, "RU-KDA": 2, "RU-PRI": 2, "RU-ORE": 2, "RU-TA": 2,
    "RU-NIZ": 1, "RU-KGD": 1, "RU-YAN": 1, "RU-SA": 1,
}  # fmt: skip
TRADES = {
    "7112": 17, "9313": 14, "7115": 6, "7123": 5, "7126": 4, "9622": 7, "9333": 6, "8322": 8, "8332": 3, "5120": 5,
    "5131": 3, "5223": 7, "9112": 5, "7231": 3, "9211": 3, "7531": 2, "2341": 1, "2221": 1, "6113": 2, "9412": 3,
    "4321": 1, "1221": 1, "3113": 1, "7212": 3,
}  # fmt: skip
SECTORS = {"F": 46, "G": 13, "H": 8, "C": 9, "A": 6, "I": 6, "N": 4, "S": 3, "T": 2, "X0": 4, "OTHER": 2}
CHECKPOINTS = {"TJ-A1": 38, "TJ-A2": 27, "TJ-A4": 7, "TJ-A3": 6, "TJ-R2": 7, "TJ-R1": 5, "TJ-U2": 6, "TJ-U1": 3}


def pick(rng: random.Random, weights: dict[str, int]) -> str:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def gaps(rng: random.Random, value: str, empty: float = 0.01, unknown: float = 0.0, waiting: float = 0.02) -> Any:
    """The value, or now and then one of the three answers that are none."""
    dice = rng.random()
    if dice < empty:
        return ""
    if dice < empty + unknown:
        return "?"
    return None if dice < empty + unknown + waiting else value


def crossing(rng: random.Random, year: int, season: tuple[int, ...]) -> date | None:
    month = rng.choices(range(1, 13), season)[0]
    day = date(year, month, 1) + timedelta(days=rng.randrange(28))
    return None if rng.random() < 0.004 else day


def person(rng: random.Random, card_id: int, year: int, direction: str) -> dict[str, Any]:
    region = rng.choices(tuple(REGIONS), [w for w, _ in REGIONS.values()])[0]
    first = 2 if region == "TJ-DU" else 1
    district = f"{region}-{rng.randrange(first, REGIONS[region][1] + 1):02d}"
    woman = rng.random() < 0.115
    country = pick(rng, COUNTRIES)
    leaves = direction == "D"
    said = {
        "card_id": card_id,
        "form": "revised-departure" if leaves else "revised-return",
        "direction": direction,
        "crossing_date": crossing(rng, year, SEASON if leaves else RETURNS),
        "checkpoint": gaps(rng, pick(rng, CHECKPOINTS)),
        "sex": gaps(rng, "F" if woman else "M", 0.003, 0, 0.004),
        "age": None if rng.random() < 0.02 else min(78, max(1, int(rng.lognormvariate(3.36, 0.33)))),
        "region": gaps(rng, region, 0.005, 0, 0.008),
        "district": gaps(rng, district, 0.01, 0.01, 0.05),
        "education": gaps(rng, pick(rng, {"1": 9, "2": 4, "3": 12, "4": 7, "5": 55, "6": 11, "7": 1, "8": 1})),
        "marital_status": gaps(rng, pick(rng, {"1": 36, "2": 59, "3": 1, "4": 4})),
        "occupation": gaps(rng, pick(rng, TRADES), 0.03, 0.04, 0.07),
        "country": gaps(rng, country, 0.004, 0.001, 0.006),
        "destination": gaps(rng, pick(rng, SUBJECTS) if country == "RU" else "", 0.02, 0.01, 0.06),
        "purpose": gaps(rng, pick(rng, {"1": 86, "3": 7, "2": 3, "5": 2, "7": 1, "8": 1})) if leaves else "",
        "sector": gaps(rng, pick(rng, SECTORS), 0.03, 0, 0.02),
        "duration": gaps(rng, pick(rng, {"1": 4, "2": 11, "3": 21, "4": 46, "5": 15, "6": 3})) if leaves else "",
        "stay_months": None if leaves else rng.randrange(2, 20),
        "return_reason": "" if leaves else gaps(rng, pick(rng, {"1": 45, "2": 24, "3": 17, "4": 8, "5": 4, "6": 2})),
        "intends_again": "" if leaves else "1",
        "pending": int(rng.random() < 0.14),
    }
    day = said["crossing_date"]
    return said | {"crossing_first": day, "crossing_last": day, "age_group": age_group(said["age"])}


def population(cards: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Cards of 2025 and 2026, 43.8 % of them returns, the later year 6 % larger."""
    rng = random.Random(seed)
    for card_id in range(1, cards + 1):
        direction = "A" if rng.random() < 0.438 else "D"
        yield person(rng, card_id, 2026 if rng.random() < 0.515 else 2025, direction)


def empty_store() -> Engine:
    """A database in memory that any thread of the test may use."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    return engine


def scan(number: int, outcome: str, reason: str | None) -> dict[str, Any]:
    from datetime import UTC, datetime

    moment = datetime(2027, 1, 15, tzinfo=UTC)
    return {
        "id": number, "sha256": f"{number:064x}", "page": 0, "path": f"{number}.jpg", "dpi": 300.0, "width": 1,
        "height": 1, "loaded_at": moment, "outcome": outcome, "reason": reason, "detail": reason, "run_id": None,
    }  # fmt: skip


def card_of(scan: int) -> dict[str, Any]:
    """The card on a scan, which bears the same number."""
    return {
        "id": scan, "scan_id": scan, "form_id": 1, "form": "revised-departure", "version": "1", "direction": "D",
        "serial": None, "rotation": 0, "residual_mm": 0.1, "broken_rules": [], "edition": 1, "software": "",
        "replaced_by": None,
    }  # fmt: skip


def demo_session(cards: int = 20_000) -> Session:
    """A session on the made-up population."""
    engine = empty_store()
    session = Session(engine)
    session.execute(insert(Record), list(population(cards)))
    session.execute(insert(Card), [card_of(number) for number in range(1, cards + 1)])
    refused = {"blurred": 31, "back_side": 120, "cut_off": 18, "too_faint": 40, "bad_fit": 26, "two_cards": 3}
    rows = [(None, cards), *refused.items()]
    numbered = enumerate((reason for reason, number in rows for _ in range(number)), start=1)
    session.execute(insert(Scan), [scan(i, "refused" if r else "read", r) for i, r in numbered])
    return session
