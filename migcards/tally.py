"""The counts of one run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from migcards.saver import SavedPage
from ocr.reading import Refusal, Refused, Why
from texts import Language, say


@dataclass
class RunTally:
    """Running counts of one run; `sheets` is always the sum of `read`, `known`, `refused`, `covers` and
    `backs`.

    `duplicates` are cards among those read that had been scanned before: nothing of them counts or waits, but for the
    number of some. `review` is what the queue holds of this run. `unmeasured` counts answers by reader and version
    where no calibration holds for that version. `batch` is the id of the batch of sheets that come after these.
    """

    sheets: int = 0
    read: int = 0
    known: int = 0
    refused: int = 0
    covers: int = 0
    backs: int = 0
    duplicates: int = 0
    accepted: int = 0
    review: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    unmeasured: Counter[tuple[str, str]] = field(default_factory=Counter)
    batch: int | None = None

    def add_known(self) -> None:
        """Count one page that need not be read."""
        self.sheets += 1
        self.known += 1

    def add(self, page: SavedPage) -> None:
        """Count one page."""
        self.sheets += 1
        outcome = page.outcome
        if isinstance(outcome, Refused) and outcome.reason is Refusal.COVER_SHEET:
            self.covers += 1
        elif isinstance(outcome, Refused):
            self.refused += 1
            self.reasons[outcome.reason.value] = self.reasons.get(outcome.reason.value, 0) + 1
        else:
            self.read += 1
            self.duplicates += page.duplicate
            self.accepted += 0 if page.duplicate else sum(reading.accepted for reading in outcome.fields)
            self.review += page.waiting
            unmeasured = (f for f in outcome.fields if Why.UNMEASURED in f.review)
            self.unmeasured.update((f.reader, f.reader_version) for f in unmeasured)

    def put_aside(self, backs: Mapping[Refusal, int]) -> None:
        """Count pages that were refused as the backs of sheets instead, by why they were."""
        for reason, number in backs.items():
            self.refused -= number
            self.backs += number
            self.reasons[reason.value] -= number
        self.reasons = {reason: number for reason, number in self.reasons.items() if number}

    def as_json(self, seconds: float) -> str:
        """The counts for programs."""
        numbers = asdict(self) | {"unmeasured": [[*key, n] for key, n in sorted(self.unmeasured.items())]}
        del numbers["batch"]  # which says nothing to others
        return json.dumps(numbers | {"seconds": round(seconds, 1)})

    def as_text(self, seconds: float, language: Language) -> str:
        """The counts for people."""
        numbers = {
            "total": self.sheets,
            "covers": self.covers,
            "backs": self.backs,
            "read": self.read,
            "duplicates": self.duplicates,
            "known": self.known,
            "refused": self.refused,
            "accepted": self.accepted,
            "review": self.review,
            "time": round(seconds, 1),
        }
        rare = ("covers", "backs", "duplicates")
        shown = {key: number for key, number in numbers.items() if number or key not in rare}
        lines = [f"{say(f'run.{key}', language):40}{number:>10}" for key, number in shown.items()]
        named = {say(f"refusal_name.{reason}", language): n for reason, n in sorted(self.reasons.items())}
        lines += [f"    {name:36}{count:>10}" for name, count in named.items()]
        after = "run.next_rescan" if self.refused and not self.read else "run.next"
        return "\n".join([*lines, say(after, language)])
