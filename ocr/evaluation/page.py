"""An evaluation as one HTML page without scripts, its pictures beside it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ocr.evaluation.report import LEGEND, FigureTable

_STYLE = (
    "body{font:15px/1.4 'DejaVu Sans',sans-serif;margin:2em auto;max-width:80em;padding:0 1em;color:#222}"
    "table{border-collapse:collapse;margin:.5em 0 2em;font-size:13px}"
    "th,td{padding:.15em .7em;text-align:right;border-bottom:1px solid #ddd;white-space:pre}"
    "th:first-child,td:first-child{text-align:left;padding-left:0}h2{font-size:1.1em;margin:1.5em 0 .2em}"
    "img{max-width:100%;border:1px solid #ddd;margin:.3em 0 1.5em}p{color:#555}"
)


def as_page(title: str, made: Sequence[FigureTable], pictures: Sequence[tuple[str, str]]) -> str:
    """Tables and then pictures.

    Parameters
    ----------
    pictures
        File name, relative to the page, and caption of each.
    """
    body = "".join(map(_table, made))
    shown = "".join(
        f'<h2>{escape(caption)}</h2>\n<img src="{escape(name)}" alt="{escape(caption)}"/>\n'
        for name, caption in pictures
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n<p>{escape(LEGEND)}</p>\n"
        f"{body}{shown}</body>\n</html>\n"
    )


def _table(table: FigureTable) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.heads)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in table.rows)
    return f"<h2>{escape(table.title)}</h2>\n<table>\n<tr>{head}</tr>\n{rows}</table>\n"
