"""The counts of one run."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field

from ocr.reading import CardReading, Refused, Why
from texts import Language, say


@dataclass
class RunTally:
    """Running counts of one run; `sheets` is always the sum of `read`, `known` and `refused`.

    `unmeasured` counts answers by reader and version where no calibration holds for that version.
    """

    sheets: int = 0
    read: int = 0
    known: int = 0
    refused: int = 0
    accepted: int = 0
    review: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    unmeasured: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add_known(self) -> None:
        """Count one page that need not be read."""
        self.sheets += 1
        self.known += 1

    def add(self, outcome: CardReading | Refused) -> None:
        """Count one page."""
        self.sheets += 1
        if isinstance(outcome, Refused):
            self.refused += 1
            self.reasons[outcome.reason.value] = self.reasons.get(outcome.reason.value, 0) + 1
        else:
            self.read += 1
            self.accepted += sum(reading.accepted for reading in outcome.fields)
            self.review += sum(not reading.accepted for reading in outcome.fields)
            unmeasured = (f for f in outcome.fields if Why.UNMEASURED in f.review)
            self.unmeasured.update((f.reader, f.reader_version) for f in unmeasured)

    def as_json(self, seconds: float) -> str:
        """The counts for programs."""
        numbers = asdict(self) | {"unmeasured": [[*key, n] for key, n in sorted(self.unmeasured.items())]}
        return json.dumps(numbers | {"seconds": round(seconds, 1)})

    def as_text(self, seconds: float, language: Language) -> str:
        """The counts for people."""
        numbers = {
            "total": self.sheets,
            "read": self.read,
            "known": self.known,
            "refused": self.refused,
            "accepted": self.accepted,
            "review": self.review,
            "time": round(seconds, 1),
        }
        lines = [f"{say(f'run.{key}', language):40}{number:>10}" for key, number in numbers.items()]
        named = {say(f"refusal_name.{reason}", language): n for reason, n in sorted(self.reasons.items())}
        lines += [f"    {name:36}{count:>10}" for name, count in named.items()]
        after = "run.next_rescan" if self.refused and not self.read else "run.next"
        return "\n".join([*lines, say(after, language)])
