"""A table by any statistical variable, by one too that an office added with a form of its own: `by-NAME`."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from ocr.forms.codebook import Dimension, Role, VariableKind, codebook
from ocr.forms.definition import FieldSpec
from ocr.lexicon.lexicon import load_lexicon
from reports.labels import code_label, named, same
from reports.levels import LEVELS, Level, level_of
from reports.source import records
from reports.specs import Spec
from store.records import known_fields
from texts import Label

PREFIX = "by-"


def by_variable(session: Session, name: str) -> tuple[Spec, Level]:
    """The table by a variable and sex, and the level of its rows.

    Raises
    ------
    BadInputError
        No form in the store and no codebook has such a variable, or it is none that tables can be made by.
    """
    spec = known_fields(session).get(name)
    about = spec.about if spec else codebook().variable.get(name)
    if about is None:
        raise BadInputError(f"No card has a variable {name!r}.")
    if about.kind is VariableKind.PERSONAL:
        raise BadInputError(f"{name} identifies people: there are no tables by it.")
    if name in records.c and not about.column:
        raise BadInputError(f"There are no tables by {name}: a column of the records has that name. Rename the field.")
    if about.column and about.column in LEVELS:
        dimension, level = codebook().dimension[about.column], LEVELS[about.column]
    elif spec and about.kind is VariableKind.STATISTICAL and name not in codebook().variable:
        dimension, level = _dimension(spec), level_of_own(spec)
    else:
        raise BadInputError(f"There are no tables by {name}.")
    head = Label(*(text[:1].upper() + text[1:] for text in named(dimension.label)))
    table = Spec(
        id=f"{PREFIX}{name}",
        title=head,
        head=head,
        chart="bars",
        stub=(name,),
        columns=(codebook().column_of(Role.SEX),),
        direction=dimension.direction,
        share=True,
    )
    return table, level


def level_of_own(spec: FieldSpec) -> Level:
    """The level of a variable that an office added."""
    return replace(level_of(spec.name, _dimension(spec)), label_of=lambda code: _label(spec, code))


def _dimension(spec: FieldSpec) -> Dimension:
    about, dictionary = spec.about, spec.about.dictionary or spec.lexicon
    known = codebook().dimension.values()
    empty = next((one.empty for one in known if dictionary and one.dictionary == dictionary and one.empty), ())
    codes = tuple(option.code for option in spec.options if option.code not in empty)
    return Dimension(label=about.label, dictionary=dictionary, direction=about.direction, codes=codes, empty=empty)


def _label(spec: FieldSpec, code: str) -> Label:
    """Name of a code in its dictionary; where that has none, the words printed beside the box."""
    dictionary = spec.about.dictionary or spec.lexicon
    if dictionary and code in load_lexicon(dictionary).entries:
        return code_label(dictionary, code)
    return same(next((option.label for option in spec.options if option.code == code), code))
