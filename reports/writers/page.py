"""The report page: one file with all it needs, in three languages, that opens without a network and prints on A4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reports.cells import spans, write_cell
from reports.charts import draw
from reports.table import Table, Unit, percent
from texts import LANGUAGES, say_all
from texts.languages import language_name
from texts.templates import templates

_WIDE = 8
"""Tables with more columns than this are printed on landscape pages, those with twice as many in small print."""

_CSS = Path(__file__).parents[1] / "data" / "report.css"
_TEMPLATES = templates(Path(__file__).parent / "templates")


def render_report(tables: Sequence[Table], language: str) -> str:
    """Write tables with their charts as one HTML page.

    The page holds all three languages; buttons switch between them without a script, and `language` is shown first.
    It refers to nothing outside itself, and its own policy forbids the browser to fetch anything.
    """
    return _TEMPLATES.get_template("report.html").render(
        tables=tables,
        language=language,
        languages=LANGUAGES,
        native={language: language_name(language, language) for language in LANGUAGES},
        periods=list(dict.fromkeys(table.period for table in tables)),
        css=_CSS.read_text(encoding="utf-8"),
        wide=_WIDE,
        say=_say,
        figures=_figures,
        draw=draw,
        cell=write_cell,
        spans=spans,
        edges_of=_edges_of,
    )


def _say(key: str, language: str) -> str:
    return say_all(f"report.{key}").of(language)


def _edges_of(table: Table) -> frozenset[int]:
    """Columns before which a line is drawn: the first under each spanning head."""
    return frozenset(start for start, _ in spans(table.columns) if table.columns[start].group)


@dataclass(frozen=True)
class KeyFigure:
    """One of the large numbers at the head of the page, with what stands below it."""

    name: str
    number: str
    below: str


def _figures(tables: Sequence[Table], language: str) -> list[KeyFigure]:
    """The large numbers, as far as the tables hold them."""
    return [figure for table in tables for figure in _figures_of(table, language)]


def _figures_of(table: Table, language: str) -> Iterator[KeyFigure]:
    """From the totals of the flow table, with what they are compared with, and of the age table."""
    if table.id == "T2":
        for start, number in spans(table.columns):
            column = table.columns[start]
            value = write_cell(table.totals[start], column.unit, language)
            below = ""
            if number > 1:
                beside = table.columns[start + 1]
                compared = write_cell(table.totals[start + 1], beside.unit, language)
                below = compared if beside.unit.is_margin else f"{beside.label.of(language)}: {compared}"
            yield KeyFigure((column.group or column.label).of(language), value, below)
    if table.id == "T3" and table.cards:
        women = next(j for j, column in enumerate(table.columns) if column.label == say_all("report.women"))
        share = percent(int(table.totals[women] or 0), table.cards)
        value = write_cell(share, Unit.PERCENT, language)
        count = write_cell(table.totals[women], Unit.COUNT, language)
        crossings = say_all("report.crossings").of(language)
        yield KeyFigure(say_all("report.share_of_women").of(language), f"{value} %", f"{crossings}: {count}")
