"""What a table is made by, and where in it a card lies.

Records hold places as people settled them, even against each other. In a table a place stands under nothing but what it
lies in: a district of another region is none of the region's, and counts as not in the classification there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from reports.levels import MISSING, NOT_CLASSIFIED, Code, Level, Path
from store.record_values import LIES_IN


@dataclass(frozen=True)
class TableShape:
    """What a table is made by.

    Attributes
    ----------
    stub, columns
        Levels of its rows and of its columns, outer first.
    fixed
        Values of which all its cards have one, by column of the record.
    """

    stub: tuple[Level, ...]
    columns: tuple[Level, ...]
    fixed: Mapping[str, Collection[str]]

    @property
    def levels(self) -> tuple[Level, ...]:
        """All levels, those of the rows first."""
        return (*self.stub, *self.columns)

    def paths(self, codes: Sequence[Code]) -> tuple[Path, Path]:
        """Row and column in which a card lies that has these codes, in the order of `levels`."""
        rows = len(self.stub)
        return self._path(self.stub, codes[:rows]), self._path(self.columns, codes[rows:])

    def possible(self, codes: Sequence[Code], having: Collection[str]) -> bool:
        """Whether places among the codes of a card lie where its other codes say, and its fixed values.

        Parameters
        ----------
        having
            The columns of which the card has a fixed value; of the others it has another one.
        """
        around = self._around()
        for level, code in zip(self.levels, codes, strict=True):
            outer = LIES_IN.get(level.column)
            held = outer not in self.fixed or outer in having
            if _lies_elsewhere(level, code, around) is held:
                return False
            around[level.column] = code
        return True

    def _around(self) -> dict[str, Code]:
        """What all cards have for certain."""
        return {name: one for name, values in self.fixed.items() if len(values) == 1 for one in values}

    def _path(self, levels: Sequence[Level], codes: Sequence[Code]) -> Path:
        """Codes up to the first that is no category."""
        around = self._around()
        kept: list[Code] = []
        for level, code in zip(levels, codes, strict=True):
            kept.append(NOT_CLASSIFIED if _lies_elsewhere(level, code, around) else code)
            if kept[-1] in MISSING:
                break
            around[level.column] = code
        return tuple(kept)


def divides(outer: Level, inner: Level) -> bool:
    """Whether a level is a finer one of another: of the same column, or places within places."""
    return inner.column == outer.column or LIES_IN.get(inner.column) == outer.column


def _lies_elsewhere(level: Level, code: Code, around: Mapping[str, Code]) -> bool | None:
    """Whether a place lies in something else than stands around it; its code begins with what it lies in.

    None where that is not known, or no place.
    """
    outer = around.get(LIES_IN.get(level.column, ""))
    return None if outer in MISSING or code in MISSING else not str(code).startswith(str(outer))
