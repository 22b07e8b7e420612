"""Say what is wrong with a form definition, by line and all at once, before a card is printed or a scan is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from migcards.form_lines import field_line, line_of, line_of_words
from ocr.confidence.calibration import load_calibration
from ocr.confidence.kinds import kind_of
from ocr.data import ALPHABETS_FILE, own_folder, use_own_folder
from ocr.errors import BadFormError, BadInputError
from ocr.forms.codebook import own_variables
from ocr.forms.definition import (
    FORMS_DIR,
    UNCHECKED,
    Entry,
    FieldSpec,
    Form,
    clashes,
    contradictions,
    described,
    form_files,
    load_form,
)
from ocr.forms.printed_words import printed_over
from ocr.lexicon.alphabets import Alphabet, load_alphabets
from ocr.lexicon.lexicon import lexicon_names, load_lexicon
from ocr.preprocess.model import form_model
from ocr.reading import FieldState

MIN_ANCHORS_TO_PRINT = 24

_STAND_IN: dict[str, Any] = {
    "id": "unnamed", "version": "1", "code": "ZZ", "title_ru": "", "valid_from": "2000-01-01", "size": [420, 420],
}  # fmt: skip
"""For what a form must say and does not, or says wrongly, while its other parts are looked at."""


_PARTS = frozenset({"panels", "rules", "texts", "fields"})


@dataclass(frozen=True)
class FormFault:
    """One thing to know of a definition.

    Attributes
    ----------
    line
        From 1; 0 concerns the whole file.
    stops
        Whether the form cannot be used so; otherwise it is only good to know.
    """

    line: int
    message: str
    stops: bool = True


def check_form(path: Path) -> tuple[FormFault, ...]:
    """All there is to say of a form file, by line; empty when nothing is wrong.

    Dictionaries and alphabets are those of the package and of the file's own folder, or, where that has none, of the
    folder in use.
    """
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        return (FormFault(0, str(error)),)
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"line (\d+)", str(error))
        return (FormFault(int(match[1]) if match else 0, str(error)),)
    if (path.parent / "lexicons").is_dir() or (path.parent / ALPHABETS_FILE).is_file():
        use_own_folder(path.parent)
    try:
        data = described(data, own_variables(path.parent))
    except BadFormError as error:
        return (FormFault(0, str(error)),)
    wrong = _wrong_parts(data)
    form = Form.model_validate(_without(data, [place for place, _ in wrong]), context=UNCHECKED)
    faults = [FormFault(line_of(text, place), f"{'.'.join(map(str, place))}: {message}") for place, message in wrong]
    faults += [*_between_fields(text, form), *_names(text, form), *_printed(text, form, complete=not wrong)]
    faults += _beside(text, form, path)
    return tuple(sorted(dict.fromkeys(faults), key=lambda fault: (fault.line, not fault.stops)))


def _wrong_parts(data: dict[str, Any]) -> list[tuple[tuple[int | str, ...], str]]:
    """Place and message of everything that is not of the kind it should be."""
    try:
        Form.model_validate(data, context=UNCHECKED)
    except ValidationError as error:
        return [(item["loc"], item["msg"]) for item in error.errors()]
    return []


def _without(data: dict[str, Any], places: list[tuple[int | str, ...]]) -> dict[str, Any]:
    """What is left of a form without its faulty parts: whole fields, texts, rules and panels, and single keys."""
    dropped = {place[:2] if place[0] in _PARTS and len(place) > 1 else place[:1] for place in places}
    left = {key: value for key, value in data.items() if (key,) not in dropped}
    for key in _PARTS & left.keys():
        left[key] = [part for i, part in enumerate(left[key]) if (key, i) not in dropped]
    return _STAND_IN | left


def _between_fields(text: str, form: Form) -> Iterator[FormFault]:
    for message in contradictions(form):
        other = re.search(r"refers to (\w+)", message)
        if other and field_line(text, other[1]):
            continue  # to a field that is itself wrong
        match = re.match(r"field (\w+): ", message)
        yield FormFault(field_line(text, match[1]) if match else 0, message)


def _names(text: str, form: Form) -> Iterator[FormFault]:
    """What fields call by name, and whether a machine can read it."""
    try:
        alphabets, lexicons = load_alphabets(own_folder()), lexicon_names()
    except BadInputError as error:
        yield FormFault(0, str(error))
        return
    for spec in form.fields:
        line, place = field_line(text, spec.name), f"field {spec.name}"
        if spec.alphabet and spec.alphabet not in alphabets:
            yield FormFault(line, f"{place}: no alphabet is called {spec.alphabet}; there are {', '.join(alphabets)}")
        if spec.lexicon and spec.lexicon not in lexicons:
            yield FormFault(line, f"{place}: no lexicon is called {spec.lexicon}; there are {', '.join(lexicons)}")
        elif spec.lexicon:
            yield from _bad_lexicon(spec.lexicon, line, place)
        if spec.kind.is_text and not spec.alphabet:
            yield FormFault(line, f"{place}: a text field needs an alphabet")
    known = [spec for spec in form.fields if spec.kind.is_text and spec.alphabet in alphabets]
    yield from _for_people(text, _unreadable(known, alphabets))
    yield from _for_people(text, _unmeasured(known))


def _bad_lexicon(name: str, line: int, place: str) -> Iterator[FormFault]:
    try:
        load_lexicon(name)
    except BadInputError as error:
        yield FormFault(line, f"{place}: {error}")


def _unreadable(fields: Iterable[FieldSpec], alphabets: Mapping[str, Alphabet]) -> Iterator[tuple[str, str]]:
    """Fields with what the networks do not know of their alphabets."""
    for spec in fields:
        if unreadable := alphabets[spec.alphabet or ""].unreadable:
            signs = " ".join(unreadable)
            yield spec.name, f"no machine reads {signs} of the alphabet {spec.alphabet}; such answers a person must key"


def _unmeasured(fields: Iterable[FieldSpec]) -> Iterator[tuple[str, str]]:
    """Handwritten fields of kinds for which the shipped calibration says nothing, so that nothing is accepted."""
    measured = {kind for _, kind in load_calibration().by_key}
    for spec in fields:
        kind = kind_of(spec, FieldState.READ) if spec.lexicon is None and spec.entry is Entry.HAND else ""
        if kind and kind not in measured:
            words = f'how surely the machine reads "{kind}" was never measured'
            yield spec.name, f"{words}; it proposes values, and a person confirms each"


def _for_people(text: str, found: Iterable[tuple[str, str]]) -> Iterator[FormFault]:
    """One note for all fields of which the same is to be said, at the first of them."""
    fields: dict[str, list[str]] = {}
    for name, message in found:
        fields.setdefault(message, []).append(name)
    for message, names in fields.items():
        shown = f"field {names[0]}" if len(names) == 1 else f"{len(names)} fields from {names[0]} on"
        yield FormFault(field_line(text, names[0]), f"{shown}: {message}", stops=False)


def _printed(text: str, form: Form, complete: bool) -> Iterator[FormFault]:
    """Words over cells, and whether a `complete` form can be found on a scan."""
    for words, field in printed_over(form):
        place = f"field {words.field}: its label" if words.field else "the text"
        line = field_line(text, words.field) if words.field else line_of_words(text, words.text.text)
        yield FormFault(line, f'{place} "{words.text.text}" is printed over the zone of field {field}')
    found = len(form_model(form).anchors) if complete else MIN_ANCHORS_TO_PRINT
    if found < MIN_ANCHORS_TO_PRINT:
        much = f"only {found} places of the artwork can be told apart, and {MIN_ANCHORS_TO_PRINT} are needed"
        yield FormFault(0, f"{much} to lay the form on a scan: print more words or lines on it")


def _beside(text: str, form: Form, path: Path) -> Iterator[FormFault]:
    """What the form shares with others: the package's, those beside it and those in use."""
    folders = [folder for folder in (FORMS_DIR, path.parent, own_folder()) if folder is not None]
    others: dict[Path, Form] = {}
    for other in dict.fromkeys(file.resolve() for folder in folders for file in form_files(folder)):
        try:
            others[other] = load_form(other)
        except BadFormError:
            continue  # is told when that form is checked
    for message in clashes(path, form, others):
        yield FormFault(line_of(text, (message.split()[0],)), message)
