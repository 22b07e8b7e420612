"""Say what is wrong with a form definition, by line, before a card is printed or a scan is read with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ocr.errors import BadFormError
from ocr.forms.codebook import own_variables
from ocr.forms.definition import FORMS_DIR, Form, described
from ocr.lexicon.alphabets import ALPHABETS
from ocr.lexicon.lexicon import lexicon_names
from ocr.preprocess.model import form_model

MIN_ANCHORS_TO_PRINT = 24


@dataclass(frozen=True)
class FormFault:
    """One thing wrong with a definition. `line` counts from 1; 0 concerns the whole file."""

    line: int
    message: str


def check_form(path: Path) -> tuple[FormFault, ...]:
    """All faults of a form file, by line; empty when it can be used."""
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        return (FormFault(0, str(error)),)
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"line (\d+)", str(error))
        return (FormFault(int(match[1]) if match else 0, str(error)),)
    try:
        form = Form.model_validate(described(data, own_variables(path.parent)))
    except BadFormError as error:
        return (FormFault(0, str(error)),)
    except ValidationError as error:
        faults = [fault for item in error.errors() for fault in _located(text, item["loc"], item["msg"])]
        return tuple(sorted(faults, key=lambda fault: fault.line))
    return tuple(sorted(_meaning(text, form, path), key=lambda fault: fault.line))


def _located(text: str, place: tuple[int | str, ...], message: str) -> Iterator[FormFault]:
    """Faults of one validation error, each with its line; contradictions between fields come joined by ``; ``."""
    if place:
        yield FormFault(line_of(text, place), f"{'.'.join(map(str, place))}: {message}")
        return
    for part in message.removeprefix("Value error, ").split("; "):
        match = re.match(r"field (\w+): ", part)
        yield FormFault(_field_line(text, match[1]) if match else 0, part)


def line_of(text: str, place: tuple[int | str, ...]) -> int:
    """Line of a place such as ``("fields", 3, "box")``: its table's header or, if written there, its key."""
    lines = text.splitlines()
    start, rest = 0, list(place)
    if len(place) >= 2 and isinstance(place[1], int):
        headers = [i for i, line in enumerate(lines) if re.match(rf"\s*\[\[\s*{place[0]}\s*]]", line)]
        if place[1] >= len(headers):
            return 0
        start, rest = headers[place[1]], list(place[2:])
    for i in range(start, len(lines)):
        if i > start and lines[i].startswith("[["):
            break
        if rest and re.match(rf"\s*{re.escape(str(rest[0]))}\s*=", lines[i]):
            return i + 1
    return start + 1 if start else 0


def _field_line(text: str, name: str) -> int:
    for i, line in enumerate(text.splitlines()):
        if re.match(rf'\s*name\s*=\s*"{re.escape(name)}"', line):
            return i + 1
    return 0


def _meaning(text: str, form: Form, path: Path) -> Iterator[FormFault]:
    """Faults that only show against the rest of the system."""
    lexicons = set(lexicon_names())
    for spec in form.fields:
        line = _field_line(text, spec.name)
        if spec.alphabet and spec.alphabet not in ALPHABETS:
            yield FormFault(
                line, f"field {spec.name}: no alphabet is called {spec.alphabet}; there are {', '.join(ALPHABETS)}"
            )
        if spec.lexicon and spec.lexicon not in lexicons:
            yield FormFault(
                line, f"field {spec.name}: no lexicon is called {spec.lexicon}; there are {', '.join(sorted(lexicons))}"
            )
        if spec.kind.is_text and not spec.alphabet:
            yield FormFault(line, f"field {spec.name}: a text field needs an alphabet")
    found = len(form_model(form).anchors)
    if found < MIN_ANCHORS_TO_PRINT:
        words = f"only {found} places of the artwork can be told apart, and {MIN_ANCHORS_TO_PRINT} are needed"
        yield FormFault(0, f"{words} to lay the form on a scan: print more words or lines on it")
    for other in FORMS_DIR.glob("*.toml"):
        if other.resolve() != path.resolve() and f'code = "{form.code}"' in other.read_text("utf-8"):
            yield FormFault(line_of(text, ("code",)), f"code {form.code} is already used by {other.name}")
