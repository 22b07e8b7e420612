"""The bar that shows how far a run is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from tqdm import tqdm

from migcards.ingest import Progress
from migcards.pace import Pace
from migcards.tally import RunTally
from texts import Language, say
from texts.formats import write_duration


@contextmanager
def sheet_bar(language: Language, files: Callable[[], int | None], *, quiet: bool) -> Iterator[Progress]:
    """A bar of sheets on the screen; yields what is called whenever their numbers have changed.

    Parameters
    ----------
    files
        Says how many files there are, None as long as nobody knows.
    """
    pace = Pace()
    form = "{desc}: {n_fmt}/{total_fmt} |{bar}| {elapsed}{postfix}"
    with tqdm(unit="", desc=say("run.progress", language), disable=quiet or None, bar_format=form) as bar:

        def progress(tally: RunTally, more: int) -> None:
            nonlocal pace
            number = files()
            total = None if number is None else number + more
            if (tally.sheets, total) == (bar.n, bar.total):
                return
            pace = pace.at(monotonic(), tally.read + tally.refused)
            bar.total = total
            bar.set_postfix_str(f"{_left(pace, tally, total, language)}{_counts(tally, language)}", refresh=False)
            bar.update(tally.sheets - bar.n)

        yield progress


def _left(pace: Pace, tally: RunTally, total: int | None, language: Language) -> str:
    """The time that is left, as far as it is known."""
    seconds = None if total is None else pace.left_s(total - tally.sheets)
    return "" if seconds is None else f"{say('run.left', language, time=write_duration(seconds))}, "


def _counts(tally: RunTally, language: Language) -> str:
    return say("run.postfix", language, accepted=tally.accepted, review=tally.review, refused=tally.refused)
