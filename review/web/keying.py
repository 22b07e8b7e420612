"""Keying one field at a time: the page, and the calls it makes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from ocr.errors import BadInputError
from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.priors import EQUAL
from review.accounts.sessions import Visitor
from review.assignment.same_zone import by_zone
from review.decisions.completion import complete
from review.desk import Task, progress
from review.web.deps import Keyer, Site, SiteDep
from review.web.models import (
    AssignIn,
    DoneOut,
    Failure,
    KeyIn,
    OptionOut,
    ProgressOut,
    TaskOut,
    TicketIn,
    WaitingOut,
)
from review.web.problems import Problem
from review.web.render import page
from review.web.task_view import KEYING_RULES, input_of, task_out
from store.queries import day_of_card
from texts import Language, say, section
from texts.formats import months_of_dates

FAILURES: dict[int | str, dict[str, Any]] = {code: {"model": Failure} for code in (401, 403, 409, 422)}

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["keying"], responses=FAILURES)


@router.get("/key")
def key_page(request: Request, visitor: Keyer, site: SiteDep, field: str | None = None) -> Response:
    """The page on which fields are keyed, of one name or as they come."""
    with site.reading() as session:
        waits = progress(site.desk(session, visitor)).waiting
    words = _words(visitor.language)
    return page(request, "key.html", only=field, waiting=waits, words=words, kinds=KEYING_RULES)


@api.post("/assign", summary="Take the next fields to key; what one holds already comes first")
def assign_tasks(visitor: Keyer, site: SiteDep, wanted: AssignIn) -> list[TaskOut]:
    """Lease fields to the visitor."""
    tasks = site.at_desk(visitor, lambda desk: desk.assign(count=wanted.count, field=wanted.field))
    return [shown_task(task, visitor, site, zone[0].ticket) for zone in by_zone(tasks) for task in zone]


@api.post("/key", summary="Answer a field that one holds; sent twice it counts once")
def key_task(visitor: Keyer, site: SiteDep, answer: KeyIn) -> DoneOut:
    """Keep an answer. What comes back is the same for every field, whatever the answer does."""
    how = {"shown": "" if answer.shown == "crop" else answer.shown, "reason": answer.reason}
    try:
        site.at_desk(visitor, lambda desk: desk.key(answer.ticket, answer.value, seconds=answer.seconds, **how))
    except BadInputError as error:
        with site.reading() as session:
            spec = site.desk(session, visitor).task(answer.ticket).spec
        hint = say(f"hint.{input_of(spec)}", visitor.language)
        raise Problem("bad_value", HTTPStatus.UNPROCESSABLE_ENTITY, hint=hint) from error
    return DoneOut()


@api.post("/release", summary="Give back a field that one holds")
def release_task(visitor: Keyer, site: SiteDep, wanted: TicketIn) -> DoneOut:
    """Give a field back to the queue."""
    site.at_desk(visitor, lambda desk: desk.release([wanted.ticket]))
    return DoneOut()


@api.post("/undo", summary="Take back one's own answer and hold the field again")
def undo_task(visitor: Keyer, site: SiteDep, wanted: TicketIn) -> TaskOut:
    """Bring a field that one answered back before oneself."""
    try:
        task = site.at_desk(visitor, lambda desk: desk.take_back(wanted.ticket))
    except BadInputError as error:
        raise Problem("no_undo", HTTPStatus.CONFLICT) from error
    return shown_task(task, visitor, site)


@api.get("/progress", summary="One's own work today, and what waits")
def own_progress(visitor: Keyer, site: SiteDep) -> ProgressOut:
    """Count."""
    with site.reading() as session:
        now = progress(site.desk(session, visitor))
    return ProgressOut(
        today=now.today,
        per_hour=now.per_hour,
        waiting=[
            WaitingOut(field=name, label=site.field_label(name, visitor.language), count=count)
            for name, count in now.waiting.items()
        ],
    )


@api.get("/complete", summary="Codes that what was typed so far may mean")
def complete_code(
    visitor: Keyer, site: SiteDep, ticket: str, typed: Annotated[str, Query(max_length=100)]
) -> list[OptionOut]:
    """Complete a coded answer, by code or words, for a field that one holds."""
    with site.reading() as session:
        task = site.desk(session, visitor).task(ticket)
        spec, on = task.spec, day_of_card(session, task.card_id)
        lexicon = load_lexicon(spec.lexicon) if spec.lexicon else None
        expected = site.frequencies.of(session, lexicon, site.clock().date()) if lexicon else EQUAL
    choices = complete(spec, typed, visitor.language, expected=expected, on=on)
    return [OptionOut(code=choice.code, label=choice.label, also=choice.also) for choice in choices]


def shown_task(task: Task, visitor: Visitor, site: Site, zone: str = "") -> TaskOut:
    """A task for a visitor's browser; `zone` is the ticket of the first in the same zone."""
    sees = sees_card(task, visitor)
    return task_out(task, visitor.language, now=site.clock(), sees_card=sees, zone=zone or task.ticket)


def sees_card(task: Task, visitor: Visitor) -> bool:
    """Whether the visitor may look at the whole card: with a personal field it shows who it is."""
    return visitor.role == "supervisor" or not task.personal


def _words(language: Language) -> dict[str, str]:
    """What the script of the page says."""
    hints = {f"hint_{kind}": words for kind, words in section("hint", language).items()}
    return section("keying", language) | hints | {"months": " ".join(months_of_dates(language))}
