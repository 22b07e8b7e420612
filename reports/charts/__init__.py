"""Charts of tables: `draw` picks the picture that suits a table and returns it as SVG."""

from reports.charts.draw import draw

__all__ = ["draw"]
