"""An evaluation as one HTML page without scripts, its pictures beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ocr.evaluation.report import LEGEND, FigureTable
from texts.templates import templates

_TEMPLATES = templates(Path(__file__).parent / "templates")


def as_page(title: str, made: Sequence[FigureTable], pictures: Sequence[tuple[str, str]]) -> str:
    """Tables and then pictures.

    Parameters
    ----------
    pictures
        File name, relative to the page, and caption of each.
    """
    return _TEMPLATES.get_template("evaluation.html").render(title=title, legend=LEGEND, tables=made, pictures=pictures)
