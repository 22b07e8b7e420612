"""Handwritten fields, of those that were filled in, split every way in which a reader may be better or worse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ocr.evaluation.fields import FieldScore
from ocr.evaluation.figures import FieldFigures, figures

COMPOSED = frozenset("ҲҶӢӮ")
"""Tajik letters of which no handwritten pictures are public: generated cards compose them from Х, Ч, И and У."""

BY_GROUP = "handwriting by what it says"
"""Title of the table whose rows have curves of their own."""

OCCUPATION = "occupations"
ISCO_LEVELS = {"unit group": 4, "minor group": 3, "sub-major group": 2, "major group": 1}
"""Levels of ISCO-08 with the digits of their codes."""


@dataclass(frozen=True)
class Split:
    """One table: fields grouped one way."""

    title: str
    rows: tuple[FieldFigures, ...]


def grouped(fields: Iterable[FieldScore], key: Callable[[FieldScore], str]) -> dict[str, list[FieldScore]]:
    """Fields by a key, in the key's order; fields whose key is empty are left out."""
    groups: dict[str, list[FieldScore]] = {}
    for field in fields:
        if name := key(field):
            groups.setdefault(name, []).append(field)
    return dict(sorted(groups.items()))


def split(title: str, fields: Sequence[FieldScore], key: Callable[[FieldScore], str], *, total: bool = False) -> Split:
    """Figures of each group, and of all fields together if the `total` is wanted."""
    groups = grouped(fields, key) | ({"all": list(fields)} if total and fields else {})
    return Split(title, tuple(figures(name, group) for name, group in groups.items()))


def handwriting(fields: Iterable[FieldScore]) -> list[FieldScore]:
    """Handwritten texts that somebody wrote in."""
    return [field for field in fields if field.group and field.state != "empty"]


def splits(fields: Iterable[FieldScore]) -> tuple[Split, ...]:
    """All tables about handwriting, those without rows left out."""
    written = handwriting(fields)
    made = (
        split("handwriting that is to stand without a person", written, headline, total=True),
        split(BY_GROUP, written, lambda field: field.group),
        Split("occupation by level of ISCO-08", occupation_levels(written)),
        split("handwriting in combs and on lines", written, lambda field: field.style),
        split("handwriting by hand", written, lambda field: field.source),
        split("words with letters composed for lack of pictures", written, composed),
        split("words by letter case", written, letter_case),
        split("handwriting clean and corrected", written, lambda field: field.state),
        Split("handwriting by fault, and on all cards without it", by_fault(written)),
    )
    return tuple(table for table in made if table.rows)


def headline(field: FieldScore) -> str:
    """What kind of value a field holds: a code, a name, digits or any text."""
    if field.coded or field.group == "names":
        return "coded" if field.coded else "names"
    return "dates and numbers" if field.group in ("dates", "digits", "passport") else "text"


def composed(field: FieldScore) -> str:
    """Whether a word holds one of the letters `COMPOSED`; empty for what is no word."""
    if not letter_case(field):
        return ""
    letters = " ".join(sorted(COMPOSED))
    return f"with {letters}" if COMPOSED & set(field.written.upper()) else f"without {letters}"


def letter_case(field: FieldScore) -> str:
    """``capitals``, ``small`` or ``mixed``; empty for what is no word, or not known as it was written."""
    if not field.written or headline(field) not in ("coded", "names"):
        return ""
    return "capitals" if field.written.isupper() else "small" if field.written.islower() else "mixed"


def occupation_levels(written: Iterable[FieldScore]) -> tuple[FieldFigures, ...]:
    """Occupations counted right when they fall into the right group of each level."""
    fields = [field for field in written if field.group == OCCUPATION]
    return tuple(
        figures(level, [at_level(field, digits) for field in fields]) for level, digits in ISCO_LEVELS.items() if fields
    )


def at_level(field: FieldScore, digits: int) -> FieldScore:
    """The field with its occupation codes cut to a level; codes outside ISCO-08 (no trade, unknown) stay."""

    def group(code: str) -> str:
        return code[:digits] if code.isdecimal() else code

    return replace(
        field,
        value=group(field.value),
        got=None if field.got is None else group(field.got),
        decoded=None if field.decoded is None else group(field.decoded),
        beside=None if field.beside is None else group(field.beside),
    )


def by_fault(written: Sequence[FieldScore]) -> tuple[FieldFigures, ...]:
    """Two rows for each fault that some but not all cards have: the fields of cards with it, and of all others."""
    rows: list[FieldFigures] = []
    for fault in sorted({name for field in written for name in field.faults}):
        cards = [field for field in written if fault in field.faults]
        others = [field for field in written if fault not in field.faults]
        if others:
            rows += [figures(fault, cards), figures("  without", others)]
    return tuple(rows)
