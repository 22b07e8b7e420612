"""What the API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from review.accounts.users import UserRole
from texts import Language

Ticket: TypeAlias = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{8,32}$")]
Seconds: TypeAlias = Annotated[float, Field(ge=0, le=86_400, description="Time the person spent on it.")]
Input: TypeAlias = Literal["one", "several", "date", "digits", "coded", "text"]
KeyingRules: TypeAlias = Literal[
    "one", "several", "signature", "date", "digits", "serial", "coded", "name", "passport", "text"
]

MOST_AHEAD = 8
"""Fields that one person may hold at once."""


class StrictBody(BaseModel):
    """What is sent; a misspelt key is an error."""

    model_config = ConfigDict(extra="forbid")


class AssignIn(StrictBody):
    """Which fields are wanted, and how many at once."""

    count: int = Field(
        default=4, ge=1, le=MOST_AHEAD, description="What else stands in the zone of the last comes beyond it."
    )
    field: str | None = Field(default=None, max_length=64, description="Only this field.")


class KeyIn(StrictBody):
    """An answer: a code, an ISO date, digits or text; ``''`` empty on the card, ``'?'`` unreadable or in no list."""

    ticket: Ticket
    value: str = Field(max_length=200)
    seconds: Seconds
    shown: Literal["crop", "card"] = Field(default="crop", description="``card`` if the whole card was looked at.")
    reason: str = Field(default="", max_length=200)


class TicketIn(StrictBody):
    """A field that one holds, or answered."""

    ticket: Ticket


class FlagIn(StrictBody):
    """Why a card is set aside. In `note` no names and no numbers of documents."""

    ticket: Ticket
    kind: Literal["rescan", "wrong_card", "other"]
    note: str = Field(default="", max_length=500)


class GroupAssignIn(StrictBody):
    """Which group, and how many of its crops at once."""

    field: str = Field(max_length=64)
    value: str = Field(max_length=200)
    count: int = Field(default=24, ge=1, le=60)


class GroupKeyIn(StrictBody):
    """Of a group's crops those that do say the value, and those that were struck out."""

    value: str = Field(max_length=200)
    kept: list[Ticket] = Field(max_length=60)
    struck: list[Ticket] = Field(max_length=60)
    seconds: Seconds


class Failure(BaseModel):
    """What went wrong."""

    code: str
    message: str = Field(description="In the visitor's language.")


class OptionOut(BaseModel):
    """One possible answer."""

    code: str
    label: str
    also: str = Field(default="", description="Its name in another language.")


class AnswerOut(BaseModel):
    """One of the answers between which a supervisor decides."""

    source: str = Field(description="``machine``, or the number of a person.")
    value: str | None
    label: str


class BoundsOut(BaseModel):
    """What a value is expected to lie between, both included: ISO dates or numbers; an empty one is no bound."""

    least: str
    most: str


class TaskOut(BaseModel):
    """A field to key."""

    ticket: str
    zone: str = Field(description="The same for fields of one zone of one card: one picture answers them all.")
    field: str
    label: str
    input: Input = Field(description="How it is answered.")
    keying_rules: KeyingRules = Field(description="By which rules it is keyed.")
    bounds: BoundsOut | None = Field(description="A value outside is kept all the same, once the person is asked.")
    alphabet: str | None = Field(description="Which signs it may have.")
    options: list[OptionOut] = Field(description="Answers to choose from, where `input` is ``one`` or ``several``.")
    adjudicate: bool
    answers: list[AnswerOut] = Field(description="What was answered so far; only where `adjudicate`.")
    prefill: OptionOut | None = Field(description="The machine's value, where the field's policy is to show it.")
    personal: bool
    seconds_left: float = Field(description="How long it stays with the person.")
    crop: str = Field(description="Address of the picture of the field.")
    strip: str = Field(description="Address of the picture of its surroundings.")
    card: str | None = Field(description="Address of the picture of the card, where the visitor may see it.")


class KeptOut(BaseModel):
    """A file was kept, under this name."""

    name: str


class DoneOut(BaseModel):
    """It was done. Nothing is said about what it changed: that would tell who keys what the machine had read."""

    done: Literal[True] = True


class WaitingOut(BaseModel):
    """How many fields of one kind wait."""

    field: str
    label: str
    count: int


class ProgressOut(BaseModel):
    """One's own work today, and what waits."""

    today: int
    per_hour: float
    waiting: list[WaitingOut]


class GroupOut(BaseModel):
    """Fields that the machine reads alike."""

    field: str
    label: str
    value: str
    value_label: str
    count: int


class GroupDoneOut(BaseModel):
    """What became of a screen of crops; those that are gone went to others meanwhile, nothing was kept for them."""

    settled: int
    struck: int
    gone: int


class FlagOut(BaseModel):
    """A card that was set aside."""

    id: int
    card_id: int
    field: str
    label: str
    kind: str
    note: str
    person: str
    at: datetime
    file: str = Field(description="Name of the scan's file.")
    page: int = Field(description="Page of the file, from 1.")


class Me(BaseModel):
    """Who is logged in; `csrf` belongs into the header ``X-CSRF-Token`` of every call that changes something."""

    login: str
    name: str
    role: UserRole
    language: Language
    csrf: str
