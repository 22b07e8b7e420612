"""How a sheet is printed: A4, upright where the table fits, heads on every page, the chart never cut."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

_A4 = 9
_SIDES = (210 / 25.4, 297 / 25.4)
_MARGIN, _FOOT = 0.6, 0.8
"""In inches, as all of the page."""
_RESERVE = 95
"""Per cent of a page that a table is laid out for, as programs differ in how wide and high they make cells."""
_SMALLEST = 75
"""Per cent of its size below which a table is rather laid across."""
_POINTS, _PIXELS = 72, 96


def set_page(
    to: Worksheet,
    pixels: int,
    heights: Sequence[float],
    chart: tuple[int, int],
    *,
    heads: tuple[int, int],
    last_column: int,
) -> None:
    """Set up the page.

    Excel knows no breaks by hand where it fits a sheet to a page, so the scale is reckoned here.

    Parameters
    ----------
    pixels
        Width of the table.
    heights
        Of the rows down to the last note, in points.
    chart
        How many rows the chart takes, and its height in pixels; nought of both where there is none.
    heads
        First and last row that stand on every page, where the table takes more than one.
    """
    upright = 100 * (_SIDES[0] - 2 * _MARGIN) * _PIXELS / pixels
    landscape = upright < _SMALLEST
    width, height = reversed(_SIDES) if landscape else _SIDES
    scale = min(100, int(_RESERVE * (width - 2 * _MARGIN) * _PIXELS / pixels))
    page = (height - _MARGIN - _FOOT) * _POINTS * _RESERVE / scale
    if landscape:
        to.set_landscape()
    else:
        to.set_portrait()
    to.set_paper(_A4)
    to.set_margins(left=_MARGIN, right=_MARGIN, top=_MARGIN, bottom=_FOOT)
    to.set_print_scale(max(10, scale))
    to.center_horizontally()
    if sum(heights) > page:
        to.repeat_rows(*heads)
    to.set_footer("&L&8&A&R&8&P / &N", {"margin": 0.4})
    rows, chart_height = chart
    to.print_area(0, 0, len(heights) + rows, last_column)
    if rows and _is_cut(heights, chart_height * _POINTS / _PIXELS, page, sum(heights[heads[0] : heads[1] + 1])):
        to.set_h_pagebreaks([len(heights)])


def _is_cut(heights: Sequence[float], chart: float, page: float, heads: float) -> bool:
    """Whether the chart, put below the rows, would begin on one page and end on the next."""
    used = 0.0
    for height in heights:
        used = height + heads if used + height > page else used + height
    return used + chart > page
