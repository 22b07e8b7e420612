"""All texts from the data files, by section and key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

DATA = Path(__file__).parent / "data"

Forms: TypeAlias = Mapping[str, str]
"""One text by the grammatical number of its ``count``: one, few, many, other (CLDR plural rules)."""
Translations: TypeAlias = Mapping[str, str | Forms]
"""One text by language."""


@cache
def catalogue(folder: Path = DATA) -> Mapping[str, Mapping[str, Translations]]:
    """All texts: section, key, language.

    Raises
    ------
    ValueError
        Two files have a section of the same name.
    """
    sections: dict[str, Mapping[str, Translations]] = {}
    for path in sorted(folder.glob("*.toml")):
        for name, texts in tomllib.loads(path.read_text("utf-8")).items():
            if name in sections:
                raise ValueError(f"{path.name}: section {name!r} stands in another file already.")
            sections[name] = texts
    return sections
