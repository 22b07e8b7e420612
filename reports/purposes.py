"""Tables of the departures for some purposes alone, as of labour migrants.

Only the card of a departure asks what for, so such a table holds no returns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocr.errors import BadInputError
from ocr.forms.codebook import Role, codebook
from ocr.lexicon.lexicon import load_lexicon
from reports.labels import code_label
from reports.levels import LEVELS, MISSING
from reports.specs import Spec
from texts import LANGUAGES, Label, say

_BOTH_SIDES = "direction"


def with_purposes(spec: Spec, purposes: Sequence[str]) -> Spec:
    """The table of the departures for these purposes.

    Raises
    ------
    BadInputError
        There is no such purpose, or the table is about more than departures.
    """
    dictionary, level = _dictionary(), LEVELS[codebook().column_of(Role.PURPOSE)]
    known = [code for code in load_lexicon(dictionary).entries if level.code_of(code) not in MISSING]
    for code in purposes:
        if code not in known:
            said = "; ".join(f"{one} {code_label(dictionary, one).en}" for one in known)
            raise BadInputError(f"{code!r} is no purpose; there are {said}.")
    if not takes_purposes(spec):
        raise BadInputError(f"{spec.id} is not made by purpose: only the card of a departure asks for it.")
    columns = tuple(name for name in spec.columns if name != _BOTH_SIDES)
    kept = tuple(code for code in known if code in purposes)
    title = _titled(spec.departures_title or spec.title, kept)
    return replace(spec, title=title, plain_title=None, columns=columns, direction="D", purposes=kept)


def takes_purposes(spec: Spec) -> bool:
    """Whether a table has departures that can stand by themselves."""
    needs_returns = spec.direction == "A" or (spec.compares and not spec.departures_title)
    return not (needs_returns or spec.counts_sheets)


def names_of(purposes: Sequence[str]) -> Label:
    """What purposes are called, one after the other."""
    each = [code_label(_dictionary(), code) for code in purposes]
    return Label(*("; ".join(label.of(language) for label in each) for language in LANGUAGES))


def _dictionary() -> str:
    named = (one.dictionary for one in codebook().variable.values() if one.role is Role.PURPOSE)
    return next(dictionary for dictionary in named if dictionary)


def _titled(title: Label, purposes: Sequence[str]) -> Label:
    names = names_of(purposes)
    return Label(*(say("report.of_purposes", x, title=title.of(x), purposes=names.of(x)) for x in LANGUAGES))
