"""The codebook: what each variable of a card is, and which dimensions tables have. Data (data/codebook.toml), not code.

Code that needs a certain variable asks for its `Role`; no names of fields stand in code. An office's own variables lie
in a `codebook.toml` beside its forms. They are copied into the forms on loading, and with the forms into the store, so
that whoever opens a store knows its variables without those files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ocr.errors import BadFormError

CODEBOOK = "codebook.toml"
"""Name of the file, here and beside an office's forms."""

USUAL_ERROR, LOOSE_ERROR = 0.003, 0.01
"""Largest share wrong among accepted values that is aimed at where the codebook names none; for personal variables."""

LAST_RANK = 2
"""Rank in the queue of what nothing else depends on."""


class VariableKind(StrEnum):
    """Whether a variable enters the tables, identifies a person, or serves to handle the card."""

    STATISTICAL = "statistical"
    PERSONAL = "personal"
    CONTROL = "control"


class Purpose(StrEnum):
    """What a variable is keyed for: the tables, finding a person, or handling the card."""

    TABLES = "tables"
    IDENTITY = "identity"
    CONTROL = "control"


class Role(StrEnum):
    """What rules, reading and records need a variable for. A form has at most one field of each."""

    CARD_NUMBER = "card_number"
    CROSSING_DATE = "crossing_date"
    CHECKPOINT = "checkpoint"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    SURNAME = "surname"
    PATRONYMIC = "patronymic"
    HOME_REGION = "home_region"
    HOME_DISTRICT = "home_district"
    COUNTRY_ABROAD = "country_abroad"
    PLACE_ABROAD = "place_abroad"
    PURPOSE = "purpose"
    STAY_MONTHS = "stay_months"


class Coarser(StrEnum):
    """A level at which a value may be sure though it is in doubt itself (`ocr.lexicon.levels`)."""

    PARENT = "parent"
    TWO_DIGITS = "two_digits"
    ONE_DIGIT = "one_digit"
    MONTH = "month"
    YEAR = "year"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Name(_Entry):
    """What something is called."""

    ru: str
    tg: str
    en: str

    def of(self, language: Literal["ru", "tg", "en"]) -> str:
        """The name in one language."""
        return {"ru": self.ru, "tg": self.tg, "en": self.en}[language]


def _usual_error(said: dict[str, Any]) -> float:
    return LOOSE_ERROR if said.get("kind") is VariableKind.PERSONAL else USUAL_ERROR


class Variable(_Entry):
    """One variable of a card; the attributes are described at the head of data/codebook.toml."""

    kind: VariableKind
    label: Name
    role: Role | None = None
    dictionary: str | None = None
    column: str | None = None
    direction: Literal["D", "A"] | None = None
    coarser: tuple[Coarser, ...] = ()
    target_error: Annotated[float, Field(gt=0, lt=1)] = Field(default_factory=_usual_error)
    rank: Annotated[int, Field(ge=0, le=LAST_RANK)] = LAST_RANK

    @property
    def purpose(self) -> Purpose:
        """What it is keyed for; the age of the tables follows from the date of birth, personal as that is."""
        if self.kind is VariableKind.STATISTICAL or self.role is Role.BIRTH_DATE:
            return Purpose.TABLES
        return Purpose.IDENTITY if self.kind is VariableKind.PERSONAL else Purpose.CONTROL


class Dimension(_Entry):
    """What tables are made by; the attributes are described at the head of data/codebook.toml."""

    label: Name
    column: str | None = None
    dictionary: str | None = None
    words: dict[str, str] = Field(default_factory=dict)
    direction: Literal["D", "A"] | None = None
    codes: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    ranked: bool = False
    digits: Annotated[int, Field(ge=1)] | None = None
    grouping: Literal["age", "country_group", "transport"] | None = None
    number: bool = False
    finer: str | None = None


class Codebook(_Entry):
    """All variables and dimensions by name, in the order of the file."""

    variable: dict[str, Variable]
    dimension: dict[str, Dimension] = Field(default_factory=dict)

    def column_of(self, role: Role) -> str:
        """Column of the record that holds what has a role; empty where none does."""
        return next((one.column for one in self.variable.values() if one.role is role and one.column), "")


@lru_cache(maxsize=1)
def codebook() -> Codebook:
    """The codebook that comes with the package."""
    return _load(Path(__file__).parents[1] / "data" / CODEBOOK)


def own_variables(directory: Path) -> Mapping[str, Variable]:
    """The variables that an office describes beside its forms; empty where there is no such file.

    Raises
    ------
    BadFormError
        The file cannot be read, describes a variable that the package describes, or names a column that the record
        does not have.
    """
    path = directory / CODEBOOK
    if not path.is_file():
        return {}
    own = _load(path)
    known, columns = codebook().variable, {variable.column for variable in codebook().variable.values()}
    for name, variable in own.variable.items():
        if name in known:
            raise BadFormError(f"{path}: variable {name}: the package describes it already.")
        if variable.column not in columns:
            raise BadFormError(f"{path}: variable {name}: the record has no column {variable.column}.")
        if variable.column and variable.kind is not VariableKind.STATISTICAL:
            raise BadFormError(f"{path}: variable {name}: only statistical variables enter the record.")
    return own.variable


def _load(path: Path) -> Codebook:
    try:
        return Codebook.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFormError(f"{path}: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise BadFormError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
