"""Why a job has no result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ocr.errors import MigcardsError, trace_of


class WorkerStartError(MigcardsError):
    """Worker processes end before they take a job."""

    advice = "What they printed before this message says why."


@dataclass(frozen=True)
class Crash:
    """Why a job has no result.

    Attributes
    ----------
    kind
        Whether the job raised, its worker died of it, it took too long, or memory ran out: that which a worker may
        take, or the machine's (the system kills for that).
    words
        What happened. No exception's message: it may quote what stands on a card.
    trace
        Where it was raised, outermost call first (`ocr.errors.trace_of`); empty where nothing was.
    """

    kind: Literal["raised", "died", "timed_out", "out_of_memory"]
    words: str
    trace: tuple[str, ...] = ()


def raised(error: Exception, what: str = "") -> Crash:
    """What a job that raised comes to: the error's kind and place, never its message."""
    trace = trace_of(error)
    place = trace[-1].partition(" ")[0] if trace else "nowhere"
    return Crash("raised", f"{what}{type(error).__name__} at {place}", trace)
