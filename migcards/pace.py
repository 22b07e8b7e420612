"""How fast a run gets on, and how long the rest will take."""

from __future__ import annotations

from dataclasses import dataclass

STEP_S, KEPT = 2.0, 60
"""The speed is that of the last two minutes, by moments that lie at least so far apart."""


@dataclass(frozen=True)
class Pace:
    """Moments (seconds, sheets read by then) of a run, the oldest first.

    Only sheets that were read count: those known from before are passed in no time and say nothing about the rest.
    """

    moments: tuple[tuple[float, int], ...] = ()

    def at(self, now: float, read: int) -> Pace:
        """With one more moment, unless the last one is too near. Time counts from the first sheet that was read."""
        if read == 0 or (self.moments and now - self.moments[-1][0] < STEP_S):
            return self
        return Pace((*self.moments, (now, read))[-KEPT:])

    @property
    def rate(self) -> float | None:
        """Sheets a second; None until something is known."""
        if len(self.moments) < 2:
            return None
        (began, first), (now, last) = self.moments[0], self.moments[-1]
        return (last - first) / (now - began) or None

    def left_s(self, sheets: int) -> float | None:
        """Seconds that so many sheets will take; None until something is known."""
        return None if self.rate is None else sheets / self.rate
