"""A card form as immutable data in millimetres. A new version of a card is a new TOML file, never code."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator

from ocr.data import ALPHABETS_FILE, PACKAGE, use_own_folder
from ocr.errors import BadFormError
from ocr.forms.codebook import CODEBOOK, Name, Role, Variable, VariableKind, codebook, own_variables

FORMS_DIR = PACKAGE / "forms"
NOT_FORMS = frozenset({ALPHABETS_FILE, CODEBOOK})
"""TOML files that may lie among forms."""

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Millimetres = Annotated[float, Field(ge=0, le=420)]
Frame: TypeAlias = Literal["cells", "line", "box", "none"]

UNCHECKED = "unchecked"
"""Context in which a form is built from its parts though they may contradict each other."""


class FieldKind(StrEnum):
    """How a field is filled in."""

    COMB = "comb"
    LINE = "line"
    DIGITS = "digits"
    DATE = "date"
    ONE_OF = "one_of"
    MANY_OF = "many_of"
    BARCODE = "barcode"
    SIGNATURE = "signature"

    @property
    def is_text(self) -> bool:
        """Whether letters or digits are written in it."""
        return self in (FieldKind.COMB, FieldKind.LINE, FieldKind.DIGITS, FieldKind.DATE)

    @property
    def is_marks(self) -> bool:
        """Whether it is answered by ticking."""
        return self in (FieldKind.ONE_OF, FieldKind.MANY_OF)


class Entry(StrEnum):
    """Who puts the ink there: a person's hand, a rubber stamp, or the press."""

    HAND = "hand"
    STAMP = "stamp"
    PRINTED = "printed"


class Frozen(BaseModel):
    """Base of all parts of a form: immutable, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rect(Frozen):
    """A rectangle on the card, millimetres from the paper's top left corner."""

    x: Millimetres
    y: Millimetres
    w: Annotated[float, Field(gt=0, le=420)]
    h: Annotated[float, Field(gt=0, le=420)]

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: object) -> object:
        if isinstance(value, list | tuple) and len(value) == 4:
            return dict(zip("xywh", value, strict=True))
        return value

    @property
    def xywh(self) -> tuple[float, float, float, float]:
        """The four numbers as a tuple."""
        return self.x, self.y, self.w, self.h

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Bottom edge."""
        return self.y + self.h

    def grown(self, margin: float) -> Rect:
        """The rectangle widened on all sides, kept on the paper's top and left."""
        x, y = max(0.0, self.x - margin), max(0.0, self.y - margin)
        return Rect(x=x, y=y, w=self.right + margin - x, h=self.bottom + margin - y)

    def overlaps(self, other: Rect) -> bool:
        """Whether the insides meet."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


class Text(Frozen):
    """Printed words. `size` is the font size in points; `at` is the left end (or centre, right) of the base line."""

    at: tuple[Millimetres, Millimetres]
    text: str
    size: Annotated[float, Field(gt=2, le=40)] = 6.0
    bold: bool = False
    align: Literal["left", "centre", "right"] = "left"
    colour: Colour | None = None


class Rule(Frozen):
    """A printed straight line; `width` in millimetres."""

    start: tuple[Millimetres, Millimetres]
    end: tuple[Millimetres, Millimetres]
    width: Annotated[float, Field(gt=0, le=5)] = 0.2
    colour: Colour | None = None


class Panel(Frozen):
    """A filled rectangle: a tint behind fields, a heading bar or a corner mark."""

    box: Rect
    colour: Colour


class Option(Frozen):
    """One answer of a mark field.

    In style ``box`` an empty square `box` is printed, and the label at `label_at`, or right of the box where that is
    not given; in style ``word`` the label itself is printed inside `box`, to be ticked, underlined or circled.

    Attributes
    ----------
    print_box, print_label
        False where the artwork shows none, or shows it by `Form.rules` and `Form.texts`.
    """

    code: str
    label: str
    box: Rect
    style: Literal["box", "word"] = "box"
    label_at: tuple[Millimetres, Millimetres] | None = None
    size: Annotated[float, Field(gt=2, le=20)] = 5.0
    print_box: bool = True
    print_label: bool = True


class FieldSpec(Frozen):
    """One field of a form.

    Attributes
    ----------
    name
        Unique within the form; the same name on two forms means the same variable.
    box
        The zone: all of the comb's cells, the writing line's height, the marks' bounding box, the barcode.
    cells
        Number of equal comb cells across `box`; None for a field on a line.
    frame
        What is printed of the zone itself: its ``cells``, a ``line`` along its foot, a ``box`` around it, or ``none``.
        By default cells where there are any, a line under handwriting, and nothing else.
    entry
        Who writes it; decides which reader reads it.
    alphabet
        Name in `ocr.lexicon.alphabets`; what may occur, all else is masked.
    lexicon
        Name of the dictionary the value is matched to, or None.
    within
        Name of the field whose value narrows this one's lexicon (district within region).
    specify
        On a mark field: the text field that holds the value when the option ``OTHER`` is marked.
    quantity
        Of digits: a number, in which zeros in front do not count; otherwise they are kept, as in a document's number.
    label_ru, label_tg, label_at
        What the field is called, and where that is printed; without a place it is not.
    personal, published
        Whether it identifies a person, and is kept apart from the statistical record; whether it may be a dimension
        of tables. Said here only of fields that no codebook describes (`ocr.forms.codebook`), and of personal ones.
    variable
        What the office's own codebook says of it, filled in on loading; None where there is nothing.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    kind: FieldKind
    box: Rect
    entry: Entry = Entry.HAND
    cells: Annotated[int, Field(ge=1, le=60)] | None = None
    frame: Frame | None = None
    alphabet: str | None = None
    lexicon: str | None = None
    within: str | None = None
    specify: str | None = None
    quantity: bool = False
    required: bool = False
    personal: bool = False
    published: bool = False
    label_ru: str
    label_tg: str = ""
    label_at: tuple[Millimetres, Millimetres] | None = None
    label_size: Annotated[float, Field(gt=2, le=20)] = 5.5
    options: tuple[Option, ...] = ()
    variable: Variable | None = None

    @model_validator(mode="before")
    @classmethod
    def _personal_stays_personal(cls, value: Any) -> Any:
        """A form need not say what is personal, and cannot take it back."""
        if not isinstance(value, dict):
            return value
        said = value.get("variable") or codebook().variable.get(str(value.get("name")))
        kind = said.get("kind") if isinstance(said, dict) else said.kind if said else None
        return value | {"personal": True} if kind == VariableKind.PERSONAL else value

    @property
    def about(self) -> Variable:
        """What the codebook says of it; of a field that no codebook describes, what the form itself says."""
        return self.variable or codebook().variable.get(self.name) or self._undescribed()

    def _undescribed(self) -> Variable:
        kind = "personal" if self.personal else "statistical" if self.published else "control"
        label = Name(ru=self.label_ru or self.name, tg=self.label_tg or self.label_ru or self.name, en=self.name)
        return Variable(kind=VariableKind(kind), label=label)

    @property
    def role(self) -> Role | None:
        """What rules, reading and records need it for."""
        return self.about.role

    def cell_boxes(self) -> tuple[Rect, ...]:
        """The comb's cells from left to right; empty for a field without cells."""
        if not self.cells:
            return ()
        w = self.box.w / self.cells
        return tuple(Rect(x=self.box.x + i * w, y=self.box.y, w=w, h=self.box.h) for i in range(self.cells))

    @property
    def printed_frame(self) -> Frame:
        """What is printed of the zone: as the form says, or what is usual."""
        if self.frame is not None:
            return self.frame
        if self.cells:
            return "cells"
        is_written = self.kind.is_text or self.kind is FieldKind.SIGNATURE
        return "line" if is_written and self.entry is Entry.HAND else "none"


class Form(Frozen):
    """One side of one version of a card.

    Attributes
    ----------
    id
        Unique among all forms; a new version of a card is a new form.
    version
        Printed in the QR code and kept with every card.
    side
        ``departure`` or ``return``: in which tables its cards count; ``back`` for a side with nothing to read. Cards of
        a form without a side are read and kept, and count in no table of crossings.
    code
        Two letters that name the form in its QR code, unique among forms.
    size
        Width and height of the paper in millimetres.
    tolerance_mm
        A card whose registration residual exceeds this is refused.
    ink, line_colour
        Colours of printed words and of box lines.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.\-]+$")]
    code: Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")]
    side: Literal["departure", "return", "back"] | None = None
    title_ru: str
    title_tg: str = ""
    title_en: str = ""
    valid_from: date
    valid_to: date | None = None
    size: tuple[Annotated[float, Field(gt=20, le=420)], Annotated[float, Field(gt=20, le=420)]]
    tolerance_mm: Annotated[float, Field(gt=0, le=5)] = 0.5
    ink: Colour = "#000000"
    line_colour: Colour = "#000000"
    line_width: Annotated[float, Field(gt=0, le=2)] = 0.2
    panels: tuple[Panel, ...] = ()
    rules: tuple[Rule, ...] = ()
    texts: tuple[Text, ...] = ()
    fields: tuple[FieldSpec, ...] = ()

    def __hash__(self) -> int:
        return hash((self.id, self.version))

    @cached_property
    def by_name(self) -> dict[str, FieldSpec]:
        """Fields by name."""
        return {f.name: f for f in self.fields}

    @cached_property
    def by_role(self) -> dict[Role, FieldSpec]:
        """The fields that have a role, by it."""
        return {f.role: f for f in self.fields if f.role is not None}

    @property
    def direction(self) -> str:
        """``D`` for a departure card, ``A`` for a return, empty for any other."""
        return {"departure": "D", "return": "A"}.get(self.side or "", "")

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Form:
        faults = [] if info.context == UNCHECKED else list(contradictions(self))
        if faults:
            raise ValueError("; ".join(faults))
        return self


def contradictions(form: Form) -> Iterator[str]:
    """Name every contradiction within a form, each beginning with the place it is found at."""
    width, height = form.size
    seen: set[str] = set()
    for spec in form.fields:
        place = f"field {spec.name}"
        if spec.name in seen:
            yield f"{place}: the name is used twice"
        seen.add(spec.name)
        if spec.role and form.by_role[spec.role] is not spec:
            yield f"{place}: has the same role as {form.by_role[spec.role].name}"
        for box in (spec.box, *(o.box for o in spec.options)):
            if box.right > width + 1e-6 or box.bottom > height + 1e-6:
                yield f"{place}: {box.xywh} lies outside the {width:g} x {height:g} mm card"
        yield from (f"{place}: {fault}" for fault in _field_faults(form, spec))
    for mine, other in _overlapping(form):
        yield f"field {mine}: its zone overlaps that of {other}"


def _field_faults(form: Form, spec: FieldSpec) -> Iterator[str]:
    names = {f.name for f in form.fields}
    if spec.kind.is_marks != bool(spec.options):
        yield "mark fields, and only they, need options"
    if len({o.code for o in spec.options}) < len(spec.options):
        yield "two options share a code"
    if spec.kind is FieldKind.COMB and not spec.cells:
        yield "a comb needs cells"
    if spec.cells and spec.box.w / spec.cells < 4.0:
        yield f"cells of {spec.box.w / spec.cells:.1f} mm are too narrow to write in (at least 4 mm)"
    if spec.kind is FieldKind.DATE and spec.cells not in (None, 8):
        yield "a date has 8 cells (DDMMYYYY)"
    if spec.frame == "cells" and not spec.cells:
        yield "a frame of cells needs cells"
    if spec.quantity and spec.alphabet != "digits":
        yield "a quantity is written in the alphabet digits"
    for other in (spec.within, spec.specify):
        if other and other not in names:
            yield f"refers to {other}, which is no field of this form"


def _overlapping(form: Form) -> Iterator[tuple[str, str]]:
    """Pairs of fields whose zones overlap, except where both read the same stamp."""
    for i, a in enumerate(form.fields):
        for b in form.fields[i + 1 :]:
            same_stamp = a.entry is b.entry is Entry.STAMP and a.box == b.box
            if a.box.overlaps(b.box) and not same_stamp:
                yield a.name, b.name


def load_form(path: Path) -> Form:
    """Read one form definition.

    Raises
    ------
    BadFormError
        The file is missing, is not TOML, or contradicts itself.
    """
    own = own_variables(path.parent)
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        return Form.model_validate(described(data, own))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFormError(f"{path}: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadFormError(f"{path}: {place}: {first['msg']}.") from error


def described(form: dict[str, Any], own: Mapping[str, Variable]) -> dict[str, Any]:
    """A form as it stands in a file, each field with what the office's own codebook says of it."""
    fields = form.get("fields")
    if not own or not isinstance(fields, list):
        return form
    said = [{**field, "variable": own.get(str(field.get("name")))} for field in fields if isinstance(field, dict)]
    return form | {"fields": said if len(said) == len(fields) else fields}


def form_files(directory: Path) -> list[Path]:
    """Files of a folder that define forms, by name; the folder's other TOML files define none."""
    return [path for path in sorted(directory.glob("*.toml")) if path.name not in NOT_FORMS]


def load_forms(directory: Path = FORMS_DIR) -> tuple[Form, ...]:
    """The package's forms, and after them those of one's own folder, in the order of their file names.

    The dictionaries and alphabets of that folder become known to this process (`ocr.data`).

    Parameters
    ----------
    directory
        Folder of one's own; by default there is none.

    Raises
    ------
    BadFormError
        A form cannot be read, the folder holds none, or two forms have the same id or the same code.
    """
    if directory != FORMS_DIR:
        use_own_folder(directory)
    return _load_forms(directory)


@lru_cache(maxsize=8)
def _load_forms(directory: Path) -> tuple[Form, ...]:
    if not form_files(directory):
        raise BadFormError(f"{directory} holds no form definitions.")
    paths = [path for folder in dict.fromkeys((FORMS_DIR, directory)) for path in form_files(folder)]
    forms = {path: load_form(path) for path in paths}
    for path, form in forms.items():
        for fault in clashes(path, form, forms):
            raise BadFormError(f"{path}: {fault}.")
    return tuple(forms.values())


def clashes(path: Path, form: Form, others: Mapping[Path, Form]) -> Iterator[str]:
    """What a form of a file must not share with the form of any other file, beginning with the key's name."""
    for other, known in others.items():
        if other.resolve() == path.resolve():
            continue
        for key in ("id", "code"):
            value = getattr(form, key)
            if value == getattr(known, key):
                yield f"{key} {value} is already used by {other}"


def fingerprint(forms: Iterable[Form]) -> str:
    """Twelve hexadecimal digits that change whenever a form is added, taken away or changed."""
    written = sorted(form.model_dump_json() for form in forms)
    return sha256("\n".join(written).encode()).hexdigest()[:12]
