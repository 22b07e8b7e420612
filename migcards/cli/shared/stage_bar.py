"""How far a long command has come."""

from __future__ import annotations

from collections.abc import Mapping

from tqdm import tqdm


class StageBar:
    """A bar for each stage of the work; where there is no screen none is shown.

    Used in a ``with`` statement and called with a stage, what is done of it and how much there is to do.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        """`names` are what the stages are called before people."""
        self._names = names
        self._bar: tqdm[None] | None = None
        self._stage = ""

    def __enter__(self) -> StageBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show how far it is."""
        if self._bar is None or stage != self._stage:
            self.__exit__()
            self._stage, self._bar = stage, tqdm(total=total, desc=self._names[stage], disable=None)
        self._bar.update(done - self._bar.n)
