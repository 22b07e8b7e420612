"""Which letters are taken for which: what was read, aligned with what was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from ocr.evaluation.fields import FieldScore


@dataclass(frozen=True)
class Confusion:
    """One slip of the reader.

    Attributes
    ----------
    style
        ``comb`` or ``line``.
    written, read
        Capital letters; `read` is empty where a letter was lost, `written` where one was added.
    count
        How often.
    among
        How often the letter was written, in fields that gave any text; for an added one all letters.
    """

    style: str
    written: str
    read: str
    count: int
    among: int


def confusions(fields: Iterable[FieldScore]) -> tuple[Confusion, ...]:
    """Substitutions, losses and additions of letters in handwriting, the most frequent first.

    Alignment by the fewest edit operations (RapidFuzz). Fields without any text count nowhere: they were not read,
    not misread. Case and spaces do not count: combs have no spaces to see.
    """
    slips: Counter[tuple[str, str, str]] = Counter()
    letters: Counter[tuple[str, str]] = Counter()
    for field in fields:
        written, read = _plain(field.written), _plain(field.raw)
        if not field.group or not written or not read:
            continue
        slips.update((field.style, *pair) for pair in slips_of(written, read))
        letters.update((field.style, letter) for letter in written)
        letters[field.style, ""] += len(written)
    found = (
        Confusion(style, written, read, count, letters[style, written])
        for (style, written, read), count in slips.items()
    )
    return tuple(sorted(found, key=lambda c: (-c.count, c.style, c.written, c.read)))


def slips_of(written: str, read: str) -> Iterator[tuple[str, str]]:
    """Letters that differ, as pairs (written, read), one of them empty where a letter was lost or added."""
    for op in Levenshtein.editops(written, read):
        yield (
            written[op.src_pos] if op.tag != "insert" else "",
            read[op.dest_pos] if op.tag != "delete" else "",
        )


def _plain(text: str) -> str:
    return "".join(text.upper().split())
