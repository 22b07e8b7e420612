"""Charts of tables: `plot` says what suits a table, `draw` draws it as SVG."""

from reports.charts.draw import draw, plot

__all__ = ["draw", "plot"]
