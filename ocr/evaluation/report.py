"""An evaluation as tables of words, the same on the screen and on an HTML page without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr.evaluation.confusions import Confusion
from ocr.evaluation.doubtful import LevelFigures
from ocr.evaluation.figures import FieldFigures
from ocr.evaluation.summary import WITHIN_MM, Evaluation, Registered, refused_rightly
from texts.templates import templates

SLIPS = 15
"""How many confusions of letters are shown for combs and for lines."""

_SELDOM = 0.05
"""Times a card at which a field must wait for people at least to be named."""

LEGEND = (
    "exact: value right, with its 95 % interval. reachable: what the dictionaries decode rightly from exactly what was "
    "written. CER: character error rate before dictionaries. accepted: stands without a person. wrong, bound: among "
    "the accepted, with the upper 95 % bound. at target: what a threshold set on these very fields would accept. "
    "ECE: expected calibration error."
)


@dataclass(frozen=True)
class FigureTable:
    """A title, column heads and rows of cells; the first column is words, all others are numbers."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class _Column:
    head: str
    cell: Callable[[FieldFigures], str]


def tables(evaluation: Evaluation) -> list[FigureTable]:
    """All tables of an evaluation."""
    slips = (
        _slips("in combs", [slip for slip in evaluation.confusions if slip.style == "comb"]),
        _slips("on lines", [slip for slip in evaluation.confusions if slip.style == "line"]),
    )
    return [
        FigureTable("cards", ("", "cards", "of", "share"), _cards(evaluation)),
        FigureTable("fields of a card that people must key", ("", "a card"), _to_key(evaluation)),
        *(_figures(split.title, split.rows) for split in evaluation.splits),
        *(table for table in slips if table.rows),
        _figures("by kind", evaluation.by_kind),
        _figures("by field", evaluation.by_field),
        _levels(evaluation.by_level),
    ]


def as_text(made: Iterable[FigureTable]) -> list[str]:
    """Tables as lines, columns aligned."""
    lines: list[str] = []
    for table in made:
        grid = [("", *table.heads[1:]), *table.rows]
        widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
        lines += ["", table.title]
        lines += [
            "  ".join(c.ljust(w) if not i else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True)))
            for row in grid
        ]
    return [*lines, "", LEGEND]


def as_page(title: str, made: Sequence[FigureTable], pictures: Sequence[tuple[str, str]]) -> str:
    """Tables and then pictures as HTML.

    Parameters
    ----------
    pictures
        File name, relative to the page, and caption of each.
    """
    page = templates(Path(__file__).parent / "templates").get_template("evaluation.html")
    return page.render(title=title, legend=LEGEND, tables=made, pictures=pictures)


def _figures(title: str, rows: Sequence[FieldFigures]) -> FigureTable:
    columns = [
        _Column("n", lambda row: str(row.count)),
        _Column("exact", lambda row: _share(row.exact)),
        _Column("95 %", lambda row: f"{row.exact_low:.1%}–{row.exact_high:.1%}"),
        _Column("reachable", lambda row: _share(row.reachable)),
        _Column("tesseract", lambda row: _share(row.beside)),
        _Column("CER", lambda row: _share(row.cer)),
        _Column("accepted", lambda row: _share(row.accepted)),
        _Column("wrong", lambda row: _share(row.wrong)),
        _Column("bound", lambda row: _share(row.wrong_bound)),
        _Column("at target", lambda row: _share(row.at_target_error)),
        _Column("ECE", lambda row: "—" if row.ece is None else f"{row.ece:.3f}"),
    ]
    shown = [c for c in columns if c.head not in ("reachable", "tesseract") or any(c.cell(r) != "—" for r in rows)]
    return FigureTable(
        title,
        ("", *(column.head for column in shown)),
        tuple((row.name, *(column.cell(row) for column in shown)) for row in rows),
    )


def _levels(rows: Sequence[LevelFigures]) -> FigureTable:
    cells = tuple(
        (
            f"{row.field}, {row.level}",
            *(str(row.doubtful), str(row.settled), _share(row.settled / row.doubtful if row.doubtful else None)),
            *(str(row.wrong), _share(row.wrong_bound)),
        )
        for row in rows
    )
    heads = ("", "doubtful", "settled", "share", "wrong", "bound")
    return FigureTable("doubtful fields that are settled at a coarser level", heads, cells)


def _cards(evaluation: Evaluation) -> tuple[tuple[str, ...], ...]:
    found = evaluation.registered
    unreadable, rightly = refused_rightly(evaluation)

    def row(name: str, part: int, whole: int) -> tuple[str, ...]:
        return name, str(part), str(whole), f"{part / whole:.2%}" if whole else "—"

    odd = [(e, o, n) for (e, o), n in evaluation.refusals.items() if e != o]
    return (
        row("readable", found.readable, evaluation.pages),
        row("read", found.read, found.readable),
        *((row(f"registered within {WITHIN_MM} mm", found.within, found.readable),) if found.located else ()),
        row("read on the wrong form", found.wrong_form, found.read),
        row("read upside down", found.wrong_rotation, found.read),
        row("refused for the right reason", rightly, unreadable),
        *(row(f"  should be {expected}, was {outcome}", n, evaluation.pages) for expected, outcome, n in odd),
        row("ticks wrong among accepted", evaluation.wrong_ticks, evaluation.ticks),
        *(_places(found) if found.located else ()),
    )


def _to_key(evaluation: Evaluation) -> tuple[tuple[str, ...], ...]:
    """How many fields of a card wait for people: all, then those that wait most often."""
    cards = max(1, evaluation.registered.read - evaluation.registered.wrong_form)
    waiting = [(row.name, row.count * (1 - row.accepted) / cards) for row in evaluation.by_field]
    often = sorted((row for row in waiting if row[1] >= _SELDOM), key=lambda row: -row[1])
    rest = sum(share for _, share in waiting if share < _SELDOM)
    rows = [("all", sum(share for _, share in waiting)), *often, *([("others", rest)] if rest else [])]
    return tuple((name, f"{share:.2f}") for name, share in rows)


def _places(found: Registered) -> tuple[tuple[str, ...], ...]:
    """How far zones lie from where the truth says."""
    return (
        ("offset of a card in mm: median", f"{found.median_mm:.3f}", "", ""),
        ("offset of a card in mm: p99, max", f"{found.p99_mm:.3f}", f"{found.worst_mm:.3f}", ""),
        (f"zone corners within {WITHIN_MM} mm", "", "", f"{found.corners_within:.2%}"),
        ("farthest zone corner in mm", f"{found.farthest_mm:.2f}", "", ""),
    )


def _slips(what: str, found: Sequence[Confusion]) -> FigureTable:
    def words(slip: Confusion) -> str:
        if not slip.read:
            return f"{slip.written} lost"
        return f"{slip.written} read as {slip.read}" if slip.written else f"{slip.read} added"

    rows = tuple(
        (words(slip), str(slip.count), str(slip.among), f"{slip.count / slip.among:.1%}") for slip in found[:SLIPS]
    )
    return FigureTable(f"letters misread {what}", ("", "times", "of", "share"), rows)


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.2%}"
