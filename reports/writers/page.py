"""The report page: one file with all it needs, in three languages, that opens without a network and prints on A4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from reports.cells import spans, write_cell
from reports.charts import draw
from reports.period import Period
from reports.table import Cell, Row, Table, Unit, percent
from texts import LANGUAGES, say_all
from texts.languages import language_name

_WIDE = 8
"""Tables with more columns than this are printed on landscape pages."""


def render_report(tables: Sequence[Table], language: str) -> str:
    """Write tables with their charts as one HTML page.

    The page holds all three languages; buttons switch between them without a script, and `language` is shown first.
    It refers to nothing outside itself, and its own policy forbids the browser to fetch anything.
    """
    title = say_all("report.report_title").of(language)
    menu = escape(say_all("report.language").of(language))
    css = (Path(__file__).parents[1] / "data" / "report.css").read_text(encoding="utf-8")
    checked = ' checked="checked"'
    inputs = "".join(
        f'<input type="radio" name="language" id="lang-{x}"{checked if x == language else ""}/>' for x in LANGUAGES
    )
    labels = "".join(f'<label for="lang-{x}" lang="{x}">{language_name(x, x)}</label>' for x in LANGUAGES)
    articles = "".join(_article(tables, x) for x in LANGUAGES)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8"/>\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>{escape(title)}</title>\n<style>{css}</style>\n</head>\n<body>\n"
        f'{inputs}<nav class="languages" aria-label="{menu}">{labels}</nav>\n'
        f"{articles}</body>\n</html>\n"
    )


def _article(tables: Sequence[Table], language: str) -> str:
    """The whole report in one language."""
    periods = list(dict.fromkeys(table.period for table in tables))
    entries = "".join(
        f'<li><a href="#{language}-{table.id}"><span class="number">{table.id}</span>'
        f"<span>{escape(table.title.of(language))}</span></a></li>"
        for table in tables
    )
    contents = escape(say_all("report.contents").of(language))
    return (
        f'<article lang="{language}" id="{language}">\n<header><p class="country">'
        f"{escape(say_all('report.country_name').of(language))}</p><h1>{escape(say_all('report.report_title').of(language))}</h1>"
        f'<p class="period">{_periods(periods, language)}</p>{_key_figures(tables, language)}</header>\n'
        f'<nav class="contents" aria-label="{contents}"><h2>{contents}</h2><ol>{entries}</ol></nav>\n'
        f"{''.join(_section(table, language) for table in tables)}"
        f"<footer><p>{escape(say_all('report.legend').of(language))}</p>"
        f"<p>{escape(say_all('report.note_source').of(language))}</p></footer>\n</article>\n"
    )


def _periods(periods: Sequence[Period], language: str) -> str:
    return escape(" · ".join(period.label.of(language) for period in periods))


def _key_figures(tables: Sequence[Table], language: str) -> str:
    """The large numbers at the head of the page, as far as the tables hold them."""
    figures = [figure for table in tables for figure in _figures_of(table, language)]
    items = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(number)}<small>{escape(below)}</small></dd></div>"
        for name, number, below in figures
    )
    return f'<dl class="figures">{items}</dl>' if items else ""


def _figures_of(table: Table, language: str) -> Iterator[tuple[str, str, str]]:
    """(name, number, what it is compared with) from the totals of the flow table and of the age table."""
    if table.id == "T2":
        for j in (0, 2, 4):
            column, beside = table.columns[j], table.columns[j + 1]
            group = column.group or column.label
            number = write_cell(table.totals[j], column.unit, language)
            compared = write_cell(table.totals[j + 1], beside.unit, language)
            yield group.of(language), number, f"{beside.label.of(language)}: {compared}"
    if table.id == "T3" and table.cards:
        women = next(j for j, column in enumerate(table.columns) if column.label == say_all("report.women"))
        share = percent(int(table.totals[women] or 0), table.cards)
        number = write_cell(share, Unit.PERCENT, language)
        count = write_cell(table.totals[women], Unit.COUNT, language)
        persons = say_all("report.persons").of(language)
        yield say_all("report.share_of_women").of(language), f"{number} %", f"{persons}: {count}"


def _section(table: Table, language: str) -> str:
    """One table with its heading, chart and notes."""
    anchor = f"{language}-{table.id}"
    picture = draw(table, language, anchor)
    figure = f"<figure>{picture}</figure>" if picture else ""
    notes = "".join(f"<li>{escape(note.of(language))}</li>" for note in table.notes)
    wide = ' class="wide"' if len(table.columns) > _WIDE else ""
    return (
        f'<section id="{anchor}"{wide}><h2><span class="number">{table.id}</span>'
        f"<span>{escape(table.title.of(language))}</span></h2>{figure}{_table(table, language)}"
        f'<ul class="notes">{notes}</ul><p class="back"><a href="#{language}">'
        f"{escape(say_all('report.to_contents').of(language))}</a></p></section>\n"
    )


def _table(table: Table, language: str) -> str:
    rows = "".join(_row(row, cells, table, language) for row, cells in zip(table.rows, table.cells, strict=True))
    deep = ' class="deep"' if any(row.level > 1 for row in table.rows) else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(table.title.of(language))}">'
        f"<table{deep}><caption>{escape(table.period.label.of(language))}</caption>"
        f"<thead>{_head(table, language)}</thead><tbody>{rows}</tbody></table></div>"
    )


def _head(table: Table, language: str) -> str:
    """One or two rows of heads; a head without a spanning one reaches over both rows."""
    stub = escape(table.stub.of(language))
    grouped = any(column.group for column in table.columns)
    if not grouped:
        cells = "".join(f'<th scope="col">{escape(c.label.of(language))}</th>' for c in table.columns)
        return f'<tr><th scope="col">{stub}</th>{cells}</tr>'
    upper, lower = [f'<th scope="col" rowspan="2">{stub}</th>'], []
    for start, number in spans(table.columns):
        group = table.columns[start].group
        columns = table.columns[start : start + number]
        if group is None:
            upper.append(f'<th scope="col" rowspan="2">{escape(columns[0].label.of(language))}</th>')
            continue
        upper.append(f'<th scope="colgroup" class="span" colspan="{number}">{escape(group.of(language))}</th>')
        for i, column in enumerate(columns):
            edge = ' class="edge"' if i == 0 else ""
            lower.append(f'<th scope="col"{edge}>{escape(column.label.of(language))}</th>')
    return f"<tr>{''.join(upper)}</tr><tr>{''.join(lower)}</tr>"


def _row(row: Row, cells: Sequence[Cell], table: Table, language: str) -> str:
    starts = {start for start, _ in spans(table.columns) if table.columns[start].group}
    parts = []
    for j, (cell, column) in enumerate(zip(cells, table.columns, strict=True)):
        edge = ' class="edge"' if j in starts else ""
        parts.append(f"<td{edge}>{write_cell(cell, column.unit, language)}</td>")
    head = f'<th scope="row">{escape(row.label.of(language))}</th>'
    return f'<tr class="{row.kind} level{row.level}">{head}{"".join(parts)}</tr>'
