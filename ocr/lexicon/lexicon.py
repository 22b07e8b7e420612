"""Dictionaries as frozen data: entries with a code, names in three languages, and dated written forms."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from ocr.data import data_folders, own_folder
from ocr.errors import BadInputError
from ocr.lexicon.normalise import fold, place_kinds
from ocr.reading import parse_iso

COLUMNS = ("code", "ru", "tg", "en", "parent", "valid_from", "valid_to", "weight", "forms")
"""Of a dictionary file; `forms` are other ways of writing, with ``|`` between them."""

OPEN_LEXICONS = frozenset({"surnames", "given_names", "patronymics"})
"""Lists of common names: a value need not be in them."""

SHORT = 24
"""Longest form, in characters, that is looked for within a longer text: people shorten official titles."""


@dataclass(frozen=True)
class WrittenForm:
    """One way an entry is written.

    Attributes
    ----------
    text, key
        As written, and folded.
    kinds
        Kinds of place its administrative words name.
    valid_from, valid_to
        First and last day on which the form may mean this code; None is open. In the year of a renaming both
        meanings are possible.
    weight
        How likely the form means this code rather than another with the same form, relative to 1.
    """

    text: str
    key: str
    code: str
    kinds: frozenset[str]
    valid_from: date | None
    valid_to: date | None
    weight: float

    def valid(self, on: date | None) -> bool:
        """Whether the form may mean its code on that day; any form may where the day is unknown."""
        if on is None:
            return True
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class LexiconEntry:
    """One code with names that it has, or had: since `valid_from`, where that is not None.

    `parent` is the code of what it belongs to, or empty.
    """

    code: str
    ru: str
    tg: str
    en: str
    parent: str
    valid_from: date | None = None

    def name(self, language: str) -> str:
        """The name in a language; the Russian one where that is missing."""
        return {"ru": self.ru, "tg": self.tg, "en": self.en}[language] or self.ru


@dataclass(frozen=True, eq=False)
class Lexicon:
    """A dictionary ready for decoding.

    Attributes
    ----------
    entries
        By code, in the order of the file, with their present names.
    former
        By code, where it had other names: the entries as they were, newest first.
    forms
        All written forms.
    keys
        Distinct folded forms, the search space of the shortlist.
    short_keys
        Those of at most `SHORT` characters, which are looked for within longer texts.
    by_key
        Forms that share a folded form.
    parents
        Codes that entries belong to.
    """

    name: str
    entries: Mapping[str, LexiconEntry]
    former: Mapping[str, tuple[LexiconEntry, ...]]
    forms: tuple[WrittenForm, ...]
    keys: tuple[str, ...]
    short_keys: tuple[str, ...]
    by_key: Mapping[str, tuple[WrittenForm, ...]]
    parents: frozenset[str]

    @property
    def is_open(self) -> bool:
        """Whether values outside the dictionary are ordinary, as with names."""
        return self.name in OPEN_LEXICONS

    def entry(self, code: str, on: date | None) -> LexiconEntry:
        """An entry with the names that it had on a day; with its present ones where the day is unknown."""
        now = self.entries[code]
        names = (now, *self.former.get(code, ())) if on else ()
        return next((one for one in names if on and (one.valid_from or on) <= on), now)


def lexicon_names() -> tuple[str, ...]:
    """Names of all dictionaries: the package's, and those in ``lexicons/`` of one's own folder."""
    return tuple(sorted(_paths(own_folder())))


@lru_cache(maxsize=8)
def _paths(own: Path | None) -> Mapping[str, Path]:
    found: dict[str, Path] = {}
    for folder in data_folders(own):
        for path in sorted((folder / "lexicons").glob("*.csv")):
            if path.stem in found:
                words = f"the dictionary {path.stem} comes with migcards ({found[path.stem]})"
                raise BadInputError(f"{path}: {words}; give yours another name.")
            found[path.stem] = path
    return MappingProxyType(found)


def load_lexicon(name: str) -> Lexicon:
    """A dictionary of the package or of one's own folder; each file is read once per process.

    Raises
    ------
    BadInputError
        There is no dictionary of that name, two have the same, or the file is not what it should be.
    """
    paths = _paths(own_folder())
    if name not in paths:
        raise BadInputError(f"There is no lexicon {name!r}; there are {', '.join(sorted(paths))}.")
    return _load(name, paths[name])


@lru_cache(maxsize=64)
def _load(name: str, path: Path) -> Lexicon:
    named: dict[str, list[LexiconEntry]] = {}
    forms: dict[tuple[str, str, date | None, date | None], WrittenForm] = {}
    for row in _rows(path):
        code = row["code"]
        if row["ru"] or code not in named:
            since = parse_iso(row["valid_from"])
            entry = LexiconEntry(code, row["ru"], row["tg"], row["en"], row["parent"], since)
            named.setdefault(code, []).append(entry)
        for form in _forms(row):
            forms.setdefault((code, form.text, form.valid_from, form.valid_to), form)
    entries = {code: names[0] for code, names in named.items()}
    by_key: dict[str, list[WrittenForm]] = {}
    for form in forms.values():
        by_key.setdefault(form.key, []).append(form)
    return Lexicon(
        name=name,
        entries=MappingProxyType(entries),
        former=MappingProxyType({code: tuple(names[1:]) for code, names in named.items() if len(names) > 1}),
        forms=tuple(forms.values()),
        keys=tuple(by_key),
        short_keys=tuple(key for key in by_key if len(key) <= SHORT),
        by_key=MappingProxyType({key: tuple(same) for key, same in by_key.items()}),
        parents=frozenset(entry.parent for entry in entries.values() if entry.parent),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    """Rows of a dictionary file; columns that it leaves out are empty.

    Raises
    ------
    BadInputError
        It is no UTF-8, lacks a column that it needs, or has one that is not known.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="", restkey="")
            heads, rows = reader.fieldnames or (), list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInputError(f"{path}: {error}.") from error
    strange, missing = set(heads) - set(COLUMNS), {"code", "ru"} - set(heads)
    if strange or missing:
        raise BadInputError(f"{path}: the columns are {', '.join(COLUMNS)}; code and ru must be there.")
    nothing = dict.fromkeys(COLUMNS, "")
    for number, row in enumerate(rows, 2):
        if not row["code"] or not _is_weight(row.get("weight", "")):
            raise BadInputError(f"{path}: row {number} has no code, or a weight that is no number.")
    return [nothing | row for row in rows]


def _is_weight(text: str) -> bool:
    try:
        return float(text or 1) > 0
    except ValueError:
        return False


def _forms(row: dict[str, str]) -> Iterator[WrittenForm]:
    """Written forms of one row: its names and its other forms."""
    for text in (row["ru"], row["tg"], row["en"], *row["forms"].split("|")):
        if key := fold(text):
            yield WrittenForm(
                text=text,
                key=key,
                code=row["code"],
                kinds=place_kinds(text),
                valid_from=parse_iso(row["valid_from"]),
                valid_to=parse_iso(row["valid_to"]),
                weight=float(row["weight"] or 1),
            )


def label(name: str, code: str, language: str) -> str:
    """Present name of a code for people.

    Parameters
    ----------
    name
        Lexicon.
    code
        Its code; one that the lexicon does not know is returned as it is.
    language
        ``ru``, ``tg`` or ``en``; where that name is missing the Russian one is given.

    Raises
    ------
    BadInputError
        There is no such lexicon, or no such language.
    """
    if language not in ("ru", "tg", "en"):
        raise BadInputError(f"There are no labels in {language!r}, only in ru, tg and en.")
    entry = load_lexicon(name).entries.get(code)
    if entry is None:
        return code
    return entry.name(language)
