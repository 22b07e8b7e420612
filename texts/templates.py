"""Pages from templates, for every room that writes HTML: whatever a template is given is escaped."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def templates(folder: Path) -> Environment:
    """The templates of a folder.

    Values are escaped unless the template says that they are ``safe``, and a name that a template uses but is not
    given is an error, not an empty text. A line that holds only a tag of the template leaves no line in the page.
    """
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
